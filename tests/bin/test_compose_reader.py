"""Reading a compose file: what is understood, and that everything else is an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compose_processes.compose_file import Compose, Dependency, Mount, Published, read_compose, seconds
from compose_processes.errors import ComposeError
from compose_processes.interpolation import interpolate, read_env
from compose_processes.merging import merge

Read = Callable[..., Compose]

SERVICE = """
services:
  one:
    image: abicart-specter:1
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a compose file and a ``.env`` of these texts."""

    def read(text: str, env: str = "") -> Compose:
        (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
        (tmp_path / ".env").write_text(env, encoding="utf-8")
        return read_compose(tmp_path / "compose.yaml", tmp_path / ".env")

    return read


class TestInterpolation:
    @pytest.mark.parametrize(
        ("text", "variables", "wanted"),
        [
            ("a ${X} b", {"X": "1"}, "a 1 b"),
            ("$X", {"X": "1"}, "1"),
            ("$$X and $${X}", {"X": "1"}, "$X and ${X}"),
            ("${X:-d}", {}, "d"),
            ("${X:-d}", {"X": ""}, "d"),
            ("${X:-}", {}, ""),
            ("${X-d}", {"X": ""}, ""),
            ("${X:?say}", {"X": "1"}, "1"),
            ("${X?say}", {"X": ""}, ""),
            ("${X:+y}", {"X": "1"}, "y"),
            ("${X:+y}", {"X": ""}, ""),
            ("p://${X}@h:1/${Y:-z}", {"X": "u"}, "p://u@h:1/z"),
        ],
    )
    def test_value(self, text: str, variables: dict[str, str], wanted: str) -> None:
        assert interpolate({"a": [text]}, variables) == {"a": [wanted]}

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("${X:?run it}", "a\\[0\\]: X run it"),
            ("${X}", "X is neither set nor given a default"),
            ("${}", "begins no variable"),
            ("a $ b", "begins no variable"),
            ("${X:-${Y}}", "begins no variable"),
        ],
    )
    def test_what_is_missing_or_not_understood_is_an_error(self, text: str, words: str) -> None:
        with pytest.raises(ComposeError, match=words):
            interpolate({"a": [text]}, {})

    def test_an_empty_value_of_what_is_required_is_an_error(self) -> None:
        with pytest.raises(ComposeError, match="say"):
            interpolate("${X:?say}", {"X": ""})

    def test_a_value_is_not_interpolated_again(self) -> None:
        assert interpolate("${X}", {"X": "${Y}"}) == "${Y}"


class TestEnvFile:
    def test_lines(self, tmp_path: Path) -> None:
        text = "# a comment\n\nA=1\nexport B='two words'\nC=\"q\"\nD=x=y=\nE=\nF=v # comment\nG=a#b\n"
        (tmp_path / ".env").write_text(text, encoding="utf-8")
        wanted = {"A": "1", "B": "two words", "C": "q", "D": "x=y=", "E": "", "F": "v", "G": "a#b"}
        assert read_env(tmp_path / ".env") == wanted

    @pytest.mark.parametrize("line", ["no variable", "A=$B", "A='open", "A='a'b'", "A=`id`", "1A=2"])
    def test_what_is_not_understood_is_an_error(self, tmp_path: Path, line: str) -> None:
        (tmp_path / ".env").write_text(f"X=1\n{line}\n", encoding="utf-8")
        with pytest.raises(ComposeError, match=r"line 2"):
            read_env(tmp_path / ".env")


class TestDuration:
    @pytest.mark.parametrize(
        ("text", "wanted"), [("10s", 10), ("1m30s", 90), ("1.5h", 5400), ("250ms", 0.25), ("0s", 0)]
    )
    def test_seconds(self, text: str, wanted: float) -> None:
        assert seconds(text) == wanted

    @pytest.mark.parametrize("text", ["", "10", "s", "10 s", "10d", "5m x", "-1s"])
    def test_anything_else_is_an_error(self, text: str) -> None:
        with pytest.raises(ComposeError, match="no duration"):
            seconds(text)

    def test_what_a_health_check_does_not_say_is_as_in_docker(self, read: Read) -> None:
        compose = read(SERVICE + '    healthcheck: {test: ["CMD", "true"], retries: 7}\n')
        check = compose.services["one"].healthcheck
        assert check is not None
        assert (check.interval, check.timeout, check.retries) == (30, 30, 7)
        assert (check.start_period, check.start_interval) == (0, 5)


class TestService:
    def test_everything_of_it(self, read: Read) -> None:
        compose = read(
            """
x-common: &common
  environment: &environment {A: "${A:?is missing}", B: "2"}
services:
  one:
    <<: *common
    image: postgres:17
    command: ["say", "${A}"]
    environment:
      <<: *environment
      B: "3"
    volumes:
      - data:/data
      - ./here:/there:ro
      - {type: bind, source: ./a, target: /b, read_only: true, bind: {create_host_path: false}}
    ports: ["127.0.0.1:81:80"]
    depends_on:
      two: {condition: service_healthy, required: false}
    healthcheck: {test: ["CMD-SHELL", "true && true"]}
  two:
    image: redis:7
    profiles: [other]
