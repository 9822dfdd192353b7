"""Buyers whose every datum is found wherever it shows."""

from __future__ import annotations

from typing import Any

from tests.privacy.marked_data import Mark, person_name, words_of


def marked_buyer(number: int) -> tuple[dict[str, Any], list[Mark]]:
    """Somebody whose every datum is found wherever it shows."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:03d}")
    first, last, street, town = (
        f"{word}{letters}" for word in ("Vornam", "Efternåmn", "Gatumärke", "Ortsmärke")
    )
    email, phone = f"marked.{letters}@omarkt.example", f"070-17405{number:02d}"
    person = {
        "info": {"type": "private", "email": email, "nin": f"1912121{number:03d}12"},
        "address": {
            "firstName": first,
            "lastName": last,
            "address": f"{street} 7",
            "postcode": "111 22",
            "town": town,
            "country": "SE",
            "phoneMobile": phone,
        },
    }
    marks = [
        *person_name(first, last),
        *words_of("street", street),
        *words_of("town", town),
        Mark("e-mail", email),
        Mark("phone", phone),
        Mark("personal number", f"1912121{number:03d}12"),
    ]
    return person, marks
