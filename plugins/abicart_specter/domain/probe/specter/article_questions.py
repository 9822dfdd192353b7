"""Questions about what article info tells of an article (Specter reference 6.2, question 7)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from abicart_specter.domain.probe.specter.form_questions import nothing
from abicart_specter.domain.probe.specter.material import ARTICLE_INFO, Material, bare
from abicart_specter.domain.probe.verdicts import Outcome, Question, not_told, told, unexpected

KNOWN = ("buyPrice", "priceExclVat", "barCode", "productWeight")
OTHERS = ("vatPercent", "standardOldPrice", "showStandardOldPrice", "articleType", "commodityCode")
ALWAYS_ELEMENTS = frozenset({"articleno", "name"})
IDS = frozenset({"articleid", "id"})
_EXPECTED = frozenset(name.lower() for name in (*KNOWN, *OTHERS)) | ALWAYS_ELEMENTS | IDS


def _article_info_fields(material: Material) -> Outcome:
    articles = material.rows(ARTICLE_INFO)
    if not articles:
        return nothing(material, "No article came.")
    seen = {_places(article) for article in articles}
    seen.discard(("", ""))
    if len(seen) != 1:
        return unexpected("Articles come with their fields in different places.")
    known, others = seen.pop()
    if known == "element" and others in ("element", ""):
        return told("all_elements", "All fields of an article are elements.")
    if known == "attribute" and others == "attribute":
        return told("attributes", "An article's fields are attributes.")
    if known == "attribute" and others == "element":
        return told("elements", "Four fields of an article are attributes, further ones elements.")
    if known == "attribute" and not others:
        return not_told("Articles came with the four known attributes alone.")
    return unexpected("An article's fields are attributes and elements in an order that is not known.")


def _places(article: Element) -> tuple[str, str]:
    attributes = {name.rpartition("}")[2].lower() for name in article.attrib}
    elements = {bare(one).lower() for one in article}

    def place(names: tuple[str, ...]) -> str:
        wanted = {name.lower() for name in names}
        found = [word for word, there in (("attribute", attributes), ("element", elements)) if wanted & there]
        return "+".join(found)

    return place(KNOWN), place(OTHERS)


def _field_case(material: Material) -> Outcome:
    expected = {name.lower(): name for name in (*KNOWN, *OTHERS)}
    cases = set()
    for article in material.rows(ARTICLE_INFO):
        for name, _ in _fields(article):
            usual = expected.get(name.lower())
            if usual is not None:
                forms = {usual: "camel", usual.lower(): "lower", usual.upper(): "upper"}
                cases.add(forms.get(name, "other"))
    if not cases:
        return nothing(material, "No article came.")
    if len(cases) > 1 or "other" in cases:
        return unexpected("Names of an article's fields are not written as expected.")
    case = cases.pop()
    words = {"camel": "as priceExclVat", "lower": "in small letters", "upper": "in capitals"}
    return told(case, f"Names of an article's fields are written {words[case]}.")


def _description_name(material: Material) -> Outcome:
    if not material.rows(ARTICLE_INFO):
        return nothing(material, "No article came.")
    names = sorted(_descriptions(material))
    if len(names) == 1:
        return told(names[0], f"The one field that looks like a description is {names[0]}.")
    if names:
        return not_told(f"Several fields look like a description: {', '.join(names)}.")
    return not_told("No article came with a field that looks like a description.")


def _descriptions(material: Material) -> set[str]:
    return {
        name
        for article in material.rows(ARTICLE_INFO)
        for name, _ in _fields(article)
        if name.lower() not in _EXPECTED
        and any(part in name.lower() for part in ("text", "descr", "beskriv"))
    }


def _empty_description(material: Material) -> Outcome:
    articles = material.rows(ARTICLE_INFO)
    if not articles:
        return nothing(material, "No article came.")
    names = _descriptions(material)
    if len(names) != 1:
        return not_told("Which field is the description is not known.")
    name = names.pop()
    texts = [dict(_fields(article)).get(name) for article in articles]
    if any(text is not None and not text.strip() for text in texts):
        return told("on", "An article without a description has the field, empty.")
    if None in texts:
        return told("off", "An article without a description lacks the field.")
    return not_told("Every article came with a description.")


def _article_info_id(material: Material) -> Outcome:
    articles = material.rows(ARTICLE_INFO)
    if not articles:
        return nothing(material, "No article came.")
    names = {name for article in articles for name, _ in _fields(article) if name.lower() in IDS}
    if names:
        return told("on", f"Article info tells the article's own id, as {', '.join(sorted(names))}.")
    return told("off", "Article info does not tell the article's own id.")


def _fields(article: Element) -> Iterator[tuple[str, str]]:
    for name, text in article.attrib.items():
        yield name.rpartition("}")[2], text
    for one in article:
        yield bare(one), "".join(one.itertext())


ARTICLE_QUESTIONS: tuple[Question[Material], ...] = (
    Question(
        "Q7", "article_info_fields", "Fields as attributes or elements", _article_info_fields, (ARTICLE_INFO,)
    ),
    Question("Q7", "field_case", "Case of field names", _field_case, (ARTICLE_INFO,)),
    Question("6.2", "description_name", "Name of the description", _description_name, (ARTICLE_INFO,)),
    Question(
        "6.2",
        "empty_description",
        "Whether an empty description is told",
        _empty_description,
        (ARTICLE_INFO,),
    ),
    Question(
        "6.2", "article_info_id", "Whether article info tells the id", _article_info_id, (ARTICLE_INFO,)
    ),
)
