"""A decision's record: made from the desk as it was decided on, written with the decision."""

import hashlib
from functools import lru_cache
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from router.core.desk import Desk
from router.core.need import Waiting
from router.core.people import Agent
from router.core.reasons import Candidate, Case, Group, Record, finite
from router.core.scheme import Scheme
from router.core.surveying import Found, Survey, candidate
from router.handling import conversations
from router.handling.conversations import Row
from router.lane import Work
from wire import codec
from wire.messages.base import Said

_surveys: WeakKeyDictionary[Desk, Survey] = WeakKeyDictionary()


def decided(work: Work, row: Row, waiting: Waiting, cause: str, winner: str = "",
            offered: float = 0.0) -> None:  # fmt: skip
    """The desk decided who gets it (until `offered`, if it only asks them), or that it waits.

    Called before that is carried out: the record holds what the decision was made on.
    """
    found = _survey(work.desk).look(work.desk, waiting, work.now)
    record = _record(work, row, waiting, cause, found)
    _write(work, replace(record, winner=winner, offered=offered), found.refused)


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
    record = _record(work, row, waiting, "", found)
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
    scheme, first = work.desk.scheme, None
    if row.demand or row.preferred_until:
        first = conversations.waiting(row)
        if first.steps[len(first.steps) - len(waiting.steps) :] != waiting.steps:
            first = None  # other steps than those it once had
    return Record(
        conversation=row.id, at=work.now, trigger=cause, waiting=finite(waiting),
        strategy=scheme.strategy(waiting.need.team),
        first=finite(first) if first is not None and first.steps != waiting.steps else None,
        served=row.preferred if row.preferred_until else "",
        candidates=found.candidates, able=found.able, scheme=_weights(scheme)[0],
    )  # fmt: skip


def _write(work: Work, record: Record, refused: tuple[Group, ...]) -> None:
    """Each fact that it names is there before it, and no fact twice."""
    tx, hash_ = work.tx, ""
    for name, text in _survey(work.desk).drained():
        tx.once("add_fact", name, text)
    tx.once("add_fact", *_weights(work.desk.scheme))
    if refused:
        groups = codec.encode(refused)
        hash_ = _hash(groups)
        tx.once("add_refusals", hash_, groups.decode())
    text = codec.encode(record).decode()
    tx.later("add_decision", record.conversation, work.now, record.trigger, text, hash_)


class _Weights:
    """A scheme by its identity: it is looked at with each decision, and seldom another one."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Weights) and other.scheme is self.scheme

    def __hash__(self) -> int:
        return id(self.scheme)


def _weights(scheme: Scheme) -> tuple[str, str]:
    return _named(_Weights(scheme))


@lru_cache(maxsize=8)
def _named(weights: _Weights) -> tuple[str, str]:
    text = codec.encode(weights.scheme)
    return _hash(text), text.decode()


def _hash(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()
