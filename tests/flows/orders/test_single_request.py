"""The single-order form: what contradicts itself is refused before anything is done."""

from __future__ import annotations

import pytest

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.orders.single_request import MOST_NUMBERS, SingleRequest

BLANK = {
    "numbers": "10023",
    "dry_run": False,
    "link_to": None,
    "looked_not_there": False,
    "send_again_reason": None,
    "although_not_ripe": False,
}


def request(**values: object) -> SingleRequest:
    return SingleRequest.from_params(BLANK | values)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("10023", ("10023",)),
        (" #10023 ", ("10023",)),
        ("10023, 10024;10025\n10026 10023", ("10023", "10024", "10025", "10026")),
        ("10023\r\n\r\n10024", ("10023", "10024")),
        (10023, ("10023",)),
        ([10023, "A-7"], ("10023", "A-7")),
    ],
)
def test_numbers_in_any_usual_form(text: object, numbers: tuple[str, ...]) -> None:
    assert request(numbers=text).numbers == numbers


def test_nothing_is_sent_unless_the_form_says_so() -> None:
    assert SingleRequest.from_params({"numbers": "10023"}).dry_run
    assert not request().dry_run


@pytest.mark.parametrize("numbers", ["", "  \n", ",", "#", None, []])
def test_no_number(numbers: object) -> None:
    with pytest.raises(ConfigurationError, match="No order was named"):
        request(numbers=numbers)


def test_a_period_is_not_typed_by_hand() -> None:
    allowed = " ".join(str(10000 + n) for n in range(MOST_NUMBERS))
    assert len(request(numbers=allowed).numbers) == MOST_NUMBERS
    with pytest.raises(ConfigurationError, match="backfill"):
        request(numbers=allowed + " 9")


ANSWERS = {
    "link_to": 700_001,
    "looked_not_there": True,
    "send_again_reason": "First one was deleted in Specter",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_about_one_order(answer: str) -> None:
    values = {answer: ANSWERS[answer]}
    assert getattr(request(**values), answer) == ANSWERS[answer]
    with pytest.raises(ConfigurationError, match="about one order, but 2"):
        request(numbers="10023 10024", **values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("link_to", "looked_not_there"),
        ("link_to", "send_again_reason"),
        ("looked_not_there", "send_again_reason"),
    ],
)
def test_two_answers_contradict_each_other(one: str, other: str) -> None:
    with pytest.raises(ConfigurationError, match="contradict"):
        request(**{one: ANSWERS[one], other: ANSWERS[other]})


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_in_a_dry_run_would_do_nothing(answer: str) -> None:
    with pytest.raises(ConfigurationError, match="does nothing in a dry run"):
        request(dry_run=True, **{answer: ANSWERS[answer]})


@pytest.mark.parametrize("reason", ["x", "  ab  ", "1234"])
def test_a_reason_says_something(reason: str) -> None:
    with pytest.raises(ConfigurationError, match="needs a reason"):
        request(send_again_reason=reason)


@pytest.mark.parametrize("number", [0, -3])
def test_a_number_of_specter_is_one(number: int) -> None:
    with pytest.raises(ConfigurationError, match="needs Specter's order number"):
        request(link_to=number)
