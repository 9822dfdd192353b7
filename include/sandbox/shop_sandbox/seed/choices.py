"""Sizes and colours as choices and options that all articles share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from shop_sandbox.abicart.model import ArticleChoice, ArticleChoiceOption
from shop_sandbox.abicart.store import Shop
from shop_sandbox.seed.words import COLOURS, THINGS


@dataclass(frozen=True, slots=True)
class MadeOption:
    """An option as the articles use it: uid, the same as text, and the end it gives a product number."""

    uid: int
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class MadeChoice:
    uid: int
    text: str
    options: tuple[MadeOption, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices: one of colours, one for each range of sizes."""

    colours: MadeChoice
    sizes: dict[tuple[str, ...], MadeChoice]


def make_choices(shop: Shop, at: datetime) -> Choices:
    ranges = dict.fromkeys(thing.sizes for thing in THINGS if thing.sizes)
    colours = _choice(shop, at, ("Färg", "Colour"), [(sv, en, code) for sv, en, code in COLOURS])
    sizes = {
        one: _choice(shop, at, ("Storlek", "Size"), [(size, size, _size_code(size)) for size in one])
        for one in ranges
    }
    return Choices(colours, sizes)


def _size_code(size: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "", size.upper().replace("×", "X"))


def _choice(
    shop: Shop, at: datetime, name: tuple[str, str], options: list[tuple[str, str, str]]
) -> MadeChoice:
    made = []
    for swedish, english, code in options:
        option = ArticleChoiceOption(shop.options.new_uid(), {"sv": swedish, "en": english}, at)
        shop.add("options", option)
        made.append(MadeOption(option.uid, str(option.uid), code))
    choice = ArticleChoice(
        shop.choices.new_uid(), {"sv": name[0], "en": name[1]}, tuple(one.uid for one in made), at
    )
    shop.add("choices", choice)
    return MadeChoice(choice.uid, str(choice.uid), tuple(made))
