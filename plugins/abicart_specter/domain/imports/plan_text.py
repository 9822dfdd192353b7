"""An article's name and description from Specter's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from abicart_specter.domain.html_text import strip_html
from abicart_specter.domain.imports import held as rules
from abicart_specter.domain.imports.article_values import ArticleValues
from abicart_specter.domain.imports.held import Problem
from abicart_specter.domain.imports.records import (
    ArticlePlan,
    FieldChange,
    HeldImport,
    ImportPart,
    ItemTold,
    PlannedChange,
    Settles,
)
from abicart_specter.domain.imports.told_values import Known, known, rests_on, same
from abicart_specter.domain.masters import Master
from abicart_specter.domain.records import Kind
from abicart_specter.domain.text import clean_line, clean_lines, to_latin1
from abicart_specter.settings.shop import ShopSettings

_TEXTS = ((Master.NAME, "name"), (Master.DESCRIPTION, "description"))
_DIFFER = {
    Master.NAME: (rules.VARIANT_NAMES_DIFFER, "name", "Change all variants' names in Specter alike."),
    Master.DESCRIPTION: (
        rules.VARIANT_DESCRIPTIONS_DIFFER,
        "description",
        "Give all variants the same description in Specter.",
    ),
}


@dataclass(slots=True)
class _Found:
    changes: list[FieldChange] = field(default_factory=list)
    settles: list[Settles] = field(default_factory=list)
    held: list[HeldImport] = field(default_factory=list)
    agreed: list[Settles] = field(default_factory=list)
    masters: list[Master] = field(default_factory=list)


def plan_texts(items: Sequence[ItemTold], values: ArticleValues, settings: ShopSettings) -> ArticlePlan:
    """One write with name and description, where they change."""
    found = _Found()
    for master, name in _TEXTS:
        if getattr(settings.imports, master.value):
            _plan(items, [known(one, name, master) for one in items], values, master, found)
    changes: tuple[PlannedChange, ...] = ()
    if found.changes:
        changes = (
            PlannedChange(
                article_uid=items[0].item.article_uid,
                part=ImportPart.TEXT,
                keys=tuple((one.item.key, one.item.product_number or "") for one in items),
                name=values.name or items[0].item.name,
                fields=tuple(found.changes),
                settles=tuple(found.settles),
                row_ids={name: row for one in items for name, row in rests_on(one, *found.masters).items()},
            ),
        )
    return ArticlePlan(changes, tuple(found.held), tuple(found.agreed))


def _plan(
    items: Sequence[ItemTold],
    told: Sequence[Known | None],
    values: ArticleValues,
    master: Master,
    found: _Found,
) -> None:
    news = [(one, text) for one, text in zip(items, told, strict=True) if text is not None and text.pending]
    if not news:
        return
    if not values.text_problems and all(
        agrees(master, _present(one, master, values), text.text) for one, text in news
    ):
        found.agreed += [
            Settles(one.item.key, master, _present(one, master, values), text.text) for one, text in news
        ]
        return
    wanted, problem = _wanted(items, told, values, master)
    if problem is not None:
        found.held += [problem.held(one, master, text.text) for one, text in news]
        return
    found.masters.append(master)
    found.changes.append(FieldChange(master, values.text(master), wanted))
    found.settles += [
        Settles(one.item.key, master, _item_text(one, master, wanted, values), text.text)
        for one, text in zip(items, told, strict=True)
        if text is not None
    ]


def _wanted(
    items: Sequence[ItemTold], told: Sequence[Known | None], values: ArticleValues, master: Master
) -> tuple[str, Problem | None]:
    rule, what, remedy = _DIFFER[master]
    if values.text_problems:
        return "", Problem(
            rules.SHOP_VALUE_UNREADABLE,
            f"A value of the shop cannot be read: {'; '.join(values.text_problems[:3])}.",
            "Correct the value in the shop.",
        )
    unknown = [one for one, text in zip(items, told, strict=True) if text is None]
    if unknown:
        return "", Problem(
            rules.VARIANT_UNKNOWN,
            f"The variants share the product's {what}, and Specter's is not known of "
            f"{rules.listed((one, '') for one in unknown)}.",
            "Correct the number of a variant that is held for it, then export; or save it once in Specter.",
        )
    texts = [
        _article_text(one, master, text.text, values)
        for one, text in zip(items, told, strict=True)
        if text is not None
    ]
    first = texts[0]
    if first is None or any(text is None or not same(master, text, first) for text in texts):
        shown = rules.listed(
            (one, f"“{_short(text.text)}”") for one, text in zip(items, told, strict=True) if text is not None
        )
        return "", Problem(
            rule, f"The variants share the product's {what}, and Specter's do not fit one: {shown}.", remedy
        )
    return first, None


def _article_text(one: ItemTold, master: Master, text: str, values: ArticleValues) -> str | None:
    """The article's text by what Specter holds for one item; ``None`` where that cannot be told.

    A variant's name is its article's with ", " and its options; Specter holds them together.
    """
    if master is Master.DESCRIPTION:
        return clean_lines(text)
    name = clean_line(text)
    if one.item.key.kind is not Kind.VARIANT:
        return name
    for suffix in (clean_line(_suffix(one, values)), as_exported(_suffix(one, values))):
        if suffix and name.endswith(suffix):
            return name.removesuffix(suffix).rstrip() or None
    return None


def _present(one: ItemTold, master: Master, values: ArticleValues) -> str | None:
    """The item's text in the shop, as a pair holds it."""
    return (one.item.name or None) if master is Master.NAME else values.text(master)


def _suffix(one: ItemTold, values: ArticleValues) -> str:
    name = one.item.name
    return name.removeprefix(values.name) if values.name and name.startswith(values.name) else ""


def _item_text(one: ItemTold, master: Master, text: str, values: ArticleValues) -> str | None:
    """What a pair holds for the item when its article has the text."""
    if master is Master.NAME and one.item.key.kind is Kind.VARIANT:
        return f"{text}{_suffix(one, values)}" or None
    return text or None


def as_exported(text: str) -> str:
    """A name as an export would send it: without markup, in one line, in ISO-8859-1."""
    return to_latin1(clean_line(strip_html(text))).text


def agrees(master: Master, shops: str | None, specters: str) -> bool:
    """Whether the shop's text is what Specter has, as far as Specter can hold it (rule 22 for texts)."""
    if shops is None:
        return False
    if same(master, shops, specters):
        return True
    return (
        as_exported(shops) == clean_line(specters)
        if master is Master.NAME
        else (to_latin1(clean_lines(shops)).text == clean_lines(specters))
    )


def _short(text: str) -> str:
    line = clean_line(text)
    return line if len(line) <= 40 else line[:40].rstrip() + "…"
