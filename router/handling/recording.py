"""A decision's record: made from the desk as it was decided on, written with the decision."""

import hashlib
from functools import lru_cache
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from router.core.desk import Desk
from router.core.need import Waiting
from router.core.people import Agent
from router.core.reasons import Candidate, Case, Group, Record, finite
from router.core.scheme import Scheme
from router.core.surveying import Found, Survey, candidate
from router.core.targets.choosing import Asked, Targets, sentences
from router.handling import conversations
from router.handling.conversations import Row
from router.lane import Work
from router.ruling.customers import customer
from wire import codec
from wire.messages.base import Said

T = TypeVar("T")
_surveys: WeakKeyDictionary[Desk, Survey] = WeakKeyDictionary()


def decided(work: Work, row: Row, waiting: Waiting, cause: str, winner: str = "",
            offered: float = 0.0) -> None:  # fmt: skip
    """The desk decided who gets it (until `offered`, if it only asks them), or that it waits.

    Called before that is carried out: the record holds what the decision was made on.
    """
    found = _survey(work.desk).look(work.desk, waiting, work.now, winner)
    record = replace(_record(work, row, waiting, cause, found), winner=winner, offered=offered)
    _write(work, record, found.refused)


def by_hand(work: Work, row: Row, agent: str, because: Said, cause: str) -> None:
    """A person decided. How the one who got it stood before is kept: the rules may have said no.

    Called once they have it.
    """
    waiting = conversations.waiting(row)
    known = work.desk.agents.get(agent)
    found = Found((_candidate(work.desk, known, row, waiting),) if known else (), 0, ())
    record = _record(work, row, waiting, cause, found)
    _write(work, replace(record, winner=agent, because=because), ())


def now(work: Work, row: Row) -> Case | None:
    """How it stands at this moment: the decision as it would be made; None if it does not wait."""
    desk = work.desk
    waiting = desk.waiting.get(row.id)
    if waiting is None:
        return None
    survey = _survey(desk)
    found = survey.look(desk, waiting, work.now)
    frees = {row.agent: row.until for row in work.tx.all("wrap_ups_over")}
    record = replace(_record(work, row, waiting, "", found), frees=frees)
    return Case(record, found.refused, desk.scheme, survey.stands())


def _candidate(desk: Desk, agent: Agent, row: Row, waiting: Waiting) -> Candidate:
    before = desk.load_of(agent.id)
    held = desk.held.get(row.id)
    if held is not None and held.agent == agent.id:
        before = before.plus(held.kind, desk.scheme, -1)
    strategy = desk.scheme.strategy(waiting.need.team)
    return candidate(_survey(desk).see(agent, before), waiting, strategy)


def _survey(desk: Desk) -> Survey:
    survey = _surveys.get(desk)
    if survey is None:
        survey = _surveys[desk] = Survey()
    return survey


def _record(work: Work, row: Row, waiting: Waiting, cause: str, found: Found) -> Record:
    scheme = work.desk.scheme
    segments, targets = _terms(work, row)
    return Record(
        conversation=row.id, at=work.now, trigger=cause, waiting=finite(waiting),
        strategy=scheme.strategy(waiting.need.team), first=_first(row, waiting),
        served=row.preferred if row.preferred_until else "",
        candidates=found.candidates, able=found.able, together=found.together,
        scheme=_weights(scheme)[0],
        let_go=_let_go(work, row) if waiting.need.without else {},
        rules=conversations.demand(row).rules, segments=segments, targets=targets,
    )  # fmt: skip


def _first(row: Row, waiting: Waiting) -> Waiting | None:
    """How it was before its first step; None when it took none."""
    if not (row.demand or row.preferred_until):
        return None
    first = conversations.waiting(row)
    taken = len(first.steps) - len(waiting.steps)
    # Steps that are no longer those of the row tell nothing of what was.
    return finite(first) if taken > 0 and first.steps[taken:] == waiting.steps else None


def _let_go(work: Work, row: Row) -> dict[str, str]:
    """How the last offer to each of those who rest from it ended."""
    return {offer.agent: offer.state for offer in work.tx.all("offers_let_go", conversation=row.id)}


def _terms(work: Work, row: Row) -> tuple[tuple[str, ...], tuple[Said, ...]]:
    """The segments that the contact is in, and the targets that apply."""
    segments: tuple[str, ...] = ()
    if work.book.segments:
        segments = work.book.segments_of(customer(work.tx, row.contact))
    asked = Asked(row.kind, row.team, row.priority, frozenset(segments))
    return segments, _targets(_Same(work.shelf.targets), asked, bool(row.replied))


@lru_cache(maxsize=1_024)
def _targets(known: "_Same[Targets]", asked: Asked, replied: bool) -> tuple[Said, ...]:
    return sentences(known.value, asked, replied)


def _write(work: Work, record: Record, refused: tuple[Group, ...]) -> None:
    """Each fact that it names is there before it, and no fact twice."""
    tx, hash_ = work.tx, ""
    for name, text in _survey(work.desk).drained():
        tx.once("add_fact", name, text)
    tx.once("add_fact", *_weights(work.desk.scheme))
    if refused:
        hash_, groups = _named_groups(_Same(refused))
        tx.once("add_refusals", hash_, groups)
    text = codec.encode(record).decode()
    tx.later("add_decision", record.conversation, work.now, record.trigger, text, hash_)


class _Same(Generic[T]):
    """A value by its identity: it is looked at with each decision, and seldom another one."""

    def __init__(self, value: T) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def _weights(scheme: Scheme) -> tuple[str, str]:
    return _named(_Same(scheme))


@lru_cache(maxsize=64)
def _named_groups(known: "_Same[tuple[Group, ...]]") -> tuple[str, str]:
    text = codec.encode(known.value)
    return _hash(text), text.decode()


@lru_cache(maxsize=8)
def _named(known: _Same[Scheme]) -> tuple[str, str]:
    text = codec.encode(known.value)
    return _hash(text), text.decode()


def _hash(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()
