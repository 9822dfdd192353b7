"""There and back: a server as it stands, probed; the file of the probe; another server made like it."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.flows.probe.specter_probes import Remembered, ask, by_switch, connection, fill

from abicart_specter.domain.probe.records import SystemProbe, Verdict
from abicart_specter.domain.probe.specter import findings
from abicart_specter.flows.probe.ask import Probed
from abicart_specter.flows.probe.files import document
from shop_sandbox import services
from shop_sandbox.core.control_client import Control
from shop_sandbox.core.server import SandboxServer
from shop_sandbox.likeness import read_likeness

CHOICES: dict[str, tuple[Any, ...]] = {
    "xml_root": ("specterAPI", "Svar", "Response"),
    "use_xml_1": ("text", "xml"),
    "read_api_response": ("on", "off"),
    "row_end": ("cr", "crlf", "lf"),
    "header_row": ("on", "off"),
    "article_info_fields": ("attributes", "elements", "all_elements"),
    "description_name": ("webShopLongText", "longDescription"),
    "empty_description": ("on", "off"),
    "article_info_id": ("on", "off"),
    "field_case": ("camel",),
    "xml_text": ("cdata", "escaped"),
    "xml_charset": ("iso-8859-1", "windows-1252", "utf-8"),
    "text_charset": ("iso-8859-1", "windows-1252"),
    "text_end": ("none", "crlf"),
    "decimal_output": ("comma", "point"),
    "quantity_output": ("short", "two"),
    "error_status": ("200", "500"),
    "account_check": ("triple", "settings"),
    "account_check_key": ("empty", "sbm_id", "api_user", "any"),
    "response_limit": (4, 500),
    "stock_site_names": ("stocksiteId,name", "siteId"),
    "stock_changes": ("one", "per_site"),
}
"""What reads of full queues always tell, whatever the other switches say."""


@contextmanager
def made_like(path: Path) -> Iterator[Control]:
    """A fresh server, started as ``--like`` does."""
    service = services.build("specter")
    server = SandboxServer(service, port=0, switches=read_likeness(path, service).switches)
    server.start_in_thread()
    try:
        yield Control(server.url)
    finally:
        server.stop()


@pytest.mark.parametrize("seed", range(12))
def test_there_and_back(specter_server, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    drawn = {name: draw.choice(values) for name, values in CHOICES.items()}
    fill(specter_server)
    specter_server.control.switches(**drawn)
    secrets: list[str] = []
    answers = ask(specter_server, Remembered(), secrets.append)
    told = {name: one.value for name, one in by_switch(answers).items() if one.verdict is Verdict.TOLD}
    assert {name: told.get(name) for name in drawn} == drawn
    assert not [one for one in findings(answers) if one.verdict is Verdict.UNEXPECTED]

    account = connection(specter_server.url)
    probe = SystemProbe("specter", account.base_url, findings(answers), tuple(answers.values()))
    path = tmp_path / "probe.json"
    path.write_bytes(document("demo", datetime.now(UTC), [Probed(probe, tuple(secrets))]))
    with made_like(path) as control:
        stands = {one["name"]: one["value"] for one in control.known_switches()}
        assert {name: stands[name] for name in drawn} == drawn
        control.reset()
        assert {one["name"]: one["value"] for one in control.known_switches()} == stands


def test_the_file_names_nobody_and_no_key(specter_server, tmp_path: Path) -> None:
    fill(specter_server)
    specter_server.control.switches(account_check_key="any")
    secrets: list[str] = []
    answers = ask(specter_server, Remembered(), secrets.append)
    probe = SystemProbe("specter", specter_server.url, findings(answers), tuple(answers.values()))
    content = document("demo", datetime.now(UTC), [Probed(probe, tuple(secrets))])
    written = json.loads(content)["systems"]["specter"]["answers"]
    assert len(written) == len(answers)
    for one in written:
        if "body_base64" in one:
            one["body"] = base64.b64decode(one.pop("body_base64")).decode("cp1252")
    everything = json.dumps(written, ensure_ascii=False) + content.decode()
    for word in (*secrets, "Anna", "Ågren", "anna.agren", "Norrsken", "Butiken", "00001"):
        assert word not in everything
