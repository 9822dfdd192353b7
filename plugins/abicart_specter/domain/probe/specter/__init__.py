"""Specter's open questions, and what a probe's answers say to them."""

from __future__ import annotations

from collections.abc import Mapping

from abicart_specter.domain.probe.records import Answer, Finding
from abicart_specter.domain.probe.specter.account_questions import ACCOUNT_QUESTIONS
from abicart_specter.domain.probe.specter.article_questions import ARTICLE_QUESTIONS
from abicart_specter.domain.probe.specter.form_questions import FORM_QUESTIONS
from abicart_specter.domain.probe.specter.material import Material
from abicart_specter.domain.probe.specter.queue_questions import QUEUE_QUESTIONS
from abicart_specter.domain.probe.specter.write_questions import WRITE_QUESTIONS
from abicart_specter.domain.probe.verdicts import settle

QUESTIONS = (*ACCOUNT_QUESTIONS, *FORM_QUESTIONS, *QUEUE_QUESTIONS, *ARTICLE_QUESTIONS, *WRITE_QUESTIONS)
"""Every open question of the Specter reference; ``Q…`` are those of its section 11, other numbers are sections."""


def findings(answers: Mapping[str, Answer]) -> tuple[Finding, ...]:
    """One finding for each open question; the same for masked answers as for raw ones.

    :param answers: by name; any may be missing.
    """
    return settle(QUESTIONS, Material(answers))
