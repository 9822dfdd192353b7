"""Under which names the shop keeps what it knows of a buyer.

The names inside ``customer.info`` are in no public description (Abicart reference 6.3 and 10, question 29), so they
are lists, tried in order, that ``customer.yaml`` can change.
"""

from __future__ import annotations

from dataclasses import dataclass

from abicart_specter.settings.types import Settings


@dataclass(frozen=True, slots=True)
class InfoNames:
    """Name lists, each tried in order; and the words that mean a company or a person."""

    type: tuple[str, ...] = ("type", "customerType")
    email: tuple[str, ...] = ("email", "emailAddress", "mail")
    organisation_number: tuple[str, ...] = (
        "companyNumber",
        "orgNumber",
        "organisationNumber",
        "organizationNumber",
        "orgNo",
    )
    personal_number: tuple[str, ...] = ("nin", "personalNumber", "personNumber", "socialSecurityNumber")
    vat_number: tuple[str, ...] = ("vatNumber", "vatNo")
    company_words: tuple[str, ...] = ("business", "company", "organisation", "organization")
    person_words: tuple[str, ...] = ("private", "person", "consumer")


class InfoEntry(Settings):
    """``info`` in ``customer.yaml``; a list that is left out keeps its default."""

    type: list[str] | None = None
    email: list[str] | None = None
    organisation_number: list[str] | None = None
    personal_number: list[str] | None = None
    vat_number: list[str] | None = None
    company_words: list[str] | None = None
    person_words: list[str] | None = None

    def names(self) -> InfoNames:
        """The lists as the reader of orders takes them."""
        given = {name: tuple(one) for name, one in self.model_dump(exclude_none=True).items()}
        return InfoNames(**given)
