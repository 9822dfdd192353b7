"""Mixes of open questions and faults. However the first runs end, after those in peace both systems are as they should.

``--import-mixes N`` for more. The seed is the test's name, so ``-k "[17]"`` runs one mix again.
"""

from __future__ import annotations

import logging
from itertools import product
from typing import Any

import pytest
from import_ends import End, differences, expected_end
from import_mixes import Draw, ImportMix
from import_picture import picture, writes
from import_story import Story, settings

from abicart_specter.clients.options import HttpOptions

log = logging.getLogger(__name__)

MODES = ("strict", "lenient", "chaos")


def options(page_size: int) -> HttpOptions:
    return HttpOptions(
        connect_timeout=2.0, read_timeout=5.0, max_tries=4, base_wait=0.01, max_wait=0.05, page_size=page_size
    )


def clear(story: Story) -> None:
    story.shop.clear_faults()
    story.specter.clear_faults()
    log.warning("in peace; so far %s", story.lab.errors)
    story.lab.errors.clear()


def arm(story: Story, mix: ImportMix) -> None:
    for control, system in ((story.shop, "abicart"), (story.specter, "specter")):
        for fault in mix.faults[system]:
            control.fault(**fault)


def test_after_a_mix_everything_is_there_once_and_right(
    new_story: Any, by_default: End, import_mix_seed: int
) -> None:
    mix = Draw(import_mix_seed).mix()
    log.warning("%s", mix)
    story = new_story(
        abicart_switches=mix.switches["abicart"],
        specter_switches=mix.switches["specter"],
        shop_settings=settings(**mix.settings),
    )
    story.lab.options, story.lab.tries = options(mix.page_size), mix.tries
    story.trouble, story.peace = (lambda: arm(story, mix)), (lambda: clear(story))
    story.tell()
    check_end(story, expected_end(by_default, *mix.others))


@pytest.mark.parametrize("modes", list(product(MODES, MODES)), ids="-".join)
def test_in_every_mode_the_end_is_the_same(new_story: Any, by_default: End, modes: tuple[str, str]) -> None:
    story = new_story()
    story.lab.tries = 3
    story.trouble = lambda: set_modes(story, modes)
    story.peace = lambda: clear(story)
    story.tell()
    check_end(story, by_default)


def set_modes(story: Story, modes: tuple[str, str]) -> None:
    story.shop.mode(modes[0])
    story.specter.mode(modes[1])


def check_end(story: Story, expected: End) -> None:
    """The runs in peace were green; both systems are as they should be; another round finds nothing to do."""
    assert story.lab.errors == []
    assert differences(picture(story), expected[0]) == []
    assert story.specter.inspect("batches") == []
    written = writes(story)
    story.lab.later(minutes=40)
    story.runs(approve=True)
    assert story.lab.errors == []
    assert writes(story) == written
