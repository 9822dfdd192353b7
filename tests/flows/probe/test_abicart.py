"""Every open question of Abicart's, asked of a sandbox that stands one way or another, and back into a sandbox."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.flows.probe.probe_shop import SEED, TOKEN, ask, by_switch, stock_the_shop

from abicart_specter.domain.probe.abicart import QUESTIONS, findings
from abicart_specter.domain.probe.abicart.masking import mask_abicart
from abicart_specter.domain.probe.records import Verdict
from abicart_specter.flows.probe.files import document
from shop_sandbox import services
from shop_sandbox.abicart.switches import SWITCHES
from shop_sandbox.likeness import read_likeness

NOW = datetime(2026, 1, 12, 7, 0, tzinfo=UTC)
ONLY_A_WRITE_TELLS = {
    "set_nested",
    "set_result",
    "stock_write",
    "variant_article_stock",
    "vat_rate_write",
    "sent_by",
    "order_marks",
}
LEFT_OPEN = {
    ("package_quantity", "none"),  # each part may be in a package once
    ("package_rows", "parts_only"),  # no row is a package
    ("refund_shape", "lowered_amount"),  # looks like an order that was paid in part
}
"""Nothing in the answers tells these from something else."""
CHOICES = [(switch.name, choice) for switch in SWITCHES for choice in switch.choices]
TOLD = [one for one in CHOICES if one[0] not in ONLY_A_WRITE_TELLS and one not in LEFT_OPEN]
OPEN = sorted(set(CHOICES) - set(TOLD))


def test_every_switch_of_the_sandbox_has_exactly_one_question() -> None:
    assert sorted(one.switch for one in QUESTIONS if one.switch) == sorted(one.name for one in SWITCHES)


def test_no_question_is_there_twice() -> None:
    names = [(one.number, one.switch) for one in QUESTIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("switch", "choice"), TOLD)
def test_reads_tell_it_and_a_sandbox_can_be_started_alike(
    abicart_server, tmp_path: Path, switch: str, choice: str
) -> None:
    control = abicart_server.control
    stock_the_shop(control, **{switch: choice})
    probed = ask(abicart_server.url)
    finding = by_switch(probed)[switch]
    assert (finding.verdict, finding.value) == (Verdict.TOLD, choice), finding.why

    path = tmp_path / "probe.json"
    path.write_bytes(document("demo", NOW, [probed]))
    like = read_likeness(path, services.build("abicart"))
    assert like.switches[switch] == choice
    control.reset(seed=SEED, switches=dict(like.switches))
    assert control.switches()[switch] == choice


@pytest.mark.parametrize(("switch", "choice"), OPEN)
def test_what_reads_cannot_tell_is_left_open(abicart_server, switch: str, choice: str) -> None:
    stock_the_shop(abicart_server.control, **{switch: choice})
    finding = by_switch(ask(abicart_server.url))[switch]
    asked = Verdict.NOT_ASKED if switch in ONLY_A_WRITE_TELLS else Verdict.NOT_TOLD
    assert (finding.verdict, finding.value) == (asked, None)


@pytest.mark.parametrize("draw", range(12))
def test_whatever_is_told_is_true_and_is_the_same_of_the_masked_answers(abicart_server, draw: int) -> None:
    """Every switch drawn: what shows one must not be hidden, or taken for something else, by another."""
    chance = random.Random(draw)
    drawn = {one.name: chance.choice(one.choices) for one in SWITCHES if one.choices}
    drawn["secure_connection"] = "not_required"  # else nothing at all is answered here
    stock_the_shop(abicart_server.control, **drawn)
    probed = ask(abicart_server.url)
    told = {
        one.switch: one.value for one in probed.probe.findings if one.switch and one.verdict is Verdict.TOLD
    }
    assert told == {name: drawn[name] for name in told}
    unexpected = [one for one in probed.probe.findings if one.verdict is Verdict.UNEXPECTED]
    assert unexpected == []
    masked = mask_abicart(probed.probe.answers, [TOKEN])
    assert findings({one.name: one for one in masked}) == probed.probe.findings
