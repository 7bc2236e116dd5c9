"""A command, once: decided in the lane, its answer kept under its key in the same transaction.

Refusals are not kept: they left nothing behind, so the same key may ask again and is decided anew.
Answers that hold a secret (an invitation's code) are not kept either; asking again makes a new one.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec

from router.doors import auditing
from router.doors.asker import Doing, Refused, asker_of
from router.handling import beginning
from router.handling.contacts import replaced
from router.lane import Work
from router.policy import Policy
from wire import codec
from wire.marks import passing
from wire.messages.base import say
from wire.messages.verbs import Ask, Done, Invite, Ok, SetAgent

Command = Callable[[Doing, Any], Any]
KEY = 100
SECRET = (Invite,)


def deciding(
    command: Command, ask: Ask, *, agent: str, key: str, policy: Policy
) -> Callable[[Work], bytes]:
    """What the lane runs: the same answer as before, or the command and its new answer."""
    if not 0 < len(key) <= KEY:
        raise Refused("invalid", say("A command needs a key of 1 to {most} characters.", most=KEY))
    digest = hash_of(ask)

    def decide(work: Work) -> bytes:
        passing("command.deciding", ask.verb)
        asker = asker_of(work.tx, agent, type(ask))
        known = work.tx.one("answer_of", agent=agent, key=key)
        if known is not None:
            return _again(known, digest)
        value = _with_seq(work, command(Doing(work, asker, policy), ask))
        beginning.acted(work, agent, getattr(ask, "conversation", 0))
        auditing.wrote(work, agent, ask, value)
        answer = answered(value)
        if not isinstance(ask, SECRET):
            work.tx.run(
                "keep_answer", agent=agent, key=key, hash=digest, answer=answer, now=work.now
            )
        passing("command.decided", ask.verb)
        return answer

    return decide


def _again(known: Any, digest: str) -> bytes:
    if known.hash != digest:
        raise Refused("conflict", say("This key belongs to another command."))
    return bytes(known.answer)


def _with_seq(work: Work, answer: Any) -> Any:
    """Every page from this event on shows it."""
    if not isinstance(answer, Done):
        return answer
    seq = work.events[-1].seq if work.events else work.tx.value("last_event")
    return replaced(answer, seq=seq)


def hash_of(ask: Ask) -> str:
    """Of verb and body; without a password, which must not be guessed from what is kept."""
    if isinstance(ask, SetAgent) and ask.password is not None:
        ask = replaced(ask, password="")
    return hashlib.sha256(ask.verb.encode() + b"\0" + codec.encode(ask)).hexdigest()


def answered(value: Any) -> bytes:
    return codec.encode(Ok(body=msgspec.Raw(codec.encode(value))))
