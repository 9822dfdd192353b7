"""Abicart's open questions, and what a probe's answers say to them."""

from __future__ import annotations

from collections.abc import Mapping

from abicart_specter.domain.probe.abicart.material import Material
from abicart_specter.domain.probe.abicart.order_questions import ORDER_QUESTIONS
from abicart_specter.domain.probe.abicart.product_questions import PRODUCT_QUESTIONS
from abicart_specter.domain.probe.abicart.reading_questions import READING_QUESTIONS
from abicart_specter.domain.probe.abicart.row_questions import ROW_QUESTIONS
from abicart_specter.domain.probe.abicart.transport_questions import TRANSPORT_QUESTIONS
from abicart_specter.domain.probe.records import Answer, Finding
from abicart_specter.domain.probe.verdicts import settle

QUESTIONS = (
    *TRANSPORT_QUESTIONS,
    *READING_QUESTIONS,
    *PRODUCT_QUESTIONS,
    *ROW_QUESTIONS,
    *ORDER_QUESTIONS,
)
"""Every open question of the Abicart reference; the numbers are those of its section 10."""


def findings(answers: Mapping[str, Answer]) -> tuple[Finding, ...]:
    """One finding for each open question.

    :param answers: by name; any may be missing.
    """
    return settle(QUESTIONS, Material(answers))
