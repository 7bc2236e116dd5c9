"""Give out what waits, and write down why: each decision leaves a record."""

import hashlib
from functools import lru_cache

from router.core.desk import Match, Refused
from router.core.need import Need, Waiting
from router.core.scheme import Scheme
from router.handling import conversations
from router.lane import Work
from wire import codec
from wire.messages.base import Said, say
from wire.messages.desk import Refusal, Why


def dispatch(work: Work, cause: str, conversation: int = 0) -> str:
    """Match until nothing fits. Returns who got `conversation`, "" when it waits.

    `cause` names the trigger; a conversation that stays waiting gets a record of its own.
    """
    owner = ""
    for match in work.desk.match(work.now):
        row = conversations.load(work, match.waiting.conversation)
        if row is None:
            continue
        _record(work, _chosen(work, match, cause), work.desk.refusals(match.waiting.need, work.now))
        conversations.give(work, row, match.agent)
        owner = match.agent if match.waiting.conversation == conversation else owner
    if conversation and not owner and conversation in work.desk.waiting:
        refused = work.desk.refusals(work.desk.waiting[conversation].need, work.now)
        _record(work, _waits(work, conversation, cause), refused)
    return owner


def taken(work: Work, row: conversations.Row, agent: str, because: Said, cause: str) -> None:
    """A person decided: the record says who and how."""
    why = Why(conversation=row.id, at=work.now, trigger=cause, chosen=agent, because=because,
              requirement=requirement(conversations.need(row), work.desk.scheme))  # fmt: skip
    _record(work, why, Refused())


def requirement(need: Need, scheme: Scheme) -> Said:
    """What the conversation asks of an agent."""
    skills = ", ".join(f"{skill} {level}" for skill, level in need.skills)
    units = scheme.weight(need.kind)
    if skills:
        return say("team {team}, {skills}, units for {kind}: {units}",
                   team=need.team, skills=skills, units=units, kind=need.kind)  # fmt: skip
    return say("team {team}, units for {kind}: {units}",
               team=need.team, units=units, kind=need.kind)  # fmt: skip


def _chosen(work: Work, match: Match, cause: str) -> Why:
    need = match.waiting.need
    because = (
        say("already serves this customer")
        if need.only
        else say("is the longest idle of those who can")
    )
    return Why(
        conversation=match.waiting.conversation,
        at=work.now,
        trigger=cause,
        requirement=requirement(need, work.desk.scheme),
        chosen=match.agent,
        because=because,
    )


def _waits(work: Work, conversation: int, cause: str) -> Why:
    waiting = work.desk.waiting[conversation]
    return Why(
        conversation=conversation,
        at=work.now,
        trigger=cause,
        requirement=requirement(waiting.need, work.desk.scheme),
        next=_next(work, waiting),
    )


def _next(work: Work, waiting: Waiting) -> Said:
    if waiting.need.only and waiting.steps:
        left = waiting.entered + waiting.steps[0].after - work.now
        return say("waits for {agent}, {seconds} s more, then for anybody",
                   agent=", ".join(waiting.need.only), seconds=round(left))  # fmt: skip
    return say("the first agent who becomes able to takes it")


def _record(work: Work, why: Why, refused: Refused) -> None:
    hash_, text = _kept(refused)
    if hash_:
        work.tx.once("add_refusals", hash_, text)
    record = codec.encode(why).decode()
    work.tx.later("add_decision", why.conversation, work.now, why.trigger, record, hash_)


@lru_cache(maxsize=64)
def _kept(refused: Refused) -> tuple[str, str]:
    """Their name and their text: a busy desk gives out the same value again and again."""
    if not refused.each:
        return "", ""
    text = codec.encode([Refusal(agent=agent, said=said) for agent, said in refused.each])
    return hashlib.sha256(text).hexdigest()[:32], text.decode()