volumes: {data: {}}
""",
            "A=first\n",
        )
        (one,) = compose.services.values()
        assert one.command == ("say", "first")
        assert one.environment == {"A": "first", "B": "3"}
        assert one.mounts == (
            Mount("data", "/data", True),
            Mount("./here", "/there", False),
            Mount("./a", "/b", False),
        )
        assert one.published == (Published("127.0.0.1", 81, 80),)
        assert one.depends_on == (Dependency("two", "service_healthy", False),)
        assert one.healthcheck is not None
        assert one.healthcheck.argv == ("/bin/sh", "-c", "true && true")

    def test_a_profile_switches_a_service_on(self, read: Read) -> None:
        text = SERVICE + "    profiles: [extra]\n"
        assert list(read(text).services) == []
        assert list(read(text, "COMPOSE_PROFILES=some,extra\n").services) == ["one"]

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ("    entrypoint: [x]\n", "the key entrypoint is not understood"),
            ("    deploy: {replicas: 2}\n", "the key replicas is not understood"),
            ("    deploy: {resources: {devices: {}}}\n", "the key devices is not understood"),
            ('    healthcheck: {test: ["CMD", "x"], start: 1s}\n', "the key start is not understood"),
            ('    healthcheck: {test: ["x"]}\n', "test of its health check"),
            ("    command: say hello\n", "as a list of texts"),
            ("    command: [say, 1]\n", "as a list of texts"),
            ("    environment: {A: true}\n", "texts in quotes"),
            ("    environment: [A=1]\n", "texts in quotes"),
            ("    volumes: [gone:/data]\n", "uses the volume gone"),
            ("    volumes: [./a:/b:z]\n", "is not understood"),
            ("    volumes: [{type: tmpfs, target: /b}]\n", "is not understood"),
            ('    ports: ["8080:8080"]\n', "only this host sees it"),
            ('    ports: ["0.0.0.0:8080:8080"]\n', "only this host sees it"),
            ("    depends_on: [two]\n", "as a mapping"),
            ("    depends_on: {two: {condition: service_happy}}\n", "how it depends on two"),
            ("    depends_on: {two: {condition: service_started, restart: true}}\n", "how it depends on two"),
            ("    depends_on: {two: {condition: service_started}}\n", "which is not switched on"),
            ("secrets: {a: {}}\n", "the key secrets is not understood"),
            ("volumes: {a: {driver: nfs}}\n", "Volume a has options"),
        ],
    )
    def test_what_is_not_understood_is_an_error(self, read: Read, more: str, words: str) -> None:
        with pytest.raises(ComposeError, match=words):
            read(SERVICE + more)

    def test_what_a_service_that_is_off_requires_is_required(self, read: Read) -> None:
        with pytest.raises(ComposeError, match="A is missing"):
            read(SERVICE + '    profiles: [off]\n    environment: {A: "${A:?is missing}"}\n')


class TestTwoFiles:
    BASE = """
services:
  one:
    image: redis:7
    command: [a, b]
    environment: {A: "1", B: "2"}
    depends_on: {two: {condition: service_started, required: false}}
    volumes: [data:/data]
    healthcheck: {test: ["CMD", "x"], retries: 2}
  two: {image: "redis:7"}
volumes: {data: {}}
"""

    @staticmethod
    def merged(tmp_path: Path, override: str, names: str = "compose.yaml:more.yaml") -> Compose:
        (tmp_path / "compose.yaml").write_text(TestTwoFiles.BASE, encoding="utf-8")
        (tmp_path / "more.yaml").write_text(override, encoding="utf-8")
        (tmp_path / ".env").write_text(f"COMPOSE_FILE={names}\nX=z\n", encoding="utf-8")
        return read_compose(tmp_path / "compose.yaml", tmp_path / ".env")

    def test_the_second_overrides_and_adds(self, tmp_path: Path) -> None:
        compose = self.merged(
            tmp_path,
            """
services:
  one: &one
    command: [c]
    environment: {B: "${X}", C: "4"}
    depends_on: {three: {condition: service_healthy}}
    healthcheck: {test: ["CMD", "y"]}
  two: {profiles: [off]}
  three: {<<: *one, image: "redis:8", depends_on: {}}
""",
        )
        assert list(compose.services) == ["one", "three"]
        one = compose.services["one"]
        assert (one.image, one.command) == ("redis:7", ("c",))
        assert one.environment == {"A": "1", "B": "z", "C": "4"}
        assert one.mounts == (Mount("data", "/data", True),)
        assert one.depends_on == (
            Dependency("two", "service_started", False),
            Dependency("three", "service_healthy", True),
        )
        assert one.healthcheck is not None
        assert (one.healthcheck.argv, one.healthcheck.retries) == (("y",), 2)

    def test_one_file_that_is_named(self, tmp_path: Path) -> None:
        assert list(self.merged(tmp_path, "", "compose.yaml").services) == ["one", "two"]

    @pytest.mark.parametrize(
        ("override", "words"),
        [
            ("services: {one: {volumes: [x:/y]}}", r"services\.one\.volumes: how two lists become one"),
            ("services: {one: {environment: [A=1]}}", r"services\.one\.environment: one file has a single"),
            ("services: {one: {command: c}}", r"services\.one\.command: one file has a single"),
            ("services: {one: {command: }}", r"services\.one\.command: an override of nothing"),
            ("services: {three: {profiles: [x]}}", "Service three has no image"),
            ("include: [x]", "the key include is not understood"),
        ],
    )
    def test_what_is_not_understood_is_an_error(self, tmp_path: Path, override: str, words: str) -> None:
        with pytest.raises(ComposeError, match=words):
            self.merged(tmp_path, override)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ComposeError, match=r"There is no file .*gone\.yaml"):
            self.merged(tmp_path, "", "compose.yaml:gone.yaml")

    def test_profiles_add_up(self) -> None:
        assert merge({"profiles": ["a"]}, {"profiles": ["b", "a"]}) == {"profiles": ["a", "b"]}
