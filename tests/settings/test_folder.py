"""A shop file of whatever kind is that shop's trouble alone, and says what is wrong, where, and what to do."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abicart_specter.settings import all_files, load_shop, look_at

ROOT = Path(__file__).resolve().parents[2]
DEMO = (ROOT / "include/shops/demo.yaml").read_text(encoding="utf-8")
SMALLEST = "orders:\n  orders_from: 2026-01-01\n"
ALIASES = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in ("ab", "bc", "cd", "de", "ef")
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ABICART_SPECTER_SHOPS_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "bad.yaml, line 1: the file is empty. Remedy: Write the settings"),
        (b"# a comment\n", "line 1: the file is empty"),
        (b"- 1\n- 2\n", "line 1: expected keys with values"),
        (b"orders: [", "line 1: this is not valid YAML"),
        (b"orders:\n\torders_from: 2026-01-01\n", "line 2: this is not valid YAML: found character '\\t'"),
        (
            b"orders:\n  orders_from: 2026-01-01\norders: {}\n",
            "line 3: the key “orders” is already on line 1",
        ),
        (SMALLEST.encode() + b"held_makes_run_red: 1\n", "line 3: held_makes_run_red: "),
        (SMALLEST.encode() + b"no_such_key: 1\n", "line 3: there is no key “no_such_key”"),
        (SMALLEST.encode() + b"import: {}\n", "line 3: there is no key “import”. Is “imports” meant?"),
        (b"# \xe5\n" + SMALLEST.encode(), "line 1: the file is not UTF-8. Remedy: Save the file as UTF-8."),
        (DEMO.encode("utf-16"), "the file is not UTF-8"),
        (SMALLEST.encode() + b"a: \x00\n", "characters that YAML does not allow"),
        (os.urandom(0) + b"\xff" * 5000, "the file is not UTF-8"),
        (b"orders: " + b"[" * 5000, "the groups are nested too deep"),
        (b"{a: " * 3000, "the groups are nested too deep"),
        (b"a: &a [*a, *a]\n", "line 1: the groups are nested too deep"),
        (ALIASES.encode(), "the file holds more than 20,000 values"),
        (
            b"orders: {orders_from: 2026-01-01, sweep_days: " + b"9" * 5000 + b"}",
            "99999” is not a plain number",
        ),
        (
            SMALLEST.encode() + b"limits: {abicart: {read_timeout: " + b"9" * 400 + b"}}",
            "line 3: “9999999999",
        ),
        (SMALLEST.encode() + b"# x\n" * 60_000, "the file has 240,034 bytes; at most 200,000 are read"),
        (SMALLEST.encode() + b'"\\ud800": 1\n', "line 3: the text holds half a character"),
        (
            SMALLEST.encode() + b"mappings: {order: ours.yaml}\n",
            "bad.yaml, line 3: mappings.order: There is no mapping file ours.yaml in ",
        ),
    ],
)
def test_what_is_wrong_with_a_files_content(folder: Path, content: bytes, words: str) -> None:
    (folder / "bad.yaml").write_bytes(content)
    (folder / "good.yaml").write_text(SMALLEST, encoding="utf-8")
    bad, good = all_files()
    assert (bad.name, good.name) == ("bad", "good")
    assert words in bad.problem
    assert "Remedy: " in bad.problem
    bad.problem.encode("utf-8")
    assert len(bad.problem) < 2000
    assert good.problem == ""
    assert good.settings is not None


def test_a_missing_mapping_stops_only_what_needs_it(folder: Path) -> None:
    (folder / "shop.yaml").write_text(SMALLEST + "mappings: {order: ours.yaml}\n", encoding="utf-8")
    assert look_at(folder / "shop.yaml").settings is not None
    (folder / "mappings").mkdir()
    (folder / "mappings/ours.yaml").write_text("", encoding="utf-8")
    assert look_at(folder / "shop.yaml").problem == ""


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to("gone.yaml")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (a_folder, "this is a folder or something else that is no file"),
        (a_pipe, "this is a folder or something else that is no file"),
        (a_socket, "this is a folder or something else that is no file"),
        (a_link_to_nothing, "there is no such file"),
        (a_link_to_itself, "the file cannot be read"),
    ],
)
def test_what_is_no_file(folder: Path, make: Callable[[Path], None], words: str) -> None:
    make(folder / "bad.yaml")
    (bad,) = all_files()
    assert f"bad.yaml: {words}" in bad.problem
    assert bad.settings is None


def test_a_file_that_may_not_be_read(folder: Path) -> None:
    """As root everything may be read; there only the way through a folder that is a file cannot be."""
    file = folder / "bad.yaml"
    file.write_text(SMALLEST, encoding="utf-8")
    file.chmod(0)
    seen = look_at(file) if os.geteuid() else look_at(file / "bad.yaml")
    assert "the file cannot be read (" in seen.problem
    assert "Check its permissions." in seen.problem


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("Min Butik.yaml", "min_butik"),
        ("åre.yaml", "_re"),
        ("1.yaml", "1"),
        ("a" * 60 + ".yaml", "a" * 40),
        ("north.YAML", "north"),
        ("my-shop.yml", "my_shop"),
        (os.fsdecode(b"\xe5re.yaml"), "_re"),
    ],
)
def test_a_name_that_no_shop_can_have(folder: Path, file_name: str, name: str) -> None:
    (folder / file_name).write_text(SMALLEST, encoding="utf-8")
    (seen,) = all_files()
    assert seen.name == name
    assert seen.settings is None
    assert "Rename the file." in seen.problem
    seen.problem.encode("utf-8")


def test_two_files_of_one_shop_stop_it(folder: Path) -> None:
    (folder / "north.yaml").write_text(SMALLEST, encoding="utf-8")
    (folder / "north.yml").write_text(SMALLEST, encoding="utf-8")
    assert [one.settings for one in all_files()] == [None, None]
    assert all("Shop north has two files: north.yaml and north.yml." in one.problem for one in all_files())


def test_what_editors_on_windows_do_is_no_mistake(folder: Path) -> None:
    (folder / "bom.yaml").write_bytes(b"\xef\xbb\xbf" + DEMO.replace("\n", "\r\n").encode())
    (seen,) = all_files()
    assert seen.problem == ""
    assert seen.settings is not None
    assert seen.settings.model_dump() == load_shop(ROOT / "include/shops/demo.yaml").model_dump()


PIECES = st.sampled_from(
    [
        "\t",
        "[",
        "]",
        "{",
        "}",
        ":",
        "- ",
        "&a ",
        "*a",
        "!!int ",
        "'",
        '"',
        "#",
        "\x00",
        "é",
        "9" * 5000,
        "~",
        "|",
        "?",
    ]
)
CUTS = st.lists(st.tuples(st.integers(0, len(DEMO)), st.integers(0, 30), PIECES), min_size=1, max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(CUTS)
def test_whatever_is_done_to_a_file_ends_in_settings_or_words(
    folder: Path, cuts: list[tuple[int, int, str]]
) -> None:
    text = DEMO
    for at, length, piece in cuts:
        text = text[:at] + piece + text[at + length :]
    (folder / "bad.yaml").write_text(text, encoding="utf-8")
    (seen,) = all_files()
    assert (seen.settings is None) <= bool(seen.problem)
    assert "cannot be used (" not in seen.problem, "an error that nobody foresaw"
