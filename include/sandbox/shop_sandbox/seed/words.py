"""The goods of the shop: groups, things, makers, and what each costs, weighs and comes in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

STANDARD, FOOD, BOOKS, EXEMPT = Decimal("0.25"), Decimal("0.12"), Decimal("0.06"), Decimal(0)

CLOTHES_SIZES = ("XS", "S", "M", "L", "XL", "XXL")
CHILD_SIZES = ("86", "92", "98", "104", "110", "116", "122")
SOCK_SIZES = ("36–39", "40–43", "44–47")
SHOE_SIZES = ("36", "37", "38", "39", "40", "41", "42", "43", "44", "45")
BED_SIZES = ("50 × 60 cm", "150 × 210 cm", "240 × 220 cm")

COLOURS = (
    ("Svart", "Black", "SVA"),
    ("Vit", "White", "VIT"),
    ("Marinblå", "Navy", "MAR"),
    ("Röd", "Red", "ROD"),
    ("Mörkgrön", "Dark green", "GRN"),
    ("Ljusgrå", "Light grey", "GRA"),
    ("Beige", "Beige", "BEI"),
    ("Solgul", "Yellow", "GUL"),
    ("Ljusblå", "Light blue", "LBL"),
    ("Vinröd", "Burgundy", "VIN"),
)

MAKERS = (
    "Björkö", "Norrsken & Co", "Tånga Väveri", "Sjöberga", "Lönn & Ek", "Ås Bruk", "Hällevik", "Öströ",
    "Kråkmåla", "Bergälven", "Saltö Hamn", "Mårdsele", "Café Linné", "Åkerby", "Vinterviken", "Älgamossen",
)  # fmt: skip

SERIES = (
    "Åre", "Öland", "Älvsborg", "Skåne", "Höga Kusten", "Gotska", "Särna", "Kullen", "Bråviken", "Tärnö",
    "Ekerö", "Mälaren", "Fårö", "Sälen", "Läckö", "Idre", "Visby", "Grövlan", "Käringön", "Ängsö",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thing:
    """One kind of goods.

    :param english: its English name.
    :param code: the beginning of its product numbers.
    :param group: its article group, one of ``GROUPS``.
    :param low, high: price in kronor with VAT.
    :param grams: usual weight.
    :param sizes: what it comes in; empty: one size.
    :param coloured: whether it comes in colours.
    :param looks: adjectives in front of the name.
    """

    swedish: str
    english: str
    code: str
    group: str
    vat: Decimal
    low: int
    high: int
    grams: int
    sizes: tuple[str, ...] = ()
    coloured: bool = False
    looks: tuple[str, ...] = ()


GROUPS = (
    "Kläder",
    "Skor",
    "Barn",
    "Hem & kök",
    "Trädgård & verktyg",
    "Böcker",
    "Skafferi",
    "Presenter & kort",
)

_SOFT = ("stickad", "mönstrad", "enfärgad", "randig", "fodrad", "tvättad")
_HARD = ("blank", "matt", "handgjord", "räfflad", "liten", "hög")
_TOOL = ("härdad", "smidd", "vikbar", "kraftig", "lätt", "rostfri")
_SHOE = ("vattentät", "låg", "fodrad", "mjuk")
_GEAR = ("fodrat", "tåligt", "lätt")
_TASTY = ("ekologisk", "mörkrostad", "småländsk", "osötad", "kallpressad", "röd")

THINGS = (
    Thing("tröja", "sweater", "KL", GROUPS[0], STANDARD, 399, 1299, 420, CLOTHES_SIZES, True, _SOFT),
    Thing("skjorta", "shirt", "KL", GROUPS[0], STANDARD, 349, 899, 260, CLOTHES_SIZES, True, _SOFT),
    Thing("klänning", "dress", "KL", GROUPS[0], STANDARD, 499, 1599, 380, CLOTHES_SIZES, True, _SOFT),
    Thing("mössa", "beanie", "KL", GROUPS[0], STANDARD, 149, 399, 90, (), True, _SOFT),
    Thing("yllesocka", "woollen sock", "KL", GROUPS[0], STANDARD, 79, 199, 80, SOCK_SIZES, False, _SOFT),
    Thing("regnjacka", "rain jacket", "KL", GROUPS[0], STANDARD, 799, 2499, 900, CLOTHES_SIZES, True, _SOFT),
    Thing("känga", "boot", "SK", GROUPS[1], STANDARD, 899, 2299, 1400, SHOE_SIZES, True, _SHOE),
    Thing("toffel", "slipper", "SK", GROUPS[1], STANDARD, 249, 599, 500, SHOE_SIZES, False, _SHOE),
    Thing("gummistövel", "rubber boot", "SK", GROUPS[1], STANDARD, 349, 899, 1600, SHOE_SIZES, True, _SHOE),
    Thing("regnställ", "rain suit", "BA", GROUPS[2], STANDARD, 399, 799, 600, CHILD_SIZES, True, _GEAR),
    Thing("pyjamas", "pyjamas", "BA", GROUPS[2], STANDARD, 199, 399, 220, CHILD_SIZES, True, _SOFT),
    Thing("nalle", "teddy bear", "BA", GROUPS[2], STANDARD, 129, 449, 300, (), False, ("mjuk", "liten", "lurvig")),
    Thing("pussel", "jigsaw puzzle", "BA", GROUPS[2], STANDARD, 99, 279, 550, (), False, ("stort", "svårt")),
    Thing("kaffemugg", "coffee mug", "HK", GROUPS[3], STANDARD, 89, 249, 350, (), True, _HARD),
    Thing("ljusstake", "candlestick", "HK", GROUPS[3], STANDARD, 149, 899, 700, (), False, _HARD),
    Thing("bordslampa", "table lamp", "HK", GROUPS[3], STANDARD, 499, 2999, 2400, (), True, _HARD),
    Thing("påslakan", "duvet cover", "HK", GROUPS[3], STANDARD, 399, 1199, 1200, BED_SIZES, True, _SOFT),
    Thing("handduk", "towel", "HK", GROUPS[3], STANDARD, 79, 299, 400, (), True, _SOFT),
    Thing("ullmatta", "woollen rug", "HK", GROUPS[3], STANDARD, 1299, 7999, 6500, (), False, _SOFT),
    Thing("stekpanna", "frying pan", "HK", GROUPS[3], STANDARD, 299, 1299, 1900, (), False, ("gjuten", "låg")),
    Thing("hammare", "hammer", "TV", GROUPS[4], STANDARD, 149, 499, 800, (), False, _TOOL),
    Thing("sekatör", "secateurs", "TV", GROUPS[4], STANDARD, 129, 699, 260, (), False, _TOOL),
    Thing("spade", "spade", "TV", GROUPS[4], STANDARD, 249, 799, 1900, (), False, _TOOL),
    Thing("fröpåse", "seed packet", "TV", GROUPS[4], STANDARD, 19, 59, 20, (), False, ("blandad", "perenn", "ettårig")),
    Thing("fågelholk", "nesting box", "TV", GROUPS[4], STANDARD, 199, 499, 1100, (), False, _HARD),
    Thing("kokbok", "cookbook", "BO", GROUPS[5], BOOKS, 199, 399, 1100, (), False, ("klassisk", "illustrerad", "ny")),
    Thing("deckare", "crime novel", "BO", GROUPS[5], BOOKS, 69, 249, 420, (), False, ("pocket:", "inbunden", "ny")),
    Thing("bilderbok", "picture book", "BO", GROUPS[5], BOOKS, 119, 199, 380, (), False, ("älskad", "färgglad", "ny")),
    Thing("trädgårdsbok", "garden book", "BO", GROUPS[5], BOOKS, 179, 349, 900, (), False, ("stor", "praktisk", "ny")),
    Thing("bryggkaffe", "ground coffee", "SF", GROUPS[6], FOOD, 49, 129, 450, ("250 g", "450 g"), False, _TASTY),
    Thing("hallonsylt", "raspberry jam", "SF", GROUPS[6], FOOD, 39, 89, 420, (), False, _TASTY),
    Thing("honung", "honey", "SF", GROUPS[6], FOOD, 69, 149, 500, (), False, _TASTY),
    Thing("knäckebröd", "crispbread", "SF", GROUPS[6], FOOD, 29, 79, 350, (), False, _TASTY),
    Thing("chokladkaka", "chocolate bar", "SF", GROUPS[6], FOOD, 25, 75, 100, (), False, _TASTY),
    Thing("lakritskola", "liquorice toffee", "SF", GROUPS[6], FOOD, 29, 95, 150, (), False, _TASTY),
    Thing("presentkort", "gift card", "GK", GROUPS[7], EXEMPT, 100, 2000, 5, (), False, ("tryckt", "digitalt")),
    Thing("gåvobevis", "charity gift", "GK", GROUPS[7], EXEMPT, 50, 500, 5, (), False, ("tryckt", "digitalt")),
    Thing("presentask", "gift box", "PK", GROUPS[7], STANDARD, 39, 149, 200, (), True, ("stor", "liten")),
)  # fmt: skip

ODD_NAME_PARTS = (" – Łódź", " ☕", "\u00a0Limited", " 🎄", " “Original”", " ½ pris")
"""Ends of names that do not all fit ISO-8859-1; planted as ``name_odd``."""
