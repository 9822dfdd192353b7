"""The answers of the three reads and of checkAccountSettings (reference 3.4, 6)."""

from __future__ import annotations

from decimal import Decimal

from shop_sandbox.core.messages import Answer
from shop_sandbox.core.switches import SwitchBoard
from shop_sandbox.specter import refusals
from shop_sandbox.specter.answers import XmlWriter, api_response, plain_answer, xml_answer
from shop_sandbox.specter.calls import SpecterCall
from shop_sandbox.specter.records import Account, Queue
from shop_sandbox.specter.refusals import Refusal
from shop_sandbox.specter.wire import number_text

Rows = list[dict[str, str]]

ROW_ENDS = {"cr": "\r", "crlf": "\r\n", "lf": "\n"}
# Written where a stock is expected and the article has none; clients have met it (reference 6.1).
NO_STOCK = "noItemsAvailable"
# The header of the stock read is known by its third column only; all other headers are invented.
HEADERS = {
    Queue.STOCK: ("articleId", "articleNo", NO_STOCK, "batchNo"),
    Queue.ARTICLE_INFO: ("articleNo", "name", "priceExclVat", "vatPercent", "buyPrice", "batchNo"),
    Queue.ORDERS: ("orderNo", "statusId", "deliveryStatus", "trackingNo", "batchNo"),
}
KNOWN_ATTRIBUTES = ("buyPrice", "priceExclVat", "barCode", "productWeight")
OTHER_FIELDS = ("vatPercent", "standardOldPrice", "showStandardOldPrice", "articleType", "commodityCode")
PRICES = {"buyPrice", "priceExclVat", "standardOldPrice"}
DECIMALS = PRICES | {"productWeight", "vatPercent"}
CONTAINERS = {Queue.STOCK: "stockChanges", Queue.ARTICLE_INFO: "articles", Queue.ORDERS: "orders"}


