from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from abicart_specter.errors import ConfigurationError
from abicart_specter.settings.yaml_file import read_yaml


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_values_keep_their_exact_meaning(tmp_path: Path) -> None:
    document = read_yaml(
        written(
            tmp_path,
            "a: 1\nb: yes\nc: true\nd: 0.10\ne:\nf: 2026-01-01\ng: '1'\nh: 02:30\ni: [1, {j: å}]\n5: five\nk: no\n",
        )
    )
    assert document.data == {
        "a": 1,
        "b": "yes",
        "c": True,
        "d": Decimal("0.10"),
        "e": None,
        "f": "2026-01-01",
        "g": "1",
        "h": "02:30",
        "i": [1, {"j": "å"}],
        5: "five",
        "k": "no",
    }
    assert str(document.data["d"]) == "0.10"


def test_every_part_knows_its_line(tmp_path: Path) -> None:
    document = read_yaml(written(tmp_path, "# note\na:\n  b: 1\n  c:\n    - 1\n    - d: 2\n"))
    assert document.line(("a",)) == 2
    assert document.line(("a", "b")) == 3
    assert document.line(("a", "c", 1)) == 6
    assert document.line(("a", "c", 1, "d")) == 6
    assert document.line(("a", "missing")) == 2
    assert document.line(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: [1\n", 2, "this is not valid YAML"),
        ("a: 1\n b: 2\n", 2, "this is not valid YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, "the key “a” is already on line 1"),
        ("x:\n  a: 1\n  a: 2\n", 3, "the key “a” is already on line 2"),
        ("a: 012\n", 1, "“012” is not a plain number"),
        ("a: 0x1F\n", 1, "“0x1F” is not a plain number"),
        ("a: 1_000\n", 1, "“1_000” is not a plain number"),
        ("a: .inf\n", 1, "“.inf” is not a plain number"),
        ("a: 1e5\n", 1, "“1e5” is not a plain number"),
        ("a: !!python/object:os.system x\n", 1, "is not supported"),
        ("a: !secret x\n", 1, "is not supported"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "merged groups"),
        ("a: &x [*x]\n", 1, ""),
        ("? [1, 2]\n: x\n", 1, "a key must be text or a whole number"),
        ("true: x\n", 1, "a key must be text or a whole number"),
        ("", 1, "the file is empty"),
        ("- a\n", 1, "expected keys with values"),
        ("just text\n", 1, "expected keys with values"),
        (b"a: 1\nb: \xe5\n", 2, "the file is not UTF-8"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(
    tmp_path: Path, text: str | bytes, line: int, words: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_yaml(written(tmp_path, text))
    assert caught.value.message.startswith(f"{tmp_path.name}/file.yaml, line {line}: ")
    assert words in caught.value.message
    assert caught.value.remedy


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no such file"):
        read_yaml(tmp_path / "none.yaml")


def test_a_control_character_is_an_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="characters that YAML does not allow"):
        read_yaml(written(tmp_path, "a: \x00\n"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="this is a folder"):
        read_yaml(tmp_path)


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    assert read_yaml(written(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: x\r\n")).data == {"a": 1, "b": "x"}


def test_values_used_twice_are_read_twice(tmp_path: Path) -> None:
    assert read_yaml(written(tmp_path, "a: &x {b: 1}\nc: *x\n")).data == {"a": {"b": 1}, "c": {"b": 1}}
