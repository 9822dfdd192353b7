"""Names and HTML descriptions, put together from sentences."""

from __future__ import annotations

import random

from shop_sandbox.seed.words import Thing

_OPENINGS = (
    "<p>{thing} från {maker} – en favorit från {series} som håller år efter år.</p>",
    "<p>{maker} gör som man alltid har gjort, sedan 1952. Den här modellen heter {series}.</p>",
    '<p>"Bäst i test", skrev tidningen Hem &amp; Fritid om {series}: {plain} när det är som bäst.</p>',
    "<p>Vår kund Åsa i Umeå säger: ”Årets bästa köp!” Det tycker vi med.</p>",
    "<p>Nyhet i serien {series}: {plain}, ritad vid köksbordet hos {maker}.</p>",
)
_MIDDLES = (
    "<p>Gjord för nordiskt väder, med omsorg om både människor &amp; natur. Idé och råvara från Småland.</p>",
    "<p>Tål både vardag och fest. Köp två och spara – priset i vår butik i Malmö är 2 € lägre.</p>",
    "<ul><li>Lång hållbarhet</li><li>Tillverkad i små serier</li><li>30 dagars öppet köp</li></ul>",
    "<p>Mått och vikt kan variera något. À la carte-förpackning finns mot en mindre kostnad.</p>",
    "<p>Sköts enkelt: följ rådet på etiketten så håller den längre. Frågor? Skriv till oss!</p>",
    "<p>Färgen kan skilja sig från bilden, för varje exemplar är “unikt” på sitt sätt.</p>",
)
_ENDINGS = (
    "<p><strong>Leverans:</strong> 1–3 dagar inom Sverige.</p>",
    "<p>Åäö är inget fel på texten – så skriver vi här.</p>",
    "<p>Tips: passar fint ihop med resten av serien {series}.<br />Välkommen!</p>",
    "",
)
_INTRODUCTIONS = (
    "{thing} i serien {series}.",
    "Vår mest sålda vara från {maker}.",
    "Snabb leverans: {plain} i lager.",
)


def name_of(draw: random.Random, thing: Thing, maker: str, series: str) -> dict[str, str]:
    """Swedish always, English for most."""
    look = thing.looks[int(draw.random() * len(thing.looks))] if thing.looks and draw.random() < 0.8 else ""
    words = f"{look} {thing.swedish}".strip()
    names = {"sv": f"{words[0].upper()}{words[1:]} {series}, {maker}"}
    if draw.random() < 0.6:
        names["en"] = f"{thing.english.capitalize()} {series}, {maker}"
    return names


def description_of(draw: random.Random, thing: Thing, maker: str, series: str) -> dict[str, str]:
    random_of = draw.random
    first = int(random_of() * len(_MIDDLES))
    second = (first + 1 + int(random_of() * (len(_MIDDLES) - 1))) % len(_MIDDLES)
    template = (
        _OPENINGS[int(random_of() * len(_OPENINGS))]
        + _MIDDLES[first]
        + (_MIDDLES[second] if random_of() < 0.6 else "")
        + _ENDINGS[int(random_of() * len(_ENDINGS))]
    )
    html = template.format(
        thing=thing.swedish.capitalize(),
        plain=thing.swedish,
        maker=maker.replace("&", "&amp;"),
        series=series,
    )
    return {"sv": html}


def introduction_of(draw: random.Random, thing: Thing, maker: str, series: str) -> dict[str, str]:
    template = _INTRODUCTIONS[int(draw.random() * len(_INTRODUCTIONS))]
    return {
        "sv": template.format(
            thing=thing.swedish.capitalize(), plain=thing.swedish, maker=maker, series=series
        )
    }
