"""A shop whose file is broken cannot tell anybody; the other shops of the installation do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from alert_lab import BOTH, FIVE, AlertLab

from abicart_specter.settings import include_dir

CAUSE = "shop_file:east"


@pytest.fixture
def shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shops"
    folder.mkdir()
    demo = (include_dir() / "shops/demo.yaml").read_text(encoding="utf-8")
    for shop in ("demo", "east"):
        (folder / f"{shop}.yaml").write_text(demo, encoding="utf-8")
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(folder))
    return folder


def test_told_once_reminded_and_over_when_mended(lab: AlertLab, shops: Path) -> None:
    lab.look()
    assert lab.kinds(CAUSE) == []
    good = (shops / "east.yaml").read_text(encoding="utf-8")
    (shops / "east.yaml").write_text("held_makes_run_red: true\nnonsense: 1\n", encoding="utf-8")
    lab.pass_(timedelta(hours=1))
    assert lab.kinds(CAUSE) == ["opened"]
    (text,) = lab.mail.texts()
    assert "[demo] LARM: En butiks inställningsfil går inte att använda" in text
    assert "Inställningsfilen för butiken east" in text
    assert "shops/east.yaml, line 2: there is no key “nonsense”" in text
    assert "Remedy: Correct the file" in text
    lab.pass_(timedelta(hours=3, minutes=5))
    assert lab.kinds(CAUSE) == ["opened", "reminder"]
    (shops / "east.yaml").write_text(good, encoding="utf-8")
    lab.look()
    assert lab.kinds(CAUSE) == ["opened", "reminder", "closed"]
    assert "ÖVER: En butiks inställningsfil" in lab.mail.texts()[-1]


def test_over_when_the_file_is_taken_away(lab: AlertLab, shops: Path) -> None:
    (shops / "east.yaml").write_bytes(b"")
    lab.look()
    (shops / "east.yaml").unlink()
    lab.now += FIVE
    lab.look()
    assert lab.kinds(CAUSE) == ["opened", "closed"]


def test_a_shop_that_does_not_want_to_know(lab: AlertLab, shops: Path) -> None:
    (shops / "east.yaml").write_bytes(b"")
    lab.use(**BOTH, alerts__broken_shop_files=False)
    lab.look()
    assert lab.kinds(CAUSE) == []
    assert lab.mail.mails == []


def test_a_very_long_list_of_mistakes_is_cut_short(lab: AlertLab, shops: Path) -> None:
    wrong = "".join(f"key_{number}: 1\n" for number in range(300))
    (shops / "east.yaml").write_text(wrong, encoding="utf-8")
    lab.look()
    (text,) = lab.mail.texts()
    assert "east.yaml, line 1" in text
    assert "key_299" not in text
