"""How a story ended, how it should have, and what of it differs."""

from __future__ import annotations

from typing import Any

from import_picture import Picture, picture, writes
from import_story import Story
from import_switches import Different

End = tuple[Picture, dict[str, int]]
"""What is left behind, and how many calls wrote something."""


def told(story: Story) -> End:
    """How a story ends that nothing troubles: every task was green at its first try."""
    story.tell()
    assert (story.lab.errors, story.lab.retried) == ([], [])
    return picture(story), writes(story)


def differences(found: Picture, expected: Picture) -> list[str]:
    """What of which section: how it stands, how it should."""
    return [
        f"{section}, {name}: {_short(found[section].get(name), named.get(name))}"
        for section, named in expected.items()
        for name in sorted(found[section].keys() | named.keys())
        if found[section].get(name) != named.get(name)
    ]


def _short(found: Any, wanted: Any) -> str:
    if isinstance(found, dict) and isinstance(wanted, dict):
        names = [name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)]
        found = {name: found.get(name) for name in names}
        wanted = {name: wanted.get(name) for name in names}
    return f"{found!r}, not {wanted!r}"


def expected_end(by_default: End, *others: Different) -> End:
    """By default, and by what the switches change."""
    ends = {section: dict(named) for section, named in by_default[0].items()}
    counts = dict(by_default[1])
    for other in others:
        for section, named in other.ends.items():
            ends[section] |= named
        for name, more in other.writes.items():
            counts[name] += more
    return ends, counts
