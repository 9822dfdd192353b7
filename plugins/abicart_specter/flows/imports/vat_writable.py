"""Does the shop let a VAT rate be written at all (Abicart reference 10 #41)?"""

from __future__ import annotations

from decimal import Decimal

from abicart_specter.clients.abicart import AbicartClient
from abicart_specter.clients.abicart_errors import AbicartRefusedError

VAT_POINTER = "/vatRate"


def can_write_vat(abicart: AbicartClient, article_uid: int, rate: str) -> bool:
    """Asked of ``Article.validate``, which saves nothing. A shop that does not answer plainly is believed to.

    :param rate: the new rate as a fraction.
    """
    try:
        problems = abicart.call(
            "Article.validate", [article_uid, {"vatRate": Decimal(rate)}], idempotent=True
        )
    except AbicartRefusedError as refusal:
        return VAT_POINTER not in refusal.pointers
    found = problems if isinstance(problems, list) else []
    return not any(isinstance(one, dict) and one.get("pointer") == VAT_POINTER for one in found)
