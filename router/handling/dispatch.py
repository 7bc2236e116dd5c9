"""Give out what waits, and write down why: each decision leaves a record."""

from router.core.desk import Match
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
        _record(work, match.waiting.conversation, _chosen(work, match, cause))
        owner = match.agent if match.waiting.conversation == conversation else owner
    if conversation and not owner and conversation in work.desk.waiting:
        _record(work, conversation, _waits(work, conversation, cause))
    return owner


def taken(work: Work, row: conversations.Row, agent: str, because: Said, cause: str) -> None:
    """A person decided: the record says who and how."""
    why = Why(conversation=row.id, at=work.now, trigger=cause, chosen=agent, because=because,
              requirement=requirement(conversations.need(row)))  # fmt: skip
    _record(work, row.id, why)


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
        refused=_refusals(match.refused),
    )


def _waits(work: Work, conversation: int, cause: str) -> Why:
    waiting = work.desk.waiting[conversation]
    return Why(
        conversation=conversation,
        at=work.now,
        trigger=cause,
        requirement=requirement(waiting.need),
        refused=_refusals(work.desk.refusals(waiting.need)),
        next=_next(work, waiting.need.only, waiting.until),
    )


def _next(work: Work, only: str, until: float) -> Said:
    if only:
        return say("waits for {agent}, {seconds} s more, then for anybody", agent=only,
                   seconds=round(until - work.now))  # fmt: skip
    return say("the first agent who becomes able to takes it")


def _refusals(reasons: tuple[tuple[str, Said], ...]) -> tuple[Refusal, ...]:
    return tuple(Refusal(agent=agent, said=said) for agent, said in reasons)


def _record(work: Work, conversation: int, why: Why) -> None:
    record = codec.encode(why).decode()
    work.tx.run(
        "add_decision", conversation=conversation, now=work.now, cause=why.trigger, record=record
    )
