"""A shop whose own file is broken tells the people that it names, without its settings and without the ledger."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from alert_lab import FIVE, AlertLab

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.alerts.causes import SHOP_FILE
from abicart_specter.flows.alerts.notes import NotedAlarm
from abicart_specter.hooks.notify import ways
from abicart_specter.settings import alerts_alone, load_shop_by_name

ALERTS = "alerts:\n  email: {connection: mail, to: [agare@example.com]}\n"
GOOD = f"orders:\n  orders_from: 2026-01-01\n{ALERTS}"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    return tmp_path / "demo.yaml"


def look(lab: AlertLab, kept: object) -> object:
    try:
        settings = load_shop_by_name("demo").alerts
    except ConfigurationError as error:
        alone = alerts_alone("demo")
        assert alone is not None
        note = NotedAlarm(SHOP_FILE, "demo", alone, ways(alone)).lasts(kept, error, lab.now)
    else:
        note = NotedAlarm(SHOP_FILE, "demo", settings, ways(settings)).is_over(kept, lab.now)
    lab.now += FIVE
    return json.loads(json.dumps(note))


def test_told_at_once_reminded_and_over_when_mended(lab: AlertLab, file: Path) -> None:
    file.write_text(f"{GOOD}nonsense: 1\n", encoding="utf-8")
    kept: object = {}
    for _ in range(int(timedelta(hours=4) / FIVE) + 1):
        kept = look(lab, kept)
    first, reminder = lab.mail.texts()
    assert "[demo] LARM: En butiks inställningsfil går inte att använda" in first
    assert "Inställningsfilen för butiken demo" in first
    assert "demo.yaml, line 5: there is no key “nonsense”" in first
    assert "Correct the file" in first
    assert "PÅMINNELSE" in reminder
    file.write_text(GOOD, encoding="utf-8")
    for _ in range(2):
        kept = look(lab, kept)
    assert kept is None
    assert len(lab.mail.mails) == 3
    assert "ÖVER: En butiks inställningsfil" in lab.mail.texts()[-1]


def test_another_mistake_meanwhile_is_no_second_alarm(lab: AlertLab, file: Path) -> None:
    file.write_text(f"{GOOD}nonsense: 1\n", encoding="utf-8")
    kept = look(lab, {})
    file.write_text(f"{GOOD}orders: [\n", encoding="utf-8")
    look(lab, kept)
    assert len(lab.mail.mails) == 1


def test_a_shop_that_does_not_want_to_know(lab: AlertLab, file: Path) -> None:
    file.write_text(f"{GOOD}  broken_shop_files: false\nnonsense: 1\n", encoding="utf-8")
    look(lab, {})
    assert lab.mail.mails == []


def test_a_very_long_list_of_mistakes_is_cut_short(lab: AlertLab, file: Path) -> None:
    file.write_text(GOOD + "".join(f"key_{number}: 1\n" for number in range(300)), encoding="utf-8")
    look(lab, {})
    (text,) = lab.mail.texts()
    assert "line 5" in text
    assert "key_299" not in text
