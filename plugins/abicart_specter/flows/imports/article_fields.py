"""Which fields of an article an import reads, compares and reads back."""

from __future__ import annotations

from abicart_specter.domain.catalogue import ARTICLE_FIELDS
from abicart_specter.domain.imports.records import ImportPart
from abicart_specter.settings import ShopSettings

DESCRIPTION = "description"


def article_fields(settings: ShopSettings, part: ImportPart | None = None) -> list[str]:
    """Those of the catalogue, and the description where it is compared: of a whole catalogue it is a lot to read.

    :param part: what is written; without, all of it is compared.
    """
    texts = part in (None, ImportPart.TEXT) and settings.imports.description
    return [*ARTICLE_FIELDS, DESCRIPTION] if texts else list(ARTICLE_FIELDS)
