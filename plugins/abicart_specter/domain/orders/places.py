"""Countries and postcodes of buyers, in the form that Specter takes (fault F23)."""

from __future__ import annotations

import re

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""

COUNTRIES = frozenset(_CODES.split())
"""ISO 3166 alpha-2, and XK, which is used for Kosovo."""

_OTHER_NAMES = {
    "UK": "GB", "EL": "GR",
    "SVERIGE": "SE", "SWEDEN": "SE", "SWE": "SE",
    "NORGE": "NO", "NORWAY": "NO", "NOR": "NO",
    "DANMARK": "DK", "DENMARK": "DK", "DNK": "DK",
    "FINLAND": "FI", "SUOMI": "FI", "FIN": "FI",
    "ÅLAND": "AX", "ISLAND": "IS", "ICELAND": "IS",
    "TYSKLAND": "DE", "GERMANY": "DE", "DEUTSCHLAND": "DE", "DEU": "DE",
}  # fmt: skip

_POSTCODES = {
    "SE": re.compile(r"([0-9]{3})([0-9]{2})"),
    "NO": re.compile(r"[0-9]{4}"),
    "DK": re.compile(r"[0-9]{4}"),
    "FI": re.compile(r"[0-9]{5}"),
    "AX": re.compile(r"[0-9]{5}"),
    "DE": re.compile(r"[0-9]{5}"),
    "FR": re.compile(r"[0-9]{5}"),
    "ES": re.compile(r"[0-9]{5}"),
    "IT": re.compile(r"[0-9]{5}"),
    "EE": re.compile(r"[0-9]{5}"),
    "AT": re.compile(r"[0-9]{4}"),
    "BE": re.compile(r"[0-9]{4}"),
    "CH": re.compile(r"[0-9]{4}"),
    "NL": re.compile(r"([0-9]{4})([A-Z]{2})"),
    "PL": re.compile(r"([0-9]{2})([0-9]{3})"),
    "GB": re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})"),
}
_JOINTS = {"SE": " ", "NL": " ", "GB": " ", "PL": "-"}
_NO_PART_OF_IT = re.compile(r"[\s\-]")


def country_code(entered: str) -> str | None:
    """ISO code of a country given by its code or a usual name; ``None`` if it is unknown. Empty stays empty."""
    name = " ".join(entered.split()).upper()
    code = _OTHER_NAMES.get(name, name)
    return code if not code or code in COUNTRIES else None


def postcode(entered: str, country: str) -> tuple[str, bool]:
    """The postcode as its country writes it, and whether it has the right form.

    Countries whose form is not known here take any.
    """
    tidy = " ".join(entered.split())
    form = _POSTCODES.get(country)
    if form is None:
        return tidy, True
    bare = _NO_PART_OF_IT.sub("", tidy.upper())
    if not form.fullmatch(bare):
        # SE-111 22, S-111 22, D-10115.
        bare = bare.removeprefix(country).removeprefix(country[0])
    found = form.fullmatch(bare)
    if not found:
        return tidy, False
    return (_JOINTS[country].join(found.groups()) if found.groups() else bare), True
