"""Give out what waits, and write down why: each decision leaves a record."""

import hashlib
from functools import lru_cache

from router.core.desk import Match, Refused
from router.core.need import Need
from router.core.people import weight
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
        conversations.give(work, row, match.agent)
        _record(work, _chosen(work, match, cause), match.refused)
        owner = match.agent if match.waiting.conversation == conversation else owner
    if conversation and not owner and conversation in work.desk.waiting:
        refused = work.desk.refusals(work.desk.waiting[conversation].need)
        _record(work, _waits(work, conversation, cause), refused)
    return owner


def taken(work: Work, row: conversations.Row, agent: str, because: Said, cause: str) -> None:
    """A person decided: the record says who and how."""
    why = Why(conversation=row.id, at=work.now, trigger=cause, chosen=agent, because=because,
              requirement=requirement(conversations.need(row)))  # fmt: skip
    _record(work, why, Refused())


def requirement(need: Need) -> Said:
    """What the conversation asks of an agent."""
    skills = ", ".join(f"{skill} {level}" for skill, level in need.skills)
    units = weight(need.kind)
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
        requirement=requirement(need),
        chosen=match.agent,
        because=because,
    )


def _waits(work: Work, conversation: int, cause: str) -> Why:
    waiting = work.desk.waiting[conversation]
    return Why(
        conversation=conversation,
        at=work.now,
        trigger=cause,
        requirement=requirement(waiting.need),
        next=_next(work, waiting.need.only, waiting.until),
    )


def _next(work: Work, only: str, until: float) -> Said:
    if only:
        return say("waits for {agent}, {seconds} s more, then for anybody", agent=only,
                   seconds=round(until - work.now))  # fmt: skip
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
