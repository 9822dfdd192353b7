"""Questions that the account check answers, rightly and wrongly asked (Specter reference 2, 6.4, 11)."""

from __future__ import annotations

from collections.abc import Iterator

from abicart_specter.domain.probe.specter.material import NO_SUCH, READINGS, Material, Parsed
from abicart_specter.domain.probe.verdicts import Outcome, Question, not_asked, not_told, told, unexpected

CHECK = "checkAccountSettings"
NO_SUCH_ACTION = "checkNothingAtAll"


def _use_xml_1(material: Material) -> Outcome:
    accepted = [READINGS[one.name] for one in material.readings.values() if one.accepted]
    first = next((name for name, reading in READINGS.items() if reading in accepted), "account_empty")
    forms = set()
    names: list[str] = []
    for trio in (("account_plain", "account_xml_1", first), (NO_SUCH[1], NO_SUCH[2], NO_SUCH[0])):
        plain, asked, xml = (material.get(name) for name in trio)
        if plain is None or asked is None or xml is None or not plain.is_plain or xml.root is None:
            continue
        forms.add("xml" if asked.root is not None else "text" if asked.is_plain else asked.form)
        names += trio
    if not forms:
        return not_told(
            "No answer came as text for useXML=0 and as XML for useXML=2, so 1 cannot be told apart."
        )
    words = {"text": "plain text", "xml": "XML"}
    if len(forms) == 1 and (form := forms.pop()) in words:
        return told(form, f"useXML=1 was answered with {words[form]}.").from_answers(*names)
    return unexpected("useXML=1 was not answered in one known form.").from_answers(*names)


def _error_status(material: Material) -> Outcome:
    seen: set[str] = set()
    names: list[str] = []
    for one in _errors(material):
        status = one.answer.status
        if one.refused and status in (200, 500):
            seen.add(str(status))
        elif one.is_html and status == 500:
            seen.add("500_html")
        else:
            seen.add(f"HTTP status {status} with {one.form}")
        names.append(one.name)
    if not seen:
        return not_told("Nothing was refused.")
    if len(seen) > 1 or not seen <= {"200", "500", "500_html"}:
        return unexpected(f"Refusals came as: {', '.join(sorted(seen))}.").from_answers(*names)
    value = seen.pop()
    if value == "500_html" and not any(one.accepted for one in material.came()):
        return not_told("Every call was answered with status 500 and a page: the server may be out of order.")
    words = {
        "200": "Refusals came with HTTP status 200 and the reason in the body.",
        "500": "Refusals came with HTTP status 500 and the reason in the body.",
        "500_html": "Refusals came with HTTP status 500 and a page without the reason.",
    }
    return told(value, words[value]).from_answers(*names)


def _errors(material: Material) -> Iterator[Parsed]:
    """Answers to what should be refused, and refusals."""
    for one in material.came():
        if one.answer.status == 429 or one.accepted:
            continue
        if one.refused or one.name in NO_SUCH or one.name == "wrong_key" or one.name in READINGS:
            yield one


def _account_check(material: Material) -> Outcome:
    readings = material.readings
    names = tuple(one.name for one in readings.values())
    for one in readings.values():
        if one.accepted and one.reply is not None:
            return told("triple", "checkAccountSettings says yes, and nothing else.").from_answers(one.name)
        if one.accepted:
            return told(
                "settings", "checkAccountSettings gives XML with the account's settings."
            ).from_answers(one.name)
    if not readings:
        return not_told("checkAccountSettings was not answered.")
    no_such = material.get(NO_SUCH[0])
    if no_such is None or not no_such.refused or not all(one.refused for one in readings.values()):
        return not_told(
            "checkAccountSettings was not accepted, and its answers do not say why."
        ).from_answers(*names)
    ours = {one.kind(CHECK) for one in readings.values()}
    if ours != {no_such.kind(NO_SUCH_ACTION)}:
        return not_told(
            "checkAccountSettings was refused with every key that was tried, and not as an unknown function is: "
            "the keys may be wrong, or cover something else."
        ).from_answers(*names)
    named = all(
        one.reply is not None and CHECK.lower() in one.reply.words.lower() for one in readings.values()
    )
    if named or any(True for _ in material.batches()):
        return told("unknown_action", "Specter does not know checkAccountSettings.").from_answers(
            *names, NO_SUCH[0]
        )
    return not_told(
        "checkAccountSettings is refused just as a function that does not exist: Specter may not know it, or not "
        "accept the account."
    ).from_answers(*names, NO_SUCH[0])


def _key_check(material: Material) -> Outcome:
    readings = material.readings
    accepted = [one for one in readings.values() if one.accepted]
    refused = [one for one in readings.values() if one.refused or one.is_html]
    wrong = material.get("wrong_key")
    if accepted and refused:
        return told(
            "on", "The account check was accepted with one key and refused with another."
        ).from_answers(*(one.name for one in readings.values()))
    if not accepted or wrong is None:
        return not_told("The account check was not accepted, so a wrong key tells nothing.")
    names = (accepted[0].name, "wrong_key")
    if wrong.accepted:
        return told("off", "A wrong key was accepted.").from_answers(*names)
    if wrong.refused or wrong.is_html:
        return told("on", "A wrong key was refused.").from_answers(*names)
    return unexpected(f"A wrong key was answered with {wrong.form}.").from_answers(*names)


def _account_check_key(material: Material) -> Outcome:
    readings = material.readings
    names = tuple(one.name for one in readings.values())
    accepted = [reading for reading, one in readings.items() if one.accepted]
    if not accepted:
        return not_told("The account check was not accepted with any key that was tried.").from_answers(
            *names
        )
    others = [one for reading, one in readings.items() if reading not in accepted]
    if len(readings) < 2 or not all(one.refused or one.is_html for one in others):
        return not_told("Not every key was answered.").from_answers(*names)
    if len(accepted) == 1:
        words = {"empty": "nothing", "sbm_id": "the account's number", "api_user": "the API user's number"}
        return told(accepted[0], f"The account check's key covers {words[accepted[0]]}.").from_answers(*names)
    if others:
        return unexpected(f"The account check was accepted with {', '.join(accepted)}.").from_answers(*names)
    wrong = material.get("wrong_key")
    if wrong is not None and (wrong.refused or wrong.is_html):
        return told("any", "The account check was accepted with every reading of its key.").from_answers(
            *names, "wrong_key"
        )
    return not_told("Every key was accepted, a wrong one too.").from_answers(*names)


def _rate_limit(material: Material) -> Outcome:
    slowed = [name for name, answer in material.answers.items() if answer.status == 429]
    if slowed:
        return not_told(
            "Specter asked this probe to slow down (status 429). Lower the shop's requests a second."
        ).from_answers(*slowed)
    return not_asked(
        "No request was refused for coming too soon; where the limit lies was not tried, so as not to be a burden."
    )


ACCOUNT_QUESTIONS: tuple[Question[Material], ...] = (
    Question("Q3", "use_xml_1", "What useXML=1 gives", _use_xml_1),
    Question("Q30", "error_status", "How refusals come", _error_status),
    Question("6.4", "account_check", "What checkAccountSettings gives", _account_check),
    Question("2", "key_check", "Whether keys are verified", _key_check),
    Question("2", "account_check_key", "What checkAccountSettings' key covers", _account_check_key),
    Question("10", "rate_limit", "Requests a second", _rate_limit),
)
