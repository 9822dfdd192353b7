"""State that survives a restart, control calls that are wrong, the modes, the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from shop_sandbox.abicart.order_edits import EDIT_SETTINGS, REFUND_SETTINGS
from shop_sandbox.abicart.order_rows import ROW_SETTINGS
from shop_sandbox.abicart.ordering import SETTINGS
from shop_sandbox.abicart.service import AbicartService
from shop_sandbox.core.control_client import Control
from shop_sandbox.core.errors import UsageError
from shop_sandbox.core.server import SandboxServer
from shop_sandbox.seed.faults import FAULTS
from shop_sandbox.seed.options import SeedOptions
from shop_sandbox.seed.orders import KINDS

README = Path(__file__).parents[3] / "include" / "sandbox" / "README.md"


def test_everything_survives_a_restart(tmp_path) -> None:
    path = tmp_path / "state-abicart.json.gz"
    shown = {}
    for turn in ("before", "after"):
        server = SandboxServer(AbicartService(), state_path=path, seed={"items": 60})
        server.start_in_thread()
        try:
            control = Control(server.url)
            if turn == "before":
                made = control.edit(
                    "Article", patch={"name": {"sv": "Ny"}, "price": {"regular": {"SEK": "0.30"}}}
                )
                order = control.edit("place_order", rows=[{"article": made["uid"]}], gift_cards=["0.10"])
                control.edit("add_token", token="t-2")
                params = f'"params":[null,{order["uid"]}]'
                body = f'{{"jsonrpc":"2.0","id":1,"method":"Shipment.addAllItemsFromOrder",{params}}}'
                url = f"{server.url}/backend/jsonrpc/v1/?webshop=22222&auth=t-2"
                assert "result" in requests.post(url, body, timeout=10).json()
                gone = control.edit("Article", patch={"name": {"sv": "x"}})["uid"]
                control.edit("delete", **{"class": "Article", "uid": gone})
                control.switches(item_number="base")
                control.save()
            else:
                assert control.switches()["item_number"] == "base"
                # Numbering goes on where it was.
                assert control.edit("Article", patch={"name": {"sv": "x"}})["uid"] == gone + 1
                control.edit("delete", **{"class": "Article", "uid": gone + 1})
                assert (
                    control.edit("place_order", rows=[{"article": made["uid"]}], cart=True)["orderNumber"]
                    is None
                )
                control.load()
            shown[turn] = {what: control.inspect(what) for what in AbicartService.inspections}
        finally:
            server.stop()
    assert shown["before"] == shown["after"]
    assert shown["after"]["counts"]["shipment_items"] == 1 and shown["after"]["manifest"]["rules"]["package"]


@pytest.mark.parametrize(
    ("what", "values", "words"),
    [
        ("nothing", {}, "there is no edit"),
        ("Article", {"uid": 99, "patch": {}}, "no Article 99"),
        ("Article", {"patch": {}}, "/name: Required"),
        ("Article", {"uid": 99, "colour": 1}, "not colour"),
        ("Article", {"uid": 99, "patch": []}, "patch is an object"),
        ("Article", {"patch": {"name": {"sv": "x"}, "uid": 5}}, "/uid: Read-only"),
        ("ArticleVariant", {"patch": {"stock": 1}}, "changed by its uid"),
        ("Webshop", {"patch": {"vatSupport": "yes"}}, "vatSupport is a bool"),
        ("Webshop", {"patch": {"type": "x"}}, "not type"),
        ("delete", {"class": "Order", "uid": 1}, "only an Article"),
        ("discard_order", {"uid": 1}, "no Order 1"),
    ],
)
def test_edits_that_cannot_be_done(shop, what, values, words) -> None:
    with pytest.raises(UsageError, match=words):
        shop.control.edit(what, **values)
    assert shop("Article.count") == 0


def test_inspections(seeded) -> None:
    counts = seeded.control.inspect("counts")
    assert counts["items"] == 200
    items = seeded.control.inspect("items")
    assert len(items) == 200 and seeded.control.inspect("items", offset=50, limit=7) == items[50:57]
    assert seeded.control.inspect("Article", limit=3)[1:] == seeded.control.inspect(
        "Article", offset=1, limit=2
    )
    for what, query, words in (
        ("nothing", {}, "nothing called"),
        ("Article", {"uid": 5}, "no Article 5"),
        ("Article", {"name": "x"}, "not name"),
        ("items", {"limit": "x"}, "limit is a whole number"),
    ):
        with pytest.raises(UsageError, match=words):
            seeded.control.inspect(what, **query)


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ({"item": 5}, "no item"),
        ({"items": -1}, "items is a whole number"),
        ({"items": 200_001}, "at most 200000"),
        ({"items": "5"}, "items is a whole number"),
        ({"items": None}, "at most"),
        ({"faults": -1}, "between 0 and 5"),
        ({"faults": True}, "between 0 and 5"),
        ({"prices_with_vat": 1}, "true or false"),
        ({"token": ""}, "token is a text"),
        ({"reserved": "FRAKT"}, "a list of product numbers"),
        ({"now": "today"}, "now is a time"),
    ],
)
def test_wrong_seeds(shop, seed, words) -> None:
    with pytest.raises(UsageError, match=words):
        shop.control.seed(**seed)
    assert shop("Customer.count") == 3


def test_modes(shop) -> None:
    shop.control.mode("lenient")
    uid = shop.article(articleNumber="A")
    assert shop("Article.get", uid, ["articleNumber", "nothing"]) == {"articleNumber": "A"}
    assert shop("Article.set", uid, {"stock": 4}) == uid and shop("Article.get", 99, "uid") is None
    shop.control.mode("chaos")
    kinds = [one["kind"] for one in shop.control.faults()]
    assert len(kinds) > 4 and all(one["count"] is None for one in shop.control.faults())
    shop.control.clear_faults()
    assert shop("Article.get", uid, "uid") == {"uid": str(uid)}
    shop.control.mode("strict")
    assert shop.fails("Article.get", uid, "nothing").pointers == ["/nothing"]


def test_every_switch_and_edit_and_seed_option_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    service = AbicartService()
    section = text.split("\n### Switches of the Abicart server\n")[1].split("\n## ")[0]
    lines = {line.split("`")[1]: line for line in section.splitlines() if line.startswith("| `")}
    for one in service.switches.describe():
        line = lines.pop(one["name"])
        assert one["help"] in line and f"`{one['default']}`" in line
        assert all(f"`{choice}`" in line for choice in one["choices"]), one["name"]
    assert lines == {}
    names = [*service.edits, *service.inspections, *service.own_faults, *SeedOptions.__dataclass_fields__]
    assert [name for name in names if f"`{name}`" not in text] == []
    for settings in (SETTINGS, ROW_SETTINGS, EDIT_SETTINGS, REFUND_SETTINGS):
        for name, help_text in settings.items():
            quoted = ", ".join(f"`{one}`" for one in name.split(", "))
            assert f"| {quoted} | {help_text} |" in text, name
    for fault in FAULTS:
        assert f"| `{fault.name}` | `{fault.rule}` | {fault.share * 100:g} %" in text, fault.name


def test_every_kind_of_order_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    for name, kind in KINDS.items():
        assert f"| `{name}` | {kind.share * 100:g} % |" in text, name


def test_every_switch_of_the_references_questions_is_there() -> None:
    asked = {one["question"] for one in AbicartService().switches.describe()}
    wanted = {
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        18,
        19,
        *range(20, 31),
        *range(32, 38),
        39,
        40,
        41,
    }
    wanted -= {31}
    assert {int(one) for one in asked if one} == wanted
