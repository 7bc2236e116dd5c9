"""Why a conversation is where it is: how it stands now while it waits, or what was decided."""

from collections.abc import Iterator
from typing import Any

from router.core import explaining
from router.core.people import Agent, Load
from router.core.reasons import Case, Group, Record, Stand
from router.core.scheme import DEFAULT, Scheme
from router.doors import shown, sight
from router.doors.asker import Reading, Refused
from router.handling import conversations, recording
from router.handling.contacts import replaced
from router.lane import Work
from router.store.sql import Rows
from wire import codec
from wire.messages.base import Said, say
from wire.messages.desk import Able, Decided, Others, Refusal, Why
from wire.messages.verbs import WhyIs

# Decisions that can be opened from one.
DECISIONS = 50
Row = Any


def waits(read: Reading, ask: WhyIs) -> bool:
    """Whether it is to be told how it stands now. Raises Refused for who may not see it."""
    return sight.conversation(read, ask.conversation).status == "waiting" and not ask.decision


def now(work: Work, ask: WhyIs) -> Case | None:
    """In the lane, where alone it is known what everybody has at this moment."""
    row = conversations.load(work, ask.conversation)
    return recording.now(work, row) if row is not None else None


def why(read: Reading, ask: WhyIs, current: Case | None = None) -> Why:
    """How it stands now if that is known, the decision that is asked for, or the newest."""
    row = sight.conversation(read, ask.conversation)
    known = read.rows.all("decisions_of", conversation=row.id, limit=DECISIONS)
    found = _told(current) if current else recorded(read.rows, row, known, ask.decision)
    placed = read.rows.value("newest_placed", conversation=row.id)
    return replaced(found, placed=shown.parsed(placed or "", Said, None),
                    decisions=tuple(map(_decided, known)))  # fmt: skip


def recorded(rows: Rows, row: Row, known: list[Row], number: int) -> Why:
    if not known and not number:
        requirement = explaining.requirement(conversations.need(row), DEFAULT)
        return Why(conversation=row.id, at=row.opened, trigger="", requirement=requirement,
                   chosen=row.owner)  # fmt: skip
    decision = rows.one("decision", conversation=row.id, id=number or known[0].id)
    if decision is None:
        raise Refused("gone", say("There is no decision #{number} about it.", number=number))
    case = case_of(rows, decision)
    if case is None:
        return replaced(_former(decision), decision=decision.id)
    return replaced(_told(case), decision=decision.id)


def case_of(rows: Rows, decision: Row) -> Case | None:
    """The record with all that it names; None for one of before there were such records."""
    record = shown.parsed(decision.record, Record, None)
    if record is None:
        return None
    refused = shown.parsed(decision.refused or "", tuple[Group, ...], ())
    names = [one.stand for one in record.candidates]
    names += [name for group in refused for name in group.stands]
    facts = rows.all("facts_named", names=codec.encode([*names, record.scheme]).decode())
    texts = {fact.hash: fact.record for fact in facts}
    scheme = shown.parsed(texts.pop(record.scheme, ""), Scheme, DEFAULT)
    stands = {name: shown.parsed(text, Stand, _NOBODY) for name, text in texts.items()}
    return Case(record, refused, scheme, stands)


_NOBODY = Stand(agent=Agent("", ""), load=Load())


def _former(decision: Row) -> Why:
    """A record of the release before: it was written in sentences."""
    record = _as_why(decision)
    refused = shown.parsed(decision.refused or "", tuple[Refusal, ...], ())
    return replaced(record, refused=refused) if refused else record


def _as_why(decision: Row) -> Why:
    unread = Why(conversation=0, at=decision.at, trigger=decision.cause, requirement=Said(text=""))
    return shown.parsed(decision.record, Why, unread)


def _told(case: Case) -> Why:
    record = case.record
    return Why(
        conversation=record.conversation,
        at=record.at,
        trigger=record.trigger,
        requirement=explaining.requirement(record.waiting.need, case.scheme),
        chosen=record.winner,
        because=explaining.because(case),
        despite=explaining.despite(case),
        offered=record.offered or None,
        timeline=tuple(explaining.timeline(case)),
        able=() if record.because else tuple(_able(case)),
        able_in_all=record.able,
        refused=tuple(_refused(case)),
        others=tuple(_others(case)),
        next=explaining.following(case),
        rules=record.rules,
        segments=record.segments,
        targets=record.targets,
    )


def _able(case: Case) -> Iterator[Able]:
    for one in case.record.candidates:
        said = explaining.standing(case, one)
        yield Able(agent=case.stands[one.stand].agent.id, said=said, score=one.score)


def _refused(case: Case) -> Iterator[Refusal]:
    for group in case.refused:
        for name in group.stands:
            stand = case.stands[name]
            said = explaining.until(case, group.said, stand)
            yield Refusal(agent=stand.agent.id, said=said)


def _others(case: Case) -> Iterator[Others]:
    """Those whom the record counts without naming them."""
    for group in case.refused:
        if group.more:
            yield Others(said=group.said, count=group.more)


def _decided(decision: Row) -> Decided:
    record = shown.parsed(decision.record, Record, None)
    if record is None:
        former = _as_why(decision)
        said = explaining.outcome(former.trigger, former.chosen)
    else:
        said = explaining.decided(record)
    return Decided(number=decision.id, at=decision.at, said=said)