class ReadAnswer:
    """Writes one read's answer, plain or XML."""

    def __init__(self, call: SpecterCall, account: Account, queue: Queue, limit: int) -> None:
        self._call = call
        self._switches: SwitchBoard = call.switches
        self._account = account
        self._queue = queue
        self._limit = limit

    def build(self, rows: Rows) -> Answer:
        if not rows:
            special = self._special_empty()
            if special is not None:
                return special
        return self._xml(rows) if self._call.xml_wanted else self._plain(rows)

    def _special_empty(self) -> Answer | None:
        """An empty read in another shape than an empty container or header row (Q5)."""
        shape = self._switches["empty_read"]
        if shape == "empty_body":
            return Answer(b"", "text/xml" if self._call.xml_wanted else "text/html")
        if shape == "error_triple":
            raise Refusal(refusals.NOTHING_TO_REPORT, "Inget att rapportera")
        if shape == "api_response_only" and self._call.xml_wanted:
            writer = XmlWriter(self._switches)
            api_response(writer, "1", "0", "OK", None)
            return xml_answer(writer)
        return None

    # plain

    def _plain(self, rows: Rows) -> Answer:
        end = ROW_ENDS[self._switches["row_end"]]
        lines = [";".join(HEADERS[self._queue])] if self._switches.on("header_row") else []
        lines += [";".join(self._plain_columns(row)) for row in rows]
        return plain_answer("".join(line + end for line in lines), self._switches)

    def _plain_columns(self, row: dict[str, str]) -> tuple[str, ...]:
        batch = self._call.text("batchno")
        if self._queue is Queue.STOCK:
            return (row["id"], row["number"], self._quantity(row.get("available")), batch)
        if self._queue is Queue.ARTICLE_INFO:
            name = row["name"].replace(";", ",")
            values = [self._field(row, one) for one in ("priceExclVat", "vatPercent", "buyPrice")]
            return (row["number"], name, *values, batch)
        tracking = row["tracking"].split("\n")[-1]
        return (row["number"], row["statusId"], row["deliveryStatus"], tracking, batch)

    # XML

    def _xml(self, rows: Rows) -> Answer:
        writer = XmlWriter(self._switches)
        if self._switches.on("read_api_response"):
            api_response(writer, "1", "0", "OK", None)
        if not rows:
            writer.empty(CONTAINERS[self._queue])
        elif self._queue is Queue.STOCK:
            self._stock_tree(writer, rows)
        elif self._queue is Queue.ARTICLE_INFO:
            self._article_tree(writer, rows)
        else:
            self._order_tree(writer, rows)
        if self._queue is Queue.ARTICLE_INFO:
            writer.element("responseMaxLimit", str(self._limit), plain=True)
        return xml_answer(writer)

    def _stock_tree(self, writer: XmlWriter, rows: Rows) -> None:
        """One stock element per site, or one for all without getMultipleStocksites."""
        id_name, _, name_name = self._switches["stock_site_names"].partition(",")
        if not self._call.flag("getmultiplestocksites"):
            sites: list[tuple[str, dict[str, str] | None]] = [("available", None)]
        else:
            sites = [
                (f"site:{number}", {id_name: str(number)} | ({name_name: name} if name_name else {}))
                for number, name in self._account.sites.items()
            ]
        apart = self._switches["stock_changes"] == "per_site"
        default = sites[0][0]
        if not apart:
            writer.open("stockChanges")
        for key, attributes in sites:
            if apart:
                writer.open("stockChanges")
            writer.open("stock", attributes)
            writer.open("articles")
            for row in rows:
                # An article without stock is reported once, at the default site.
                if key in row or ("available" not in row and key == default):
                    writer.open("article")
                    writer.element("articleNo", row["number"])
                    writer.element("noItemsAv", self._quantity(row.get(key)), plain=True)
                    writer.close("article")
            writer.close("articles")
            writer.close("stock")
            if apart:
                writer.close("stockChanges")
        if not apart:
            writer.close("stockChanges")

    def _article_tree(self, writer: XmlWriter, rows: Rows) -> None:
        shape = self._switches["article_info_fields"]
        as_attributes: tuple[str, ...] = KNOWN_ATTRIBUTES if shape == "elements" else ()
        if shape == "attributes":
            as_attributes = KNOWN_ATTRIBUTES + OTHER_FIELDS
        writer.open("articles")
        for row in rows:
            attributes = {self._case(one): self._field(row, one) for one in as_attributes}
            optional = self._optional(row)
            if shape == "attributes":
                attributes |= optional
            writer.open("article", attributes)
            writer.element("articleNo", row["number"])
            writer.element("name", row["name"])
            for name in KNOWN_ATTRIBUTES + OTHER_FIELDS:
                if name not in as_attributes:
                    writer.element(self._case(name), self._field(row, name), plain=name in DECIMALS)
            if shape != "attributes":
                for name, value in optional.items():
                    writer.element(name, value)
            writer.close("article")
        writer.close("articles")

    def _order_tree(self, writer: XmlWriter, rows: Rows) -> None:
        writer.open("orders")
        for row in rows:
            writer.open("order", {"orderNo": row["number"]})
            status = {"deliveryStatus": row["deliveryStatus"], "statusId": row["statusId"]}
            writer.empty("orderstatus", status)
            writer.open("deliveries", {"updated": row["updated"]})
            if int(row["deliveries"]):
                for tracking in row["tracking"].split("\n"):
                    writer.empty("delivery", {"trackingNo": tracking})
            writer.close("deliveries")
            writer.close("order")
        writer.close("orders")

    # values

    def _optional(self, row: dict[str, str]) -> dict[str, str]:
        """Fields of article info that are told under some switches only."""
        told: dict[str, str] = {}
        if row.get("description") or self._switches.on("empty_description"):
            told[self._case(self._switches["description_name"])] = row.get("description", "")
        if self._switches.on("article_info_id"):
            told[self._case("articleId")] = row.get("id", "")
        return told

    def _case(self, name: str) -> str:
        case = self._switches["field_case"]
        return {"lower": name.lower(), "upper": name.upper()}.get(case, name)

    def _field(self, row: dict[str, str], name: str) -> str:
        if name not in DECIMALS:
            return row[name]
        value = Decimal(row[name])
        # Prices have at least two decimals, and as many as are stored.
        decimals = max(2, -int(value.normalize().as_tuple().exponent)) if name in PRICES else None
        return number_text(value, comma=self._switches["decimal_output"] == "comma", decimals=decimals)

    def _quantity(self, text: str | None) -> str:
        if text is None:
            return NO_STOCK
        decimals = 2 if self._switches["quantity_output"] == "two" else None
        comma = self._switches["decimal_output"] == "comma"
        return number_text(Decimal(text), comma=comma, decimals=decimals)


def account_settings(account: Account, switches: SwitchBoard) -> Answer:
    """An invented shape of checkAccountSettings, for clients that must not depend on one (reference 6.4)."""
    writer = XmlWriter(switches)
    writer.open("accountSettings")
    writer.element("sbmId", str(account.sbm_id), plain=True)
    writer.element("apiVersion", str(account.api_version), plain=True)
    writer.close("accountSettings")
    return xml_answer(writer)
