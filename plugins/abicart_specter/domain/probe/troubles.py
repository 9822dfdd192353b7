"""Whether a system answered a probe at all, and accepted its keys; and if not, what is the matter."""

from __future__ import annotations

import json
from collections import Counter

from abicart_specter.domain.probe.records import SystemProbe
from abicart_specter.domain.probe.specter.material import Material

_CONTEXT = {
    1001: "it was told no webshop",
    1002: "it does not know the webshop id",
    1004: "it does not accept the auth token",
    1007: "it takes the token over https only",
}


def no_answer(probe: SystemProbe) -> str:
    """Why nothing came back; empty where something did."""
    if any(one.status for one in probe.answers):
        return ""
    problems = Counter(one.problem for one in probe.answers).most_common(1)
    return problems[0][0] if problems else "nothing was asked"


def refused_outright(probe: SystemProbe) -> str:
    """Why Abicart answered whatever it was asked with the same refusal; empty where it did not."""
    codes: Counter[object] = Counter()
    for one in probe.answers:
        try:
            content = json.loads(one.body)
        except ValueError:
            continue
        error = content.get("error") if isinstance(content, dict) else None
        if isinstance(error, dict):
            codes[error.get("code")] += 1
    for code, words in _CONTEXT.items():
        if codes[code] > len(probe.answers) // 2:
            return f"{words} (code {code})"
    return ""


def no_key_accepted(probe: SystemProbe) -> bool:
    """Whether Specter refused the account check with every key, and accepted nothing else.

    That the keys are wrong does not follow: the account check may work otherwise than is known.
    """
    if probe.system != "specter":
        return False
    material = Material({one.name: one for one in probe.answers})
    readings = material.readings.values()
    refused = [one.refused or (one.is_html and one.answer.status == 500) for one in readings]
    return bool(refused) and all(refused) and not any(True for _ in material.batches())
