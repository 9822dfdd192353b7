"""What a refused ``checkAccountSettings`` means.

Nobody outside Specter knows what its key covers, what it answers, or whether every account has it (Specter
reference 6.4). A refusal can therefore mean "wrong key" as well as "no such function". Refusals of three calls
beside each other tell them apart, without knowing a single error code: the call itself, a call of a function that
surely does not exist, and the call with a key that is surely wrong. None of them changes anything.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from abicart_specter.clients.retry import Effect
from abicart_specter.clients.specter_answers import Reply, find_reply
from abicart_specter.clients.specter_channel import READ_PAGE, SpecterChannel
from abicart_specter.clients.specter_form import encode_pairs
from abicart_specter.clients.transport import HttpRequest
from abicart_specter.errors import CredentialsError

CHECK_ACCOUNT = "checkAccountSettings"
NO_SUCH_ACTION = "checkNothingAtAll"


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """Whether Specter accepts our credentials.

    :param recognised: it says so. If not, its answer is of a form nobody knows, and the first real call will tell.
    """

    recognised: bool


def check_account(channel: SpecterChannel) -> AccountAnswer:
    """See :meth:`SpecterClient.check_account`."""
    connection = channel.connection
    readings = ["", str(connection.sbm_id)]
    if connection.api_user_id is not None:
        readings.append(str(connection.api_user_id))
    refusals: list[Reply] = []
    for covered in readings:
        reply = _ask(channel, CHECK_ACCOUNT, channel.key(covered))
        if reply is None or reply.accepted:
            return AccountAnswer(recognised=reply is not None)
        refusals.append(reply)
    no_such_action = _ask(channel, NO_SUCH_ACTION, channel.key(""))
    wrong_key = _ask(channel, CHECK_ACCOUNT, uuid.uuid4().hex)
    if credentials_refused(refusals, no_such_action, wrong_key, CHECK_ACCOUNT):
        raise CredentialsError(
            f"Shop {connection.shop}: Specter does not accept our credentials: {refusals[0].words} "
            f"(code {refusals[0].code}).",
            remedy=f"Check login, password and extra of connection specter_{connection.shop} with Specter.",
        )
    return AccountAnswer(recognised=False)


def credentials_refused(
    refusals: Sequence[Reply], no_such_action: Reply | None, wrong_key: Reply | None, action: str
) -> bool:
    """Whether our key is at fault.

    :param refusals: of the call with every reading of what its key may cover.
    :param no_such_action: the answer to a function that does not exist; ``None``: of an unknown form.
    :param wrong_key: the answer to the call with a wrong key; ``None``: of an unknown form.
    :param action: the call's name, which a refusal may repeat.
    """
    if wrong_key is None or wrong_key.accepted:
        return False  # a wrong key is taken as well, so the keys are not what it complains of
    ours = {_kind(reply, action) for reply in refusals}
    if ours != {_kind(wrong_key, action)}:
        return False  # our key gets further than a wrong one
    if no_such_action is None or no_such_action.accepted:
        return True
    return _kind(no_such_action, NO_SUCH_ACTION) not in ours


def _ask(channel: SpecterChannel, action: str, key: str) -> Reply | None:
    """A call without parameters, its words clean; ``None`` for an answer of a form nobody knows."""
    request = HttpRequest("GET", READ_PAGE, encode_pairs(channel.query(action, key)))
    reply = channel.run(action, Effect.NONE, request, find_reply)
    if reply is None:
        return None
    return replace(reply, code=channel.words(reply.code), words=channel.words(reply.words))


def _kind(reply: Reply, action: str) -> tuple[str, str]:
    return reply.code, reply.words.lower().replace(action.lower(), "")
