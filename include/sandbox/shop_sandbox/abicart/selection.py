"""List selection (Abicart reference 4.1): filters, one sort key, limit and offset, scanning only what it must."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any

from shop_sandbox.abicart.conditions import Filters, compile_filters
from shop_sandbox.abicart.errors import invalid
from shop_sandbox.abicart.properties import ApiClass
from shop_sandbox.abicart.view import View
from shop_sandbox.abicart.wire import as_uid, is_whole

SETTINGS = ("filters", "sort", "descending", "limit", "offset")


@dataclass(frozen=True, slots=True)
class Selection:
    filters: Any = None
    sort: str = "uid"
    descending: bool = False
    limit: int | None = None
    offset: int = 0


def parse_selection(view: View, api_class: ApiClass, raw: Any) -> Selection:
    """The second parameter of ``list``; ``true``, null and nothing select all."""
    if raw is None or raw is True or raw == []:
        raw = {}
    if not isinstance(raw, dict):
        raise invalid("Must be an object", "")
    for key in raw:
        if key not in SETTINGS:
            raise invalid(f"A selection has no {key}", f"/{key}")
    sort = raw.get("sort") or "uid"
    prop = api_class.properties.get(sort) if isinstance(sort, str) else None
    if prop is None or not prop.sortable:
        raise invalid("Not a sort key", "/sort")
    descending = raw.get("descending", False)
    if not isinstance(descending, bool):
        raise invalid("Must be a boolean", "/descending")
    offset = _whole_number(raw.get("offset"), "/offset") or 0
    return Selection(raw.get("filters"), sort, descending, _limit(view, raw), offset)


def _whole_number(value: Any, pointer: str) -> int | None:
    if value is None:
        return None
    if not is_whole(value) or value < 0:
        raise invalid("Must be a whole number from 0", pointer)
    return int(value)


def _limit(view: View, raw: dict[str, Any]) -> int | None:
    """Open question 6: default and cap of one list."""
    wanted = _whole_number(raw.get("limit"), "/limit")
    cap = view.switch["list_limit"]
    if cap == "none" or view.by_hand:
        return wanted
    return int(cap) if wanted is None else min(wanted, int(cap))


def select(view: View, api_class: ApiClass, selection: Selection) -> list[Any]:
    """The rows of one page."""
    rows = view.shop.table(api_class.table).rows
    filters = compile_filters(view, api_class, selection.filters)
    if selection.sort == "uid":
        uids = _matching(view, api_class, filters)
        start, end = _bounds(uids, filters)
        if selection.descending:
            last = end - selection.offset
            first = start if selection.limit is None else max(start, last - selection.limit)
            return [rows[uid] for uid in reversed(uids[first : max(first, last)])]
        first = start + selection.offset
        last = end if selection.limit is None else min(end, first + selection.limit)
        return [rows[uid] for uid in uids[first:last]]
    uids = _sorted(view, api_class, filters, selection)
    last = len(uids) if selection.limit is None else selection.offset + selection.limit
    return [rows[uid] for uid in uids[selection.offset : last]]


def count(view: View, api_class: ApiClass, filters: Any) -> int:
    """How many rows match; without filters and with a token that is only a length."""
    compiled = compile_filters(view, api_class, filters)
    start, end = _bounds(uids := _matching(view, api_class, compiled), compiled)
    return max(0, end - start) if uids else 0


def _bounds(uids: list[Any], filters: Filters) -> tuple[int, int]:
    """Where the uids within the filters' bounds begin and end."""
    start, end = 0, len(uids)
    if filters.low is not None:
        start = (bisect_right if filters.low_open else bisect_left)(uids, filters.low)
    if filters.high is not None:
        end = (bisect_left if filters.high_open else bisect_right)(uids, filters.high)
    return start, max(start, end)


def _matching(view: View, api_class: ApiClass, filters: Filters) -> list[Any]:
    """The uids, in order, of all rows that match the filters beside the bounds of the uid."""
    table = view.shop.table(api_class.table)
    visible = None if view.admin else api_class.visible
    if filters.uids is not None:
        known = [uid for uid in filters.uids if uid in table.rows]
        return [
            uid
            for uid in known
            if filters.matches(table.rows[uid]) and (visible is None or visible(table.rows[uid]))
        ]
    if not filters.tests and visible is None:
        return table.uids
    key = (api_class.name, "uid", view.key, filters.key)
    kept = view.shop.matches(key)
    if kept is not None:
        return kept
    rows = table.rows
    found = (
        uid for uid in table.uids if (visible is None or visible(rows[uid])) and filters.matches(rows[uid])
    )
    return view.shop.keep_matches(key, found)


def _sorted(view: View, api_class: ApiClass, filters: Filters, selection: Selection) -> list[Any]:
    """All matching uids by another property than the uid; equal values by uid, missing ones first."""
    bounds = (filters.low, filters.low_open, filters.high, filters.high_open)
    named = None if filters.uids is None else tuple(filters.uids)
    key = (
        api_class.name,
        selection.sort,
        selection.descending,
        bounds,
        named,
        view.key,
        filters.key,
    )
    kept = view.shop.matches(key)
    if kept is not None:
        return kept
    uids = _matching(view, api_class, filters)
    start, end = _bounds(uids, filters)
    rows = view.shop.table(api_class.table).rows
    prop = api_class.properties[selection.sort]

    def sort_key(uid: Any) -> tuple[bool, Any, Any]:
        value = prop.read(view, rows[uid])
        if isinstance(value, dict):
            value = value.get(view.language) or next(iter(value.values()), None)
        if isinstance(value, str):
            value = value.casefold()
        return value is not None, value if value is not None else 0, uid

    return view.shop.keep_matches(key, sorted(uids[start:end], key=sort_key, reverse=selection.descending))


def find(view: View, api_class: ApiClass, uid: Any) -> Any:
    """One row by uid, sent as a number or as digits; ``None`` if there is none this caller may see."""
    if api_class.uid_kind == "integer":
        uid = as_uid(uid)
        if uid is None:
            raise invalid("Not a uid", "")
    elif not isinstance(uid, str):
        raise invalid("Not a uid", "")
    row = view.shop.table(api_class.table).get(uid)
    if row is not None and not view.admin and api_class.visible is not None and not api_class.visible(row):
        return None
    return row
