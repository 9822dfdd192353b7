"""What people are told of each cause, in Swedish. Data only; ``texts`` says what the names in braces are."""

from __future__ import annotations

from abicart_specter.flows.alerts.text_form import Text

TEXTS: dict[str, Text] = {
    "ledger": Text(
        title="Liggaren går inte att använda",
        opened="Kopplingen kommer inte åt sin liggare, databasen som minns vad som är skickat.",
        means="Inget skickas och inget läses in så länge, för utan liggaren kan samma order hamna i Specter två "
        "gånger. "
        "Inget är förlorat: ordrarna ligger kvar i butiken och ändringarna ligger kvar i Specter.",
        do="Skicka detta vidare till den som sköter installationen. Skapa inte en ny, tom liggare: är den gamla "
        "borta, "
        "så följ sidan ”Disaster” i dokumentationen. Tekniskt, på engelska: {words} {remedy}",
        otherwise="Ordrar når inte Specter, och priser och lager uppdateras inte i butiken.",
        closed="Liggaren går att använda igen. Det som väntade hämtas vid nästa körning.",
    ),
    "orders_twice": Text(
        title="En order finns två gånger i Specter",
        opened="Samma order finns i Specter både som {first} och som {others}.",
        means="Kunden kan bli fakturerad och få varorna två gånger om ingen gör något.",
        do="Titta på båda i Specter och makulera den ena. Kör sedan order_export_single__{shop} med orderns "
        "nummer, "
        "”One of the two is cancelled in Specter” på och ”Dry run” av. Först då är larmet över.",
        otherwise="Båda ligger kvar i Specter.",
        closed="En person har svarat att den ena är makulerad i Specter.",
    ),
    "orders_unconfirmed": Text(
        title="Ingen vet om en order har nått Specter",
        opened="{orders_have} skickats utan att Specters svar kom fram: {numbers}.",
        means="Ordern kan finnas i Specter eller saknas där. Den skickas inte om av sig själv, så den kan inte bli "
        "dubbel. Alla andra ordrar går som vanligt.",
        do="Sök orderns nummer i Specter (fältet för externt ordernummer). Kör sedan order_export_single__{shop} "
        "med "
        "”Link to this Specter order” om den finns där, eller ”Looked in Specter: it is not there, send it” om den "
        "saknas även tio minuter senare.",
        otherwise="En order som inte nådde fram blir inte levererad.",
        closed="Det är nu klarlagt om varje order finns i Specter.",
    ),
    "orders_unsent": Text(
        title="Ordrar går inte iväg till Specter",
        opened="{orders_have} inte kunnat skickas till Specter: {numbers}. Hittade i butiken för "
        "mer än {minutes} minuter sedan.",
        means="Inget är förlorat: ordrarna finns i butiken och prövas igen vid varje körning.",
        do="Är Specter nere, så vänta. Annars: öppna den senaste körningen av order_export__{shop} och läs "
        "raderna märkta "
        "ERROR i uppgiften ”report”; där står för varje order varför.",
        otherwise="Ordrarna prövas var tionde minut tills de går. Så länge vet lagret inget om dem.",
        closed="Inga ordrar väntar längre på att skickas.",
    ),
    "orders_late": Text(
        title="Nya ordrar hämtas inte ur butiken",
        opened="Ordrar är hämtade ur butiken bara fram till {scanned_to}.{paused}",
        means="Ordrar som lagts senare har inte nått Specter. Inget är förlorat: de hämtas när exporten går igen.",
        do="Titta på order_export__{shop}. Är den pausad, så slå på den. Är den röd, läs raderna märkta ERROR. "
        "Går ingen "
        "körning alls, så är Airflows schemaläggare nere: tala med den som sköter installationen.",
        otherwise="Nya ordrar syns inte i Specter och blir inte levererade.",
        closed="Ordrar hämtas igen, och alla som lagts under tiden är med.",
    ),
    "shop_file": Text(
        title="En butiks inställningsfil går inte att använda",
        opened="Inställningsfilen för butiken {broken} går inte att använda.",
        means="Inget går mellan den butiken och Specter: varje körning stannar vid sin första uppgift, och butikens "
        "övriga larm är tysta. Saknas bara en fältmappning, så stannar de körningar som behöver den. Inget är "
        "förlorat, och andra butiker är inte berörda.",
        do="Rätta filen, eller säg till den som sköter installationen. Med tekniska ord: {problem}",
        otherwise="Den butikens ordrar når inte Specter, och dess priser och lager följer inte med.",
        closed="Filen för {broken} går att använda igen, eller är borta. Det som väntade tas av nästa körningar.",
    ),
    "specter_silent": Text(
        title="Specter svarar inte",
        opened="Specter har inte svarat på flera försök i rad.",
        means="Ordrar, produkter, priser och lager står stilla mellan systemen. Inget är förlorat: allt går när "
        "Specter "
        "svarar igen.",
        do="Logga in i Specter. Går det inte, så ligger felet där och det är bara att vänta. Går det, så öppna "
        "den senaste "
        "röda körningen och läs raderna märkta ERROR.",
        otherwise="Det prövas igen vid varje körning tills Specter svarar.",
        closed="Specter svarar igen.",
    ),
    "abicart_silent": Text(
        title="Abicart svarar inte",
        opened="Butikens server hos Abicart har inte svarat på flera försök i rad.",
        means="Inga ordrar hämtas och inget skrivs till butiken från Specter. Inget är förlorat: nästa körning "
        "börjar där den "
        "förra slutade.",
        do="Logga in i butikens administration. Går det inte, så ligger felet hos Abicart och det är bara att "
        "vänta. Går "
        "det, så öppna den senaste röda körningen och läs raderna märkta ERROR.",
        otherwise="Det prövas igen vid varje körning tills Abicart svarar.",
        closed="Abicart svarar igen.",
    ),
    "orders_held": Text(
        title="Ordrar hålls kvar och behöver dig",
        opened="{orders} hålls kvar och skickas inte till Specter: {numbers}. Varav nya: {new}. Skäl: {rules}.",
        means="De finns kvar i butiken och är inte förlorade, men de levereras inte. Andra ordrar går som vanligt.",
        do="Öppna den senaste körningen av order_export__{shop}, uppgiften ”report”: där står varför varje order "
        "hålls och vad "
        "som hjälper, ofta något att rätta i butiken. Rättade ordrar går av sig själva vid nästa körning.",
        otherwise="De prövas igen vid varje körning, men går inte förrän någon har rättat dem.",
        closed="Ingen order hålls kvar längre.",
    ),
    "question_waiting": Text(
        title="Importen väntar på ditt svar",
        opened="Importen från Specter frågar om {part}: {products} berörs, fler eller större ändringar än "
        "gränserna "
        "tillåter. Svara senast {until}.",
        means="Inget av detta har skrivits till butiken än. Ändringar inom gränserna är redan skrivna.",
        do="Öppna Airflow, gå till ”Required Actions”, läs tabellen och välj ”Approve” eller ”Reject”.",
        otherwise="{without_answer}",
        closed="{answered}",
    ),
    "import_missed": Text(
        title="Nattens import är inte klar",
        opened="Importen från Specter (nightly_import__{shop}) var inte klar {deadline}. {state}",
        means="Butiken visar gårdagens priser, moms och texter, och leveransbesked från Specter syns inte i "
        "butiken. "
        "Inget är förlorat: Specters ändringar hämtas vid nästa körning.",
        do="{state_do}",
        otherwise="Priserna i butiken är de gamla tills importen har gått.",
        closed="Importen är klar.",
    ),
    "run_red": Text(
        title="En körning misslyckades: {flow}",
        opened="En körning av {dag} slutade rött {ended}.{tasks}{more}",
        means="{flow_means}",
        do="Öppna den röda körningen av {dag} i Airflow och läs de två raderna märkta ERROR i den röda uppgiften: "
        "där "
        "står vad som är fel och vad som hjälper.{rerun}",
        otherwise="{flow_otherwise}",
        closed="En senare körning av {dag} lyckades.",
    ),
    "channel_failing": Text(
        title="Larm går inte fram med {channel}",
        opened="{channel} har inte tagit emot några larm sedan {failing_since} (tekniskt: {words}).",
        means="Larmen sparas och skickas när det går igen. De finns också i loggen till alerts__{shop}.",
        do="{remedy}",
        otherwise="Den som bara läser larm den vägen får veta för sent.",
        closed="{channel} tar emot larm igen, och det som väntade är skickat.",
    ),
    "queue_silent": Text(
        title="Specter har inte berättat något på en vecka",
        opened="Specters kö för {queue} har inte berättat om någon ändring på {days_count}.",
        means="Det kan stämma om inget har ändrats i Specter. Annars läser ett annat program samma kö och tar "
        "ändringarna "
        "före oss; då saknas de i butiken.",
        do="Ändra något i Specter (till exempel ett pris) och se om det kommer med nästa import. Kommer det inte, "
        "så leta upp "
        "det andra programmet, ofta Abicarts egen Specter-koppling, och stäng av det.",
        otherwise="Vi säger det bara en gång. Ändringar som någon annan har tagit kommer inte av sig själva.",
        closed="Kön har berättat om ändringar igen.",
    ),
    "products_flagged": Text(
        title="Produkter behöver ses över",
        opened="Vid den senaste körningen av {dag} flaggades {products}: {numbers}. Skäl: {rules}.",
        means="Produkter med fel skickas inte till Specter förrän de är rättade; de med bara en varning skickas. "
        "Resten av "
        "sortimentet är inte berört.",
        do="Öppna körningens uppgift ”report”: listan flags.csv har varje produkt, vad som är fel och vad som "
        "hjälper. Rätta i "
        "butiken; nästa export tar dem.",
        otherwise="Produkter med fel saknas eller är gamla i Specter, och ordrar med dem kan hållas kvar.",
        closed="Inget är flaggat längre.",
    ),
    "other": Text(
        title="Larm från kopplingen",
        opened="{words}",
        means="Kopplingen har ett eget larm utan färdig text; orden ovan är dess egna.",
        do="Visa det för den som sköter installationen.",
        otherwise="Larmet upprepas tills orsaken är borta.",
        closed="Orsaken är borta.",
    ),
}
