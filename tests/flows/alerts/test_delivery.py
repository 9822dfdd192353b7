"""Messages reach people by real servers: at least once, each channel on its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alert_lab import BOTH, FIVE, AlertLab

from abicart_specter.errors import ConfigurationError
from abicart_specter.flows.alerts import causes
from abicart_specter.flows.alerts.alerts import send_test
from abicart_specter.flows.alerts.deliver import Way, deliver
from abicart_specter.hooks.notify import ways
from abicart_specter.ledger.alerts.records import Channel


def test_three_hundred_held_orders_are_one_message_reminded_and_closed_once(lab: AlertLab) -> None:
    lab.hold(*range(1, 301))
    lab.look()
    assert len(lab.mail.mails) == len(lab.slack.texts) == 1
    (text,) = lab.mail.texts()
    assert "[demo] LARM: Ordrar hålls kvar och behöver dig" in text
    assert "300 ordrar hålls kvar" in text
    assert "https://airflow.example/dags/order_export__demo" in text
    assert "och 295 till" in text
    lab.use(**BOTH)
    lab.pass_(timedelta(hours=3, minutes=55))
    assert lab.kinds(causes.HELD) == ["opened"]
    lab.now += FIVE
    lab.look()
    assert lab.kinds(causes.HELD) == ["opened", "reminder"]
    assert "PÅMINNELSE" in lab.mail.texts()[-1]
    assert "Har varat sedan 25 november kl. 08.00" in lab.mail.texts()[-1]
    assert "Varav nya: inga" in lab.mail.texts()[-1] or "Varav nya: 0" in lab.mail.texts()[-1]
    run = lab.find()
    for uid in range(1, 301):
        lab.ledger.orders.exclude(run, uid, "discarded", "cancelled")
    lab.pass_(timedelta(hours=5))
    assert lab.kinds(causes.HELD) == ["opened", "reminder", "closed"]
    assert len(lab.mail.mails) == len(lab.slack.texts) == 3
    assert "ÖVER" in lab.mail.texts()[-1]


def test_a_kill_between_sending_and_marking_sends_it_again_and_loses_nothing(lab: AlertLab) -> None:
    class Killed(BaseException):
        pass

    lab.hold(1)
    real = ways(lab.settings.alerts)
    mail = real[Channel.EMAIL]

    def send_and_die(text):
        mail.send(text)
        raise Killed

    lab.use(alerts__email=BOTH["alerts__email"], alerts__slack={"connection": None})
    ctx = lab.context()
    lab.ledger.orders.raise_alarm("demo", causes.HELD, "held", lab.now, 4, {"orders": 1, "numbers": ["1"]})
    with pytest.raises(Killed):
        deliver(ctx, {Channel.EMAIL: Way(Channel.EMAIL, "mail", send_and_die)})
    assert len(lab.mail.mails) == 1
    lab.hold(2)
    lab.look()
    assert len(lab.mail.mails) == 2  # again: nobody knows whether the first one arrived
    lab.look()
    assert len(lab.mail.mails) == 2


def test_a_channel_down_for_eight_hours_blocks_nothing_and_tells_all_when_it_is_back(lab: AlertLab) -> None:
    lab.slack.status, lab.slack.body = 503, "down"
    lab.hold(1)
    lab.use(**BOTH)
    red = 0
    for _ in range(8 * 12):
        lab.now += FIVE
        try:
            lab.look()
        except ConfigurationError as error:
            red += 1
            assert "not-to-be-told" not in str(error)
            assert "connection slack" in str(error)
    assert 1 <= red <= 3  # only after six hours, and only when it was tried
    assert lab.slack.texts == []
    subjects = [one["subject"] for one in lab.mail.mails]
    assert any("Larm går inte fram med Slack" in text for text in lab.mail.texts())
    assert "[demo] LARM: Ordrar hålls kvar och behöver dig" in subjects
    lab.slack.status = 200
    lab.pass_(timedelta(hours=1, minutes=5))
    (text,) = lab.slack.texts
    assert "Ordrar hålls kvar" in text
    assert text.count("PÅMINNELSE: Ordrar hålls kvar") == 2  # in the subject and above its text, once
    assert lab.kinds("channel_failing:slack")[-1] == "closed"


def test_a_mail_server_that_is_gone_and_comes_back(lab: AlertLab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.mail.step = "DATA"  # it hangs up
    lab.hold(1)
    lab.look()
    assert lab.mail.mails == []
    assert len(lab.slack.texts) == 1
    lab.mail.step = ""
    lab.look()
    assert lab.mail.mails == []  # not before its time
    lab.pass_(timedelta(minutes=10))
    assert len(lab.mail.mails) == 1


@pytest.mark.parametrize(
    ("step", "answer", "words"),
    [
        ("RCPT", "550 no such person agare@example.com", "refuses every address"),
        ("DATA", "554 spam", "answers 554"),
    ],
)
def test_a_refusal_for_good_is_red_at_once_and_names_no_address(
    lab: AlertLab, step: str, answer: str, words: str
) -> None:
    lab.mail.step, lab.mail.refuse = step, answer
    lab.hold(1)
    with pytest.raises(ConfigurationError, match=words) as caught:
        lab.look()
    assert "agare@" not in str(caught.value)
    assert "connection mail" in str(caught.value)
    lab.look()  # the next try is an hour away: until then green
    assert "E-post har inte tagit emot några larm" in lab.slack.texts[-1]


def test_what_slack_refuses_for_good(lab: AlertLab) -> None:
    lab.slack.status, lab.slack.body = 404, "no_service"
    lab.hold(1)
    with pytest.raises(ConfigurationError, match="the server answers 404"):
        lab.look()
    assert len(lab.mail.mails) == 1


def test_a_missing_connection_says_which(lab: AlertLab) -> None:
    lab.use(
        alerts__email={"connection": "nowhere", "to": ["a@example.com"]}, alerts__slack=BOTH["alerts__slack"]
    )
    lab.hold(1)
    with pytest.raises(ConfigurationError, match="there is no connection nowhere"):
        lab.look()
    assert len(lab.slack.texts) == 1


def test_a_new_channel_is_told_what_is_open_and_nothing_old(lab: AlertLab) -> None:
    lab.use(alerts__slack={"connection": None}, alerts__email=BOTH["alerts__email"])
    orders = lab.ledger.orders
    orders.raise_alarm("demo", "run_red:stock_import", "red", lab.now, 4, {"flow": "stock_import"})
    orders.close_alarm("demo", "run_red:stock_import", "green", lab.now)
    lab.hold(1)
    lab.look()
    lab.use(**BOTH)
    lab.now += FIVE
    lab.look()
    (text,) = lab.slack.texts
    assert "Ordrar hålls kvar" in text
    assert "misslyckades" not in text


def test_nobody_set_up_is_quiet_and_green(lab: AlertLab, caplog: pytest.LogCaptureFixture) -> None:
    lab.use(alerts__email={"connection": "mail", "to": []}, alerts__slack={"connection": None})
    lab.hold(1)
    lab.look()
    assert lab.mail.mails == lab.slack.texts == []
    assert "nobody is told" in caplog.text
    with pytest.raises(ConfigurationError, match="nobody is told"):
        send_test(lab.context(), ways(lab.settings.alerts))


def test_what_is_switched_off_is_not_told(lab: AlertLab) -> None:
    lab.use(**BOTH, alerts__held_orders=False)
    lab.hold(1)
    lab.look()
    assert lab.mail.mails == lab.slack.texts == []


def test_the_test_message_arrives_everywhere(lab: AlertLab) -> None:
    send_test(lab.context(), ways(lab.settings.alerts))
    assert "[demo] Provlarm" in lab.mail.texts()[0]
    assert "Provlarm" in lab.slack.texts[0]
    lab.slack.status = 403
    with pytest.raises(ConfigurationError, match="slack"):
        send_test(lab.context(), ways(lab.settings.alerts))


def test_product_numbers_are_text_and_nothing_else(lab: AlertLab) -> None:
    facts = {"orders": 1, "numbers": ["{{ 7 * 7 }}<b>&"], "new": 1, "rules": {}}
    lab.ledger.orders.raise_alarm("demo", "orders_held", "held", lab.now, 4, facts)
    ctx = lab.context()
    assert deliver(ctx, ways(lab.settings.alerts)) == []
    assert "{{ 7 * 7 }}&lt;b&gt;&amp;" in lab.mail.texts()[0]
    assert "{{ 7 * 7 }}&lt;b&gt;&amp;" in lab.slack.texts[0]


def test_a_quiet_look_asks_little(lab: AlertLab) -> None:
    lab.look()
    lab.airflow.asked = 0
    lab.look()
    assert lab.airflow.asked <= 14
