"""Ways to people, by the notifiers of Airflow's maintained providers for SMTP and Slack.

The notifiers' templates are left alone: a text goes out as it is, whatever product numbers hold. No error's own text is
passed on, since servers like to repeat addresses and Slack's address is a secret.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException

from abicart_specter.flows.alerts.deliver import ChannelError, Way
from abicart_specter.ledger.alerts.records import Channel

if TYPE_CHECKING:
    from abicart_specter.flows.alerts.digest import Digest
    from abicart_specter.settings.alerts import AlertSettings

SECONDS = 20
"""So long one try of a channel may take to connect, and to answer."""


def ways(settings: AlertSettings) -> Mapping[Channel, Way]:
    """The channels that a shop has set up."""
    found: dict[Channel, Way] = {}
    if settings.email.to:
        email = settings.email

        def mail(text: Digest) -> None:
            send_mail(email.connection, email.to, text)

        found[Channel.EMAIL] = Way(Channel.EMAIL, email.connection, mail)
    if settings.slack.connection:
        connection = settings.slack.connection

        def slack(text: Digest) -> None:
            send_slack(connection, text)

        found[Channel.SLACK] = Way(Channel.SLACK, connection, slack)
    return found


def send_mail(connection: str, to: list[str], text: Digest) -> None:
    """One mail to all of them.

    :raises ChannelError: the server did not take it.
    """
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    known = _connection(connection)
    sender = known.extra_dejson.get("from_email")
    if not sender:
        raise ChannelError(f"connection {connection} has no “From email”", permanent=True)
    with _told_apart():
        SmtpNotifier(
            to=to, from_email=sender, subject=text.subject, html_content=text.html, smtp_conn_id=connection
        ).notify({})


def send_slack(connection: str, text: Digest) -> None:
    """One message in the webhook's channel.

    :raises ChannelError: Slack did not take it.
    """
    from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

    if not (_connection(connection).password or "").strip():
        raise ChannelError(f"connection {connection} has no webhook token", permanent=True)
    with _told_apart():
        SlackWebhookNotifier(
            slack_webhook_conn_id=connection, text=text.slack, unfurl_links=False, timeout=SECONDS
        ).notify({})


def _connection(connection: str) -> Any:
    try:
        return BaseHook.get_connection(connection)
    except AirflowNotFoundException:
        raise ChannelError(f"there is no connection {connection} in Airflow", permanent=True) from None


@contextmanager
def _told_apart() -> Iterator[None]:
    """Which failures another try may mend."""
    try:
        yield
    except smtplib.SMTPAuthenticationError:
        raise ChannelError("the mail server refuses user or password", permanent=True) from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _ in error.recipients.values()})
        words = f"the mail server refuses every address ({', '.join(map(str, codes))})"
        raise ChannelError(words, permanent=all(code >= 500 for code in codes)) from None
    except smtplib.SMTPResponseException as error:
        words = f"the mail server answers {error.smtp_code}"
        raise ChannelError(words, permanent=error.smtp_code >= 500) from None
    except smtplib.SMTPNotSupportedError:
        raise ChannelError(
            "the mail server does not offer what the connection asks for", permanent=True
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelError(f"no connection to the server ({type(error).__name__})", permanent=False) from None
    except AirflowException as error:  # the providers' only error: Slack's answer is in its text
        status = _status(str(error))
        words = f"the server answers {status}" if status else "the server could not be reached"
        raise ChannelError(words, permanent=400 <= status < 500 and status not in (408, 429)) from None


def _status(text: str) -> int:
    _, found, rest = text.partition("Status Code: ")
    return int(rest[:3]) if found and rest[:3].isdigit() else 0
