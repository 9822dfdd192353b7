"""The words around the texts, in Swedish: counts, headings, flows, reasons, how times are written. Data only."""

from __future__ import annotations

from abicart_specter.flows.alerts.text_form import Language
from abicart_specter.flows.alerts.texts_sv import TEXTS

LANGUAGE = Language(
    texts=TEXTS,
    counts={
        "orders": ("1 order", "{n} ordrar"),
        "orders_have": ("1 order har", "{n} ordrar har"),
        "products": ("1 produkt", "{n} produkter"),
        "new": ("1", "{n}"),
        "days_count": ("1 dag", "{n} dagar"),
        "alerts": ("1 larm", "{n} larm"),
    },
    words={
        "means": "Vad det betyder",
        "do": "Gör så här",
        "otherwise": "Om inget görs",
        "open_link": "Öppna",
        "opened": "LARM",
        "reminder": "PÅMINNELSE",
        "closed": "ÖVER",
        "since": "Har varat sedan {opened_at}.",
        "was": "Började {opened_at}, över {closed_at}.",
        "others": "och {left} till",
        "nobody": "inga",
        "footer": "Från kopplingen mellan Abicart och Specter, butik {shop}. Svar på detta brev läses inte.",
        "test_title": "Provlarm",
        "test": "Detta är ett prov. Kommer det fram, så kommer också larmen fram. Inget behöver göras.",
        "left_out": "{alerts} till står i loggen till alerts__{shop}.",
        "tasks": " Röd uppgift: {tasks}.",
        "more_red": " Fler körningar har också slutat rött sedan dess.",
        "email": "E-post",
        "slack": "Slack",
        "paused": " Exporten är pausad.",
        "refuse": "Utan svar till dess räknas det som nej: inget skrivs, och nästa import frågar igen.",
        "apply": "Utan svar till dess räknas det som ja: ändringarna skrivs till butiken.",
        "answered_approved": "Någon har svarat ja om {products}. Ändringarna skrivs till butiken; körningens rapport "
        "visar hur det gick för var och en.",
        "answered_refused": "Någon har svarat nej om {products}: inget av det skrevs, och nästa import frågar igen.",
        "answered_counted_as_yes": "Ingen svarade om {products} i tid, och enligt butikens inställningar räknas det "
        "som ja. Ändringarna skrivs till butiken; körningens rapport visar hur det gick för var och en.",
        "answered_counted_as_no": "Ingen svarade om {products} i tid: inget av det skrevs, och nästa import "
        "frågar igen.",
        "answered_somehow": "Frågan är besvarad eller har gått ut.",
        "rerun": " Är orsaken borta, så går nästa körning av sig själv.",
        "rerun_by_hand": " Starta sedan om körningen för hand.",
        "state_paused": "Den är pausad.",
        "state_red": "Den senaste körningen misslyckades.",
        "state_running": "Den har börjat men är inte klar.",
        "state_none": "Den har inte startat.",
        "do_paused": "Slå på nightly_import__{shop} i Airflow. Ska den vara av, så sätt alerts.missed_import till "
        "false i "
        "butikens fil.",
        "do_red": "Öppna den röda körningen av nightly_import__{shop}, läs raderna märkta ERROR, och starta en ny "
        "när orsaken "
        "är borta.",
        "do_running": "Vänta en stund. Är den inte klar om en timme, så öppna körningen och se vilken uppgift som "
        "pågår.",
        "do_none": "Starta nightly_import__{shop} för hand. Startar inget, så är Airflows schemaläggare nere: "
        "tala med den som "
        "sköter installationen.",
        "part_price": "priser",
        "part_vat": "moms",
        "part_text": "namn och beskrivningar",
        "part_stock": "lagersaldon",
        "queue_article_info": "artiklar",
        "queue_stock": "lager",
        "queue_orders": "ordrar",
        "channel_remedy_email": "Kontrollera anslutningen {connection} i Airflow (server, port, användare, "
        "lösenord) och "
        "adresserna i alerts.email.to.",
        "channel_remedy_slack": "Kontrollera anslutningen {connection} i Airflow: webhookens adress kan vara "
        "indragen. Gör en ny i "
        "Slack och skriv in den där.",
    },
    flows={
        "order_export": (
            "orderexport",
            "Inga ordrar är förlorade: de ligger kvar i butiken. Hela körningen eller en del av den blev inte av.",
            "Nästa körning, om tio minuter, prövar igen.",
        ),
        "order_export_single": (
            "enstaka ordrar",
            "Ordern som någon skickade för hand kom kanske inte iväg. Den vanliga exporten går som förut.",
            "Inget mer händer med den körningen.",
        ),
        "nightly_import": (
            "nattens import",
            "Det som inte skrevs till butiken är inte förlorat: det planeras om nästa natt.",
            "Nästa natt prövas det igen.",
        ),
        "stock_import": (
            "lagerimport",
            "Lagersaldon i butiken kan vara gamla. Inget är förlorat: Specters siffror är sparade.",
            "Nästa körning prövar igen. Så länge kan en slutsåld vara gå att köpa.",
        ),
        "product_export": (
            "produktexport",
            "Nya eller ändrade produkter har kanske inte nått Specter. Det som redan är skickat är kvar.",
            "Produkterna saknas i Specter tills exporten körs om.",
        ),
        "product_change_export": (
            "ändrade produkter",
            "Ändrade produkter har kanske inte nått Specter. De väntar i liggaren.",
            "Nästa körning prövar igen.",
        ),
        "ledger_maintenance": (
            "liggarens underhåll",
            "Order- och produktflöden är inte berörda, men liggaren har inte städats, eller dess fil är skadad.",
            "Är filen skadad blir det värre med tiden: läs körningen i dag.",
        ),
    },
    other_flow=(
        "{flow_id}",
        "Det som körningen skulle göra blev inte av, helt eller delvis. Order- och prisflöden går som vanligt.",
        "Inget händer förrän någon startar en ny körning.",
    ),
    rules={
        "text_changed": "texten fick ändras för att gå till Specter",
        "text_cut": "texten var för lång och kapades",
        "value_raised": "ett värde var för lågt för Specter och höjdes",
        "number_missing": "produktnummer saknas",
        "number_blank": "produktnumret är tomt",
        "number_forbidden_character": "otillåtet tecken i produktnumret",
        "number_space": "blanksteg i produktnumret",
        "number_lookalike": "tecken som ser ut som ett annat",
        "number_too_long": "för långt produktnummer",
        "number_duplicate": "samma nummer på flera produkter",
        "number_twin": "nästan samma nummer som en annan produkt",
        "number_reserved": "numret används för frakt, rabatt eller liknande",
        "variant_without_number": "varianten saknar eget nummer",
        "package": "paket skickas inte",
        "stock_not_managed": "lagerhantering är av",
        "price_missing": "pris saknas",
        "vat_rate_missing": "momssats saknas",
        "vat_rate_unusual": "ovanlig momssats",
        "amounts_do_not_add_up": "beloppen går inte ihop",
        "email_missing": "e-postadress saknas",
        "customer_name_missing": "kundens namn saknas",
        "article_missing_in_specter": "artikeln finns inte i Specter",
        "product_number_missing": "produktnummer saknas",
        "product_number_unfit": "produktnumret går inte att använda",
        "variant_conflict": "raden pekar på två olika varianter",
        "product_renumbered": "produkten har bytt nummer",
        "customer_refused": "Specter tog inte emot kunden",
        "customer_unconfirmed": "svaret om kunden kom inte fram",
        "refused_by_specter": "Specter tog inte emot ordern",
        "number_already_in_specter": "numret finns redan i Specter",
        "external_no_taken": "ordernumret är upptaget",
        "foreign_mark": "ett annat system har märkt ordern",
        "order_gone": "ordern finns inte i butiken längre",
    },
    months=(
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ),
    moment="{day} {month} kl. {hour:02}.{minute:02}",
    thousands="\u00a0",
)
