"""What a refused ``checkAccountSettings`` means.

Nobody outside Specter knows what its key covers, what it answers, or whether every account has it (Specter
reference 6.4). A refusal can therefore mean "wrong key" as well as "no such function". Refusals of three calls
beside each other tell them apart, without knowing a single error code: the call itself, a call of a function that
surely does not exist, and the call with a key that is surely wrong. None of them changes anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from abicart_specter.clients.specter_answers import Reply

NO_SUCH_ACTION = "checkNothingAtAll"


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """Whether Specter accepts our credentials.

    :param recognised: it says so. If not, its answer is of a form nobody knows, and the first real call will tell.
    """

    recognised: bool


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


def _kind(reply: Reply, action: str) -> tuple[str, str]:
    return reply.code, reply.words.lower().replace(action.lower(), "")
