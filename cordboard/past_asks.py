"""What past work asks of an agent: as its conversation says, or as rules would have it."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from cordboard.history import Gathered
from router import languages
from router.core.demand import Demand
from router.core.need import Waiting
from router.core.playing.past import Stint
from router.core.playing.replay import Due, Stay
from router.core.rulebook.book import Book
from router.core.rulebook.deciding import Outcome
from router.core.rulebook.facts import Customer, Opening
from router.core.targets.calendar import deadline
from router.core.targets.choosing import Asked, chosen
from router.core.targets.place import order_key
from router.handling import conversations
from wire import codec
from wire.messages.history import Past


class Line(NamedTuple):
    """As much of a row of `conversations` as its place in the queue is made of."""

    id: int
    team: str
    kind: str
    skills: str
    demand: str
    order_key: float
    entered: float
    preferred: str = ""
    preferred_until: float = 0.0


def as_recorded(past: Gathered) -> Callable[[Stint], Waiting]:
    def asks(stint: Stint) -> Waiting:
        known = past.conversations[stint.conversation]
        return conversations.waiting(Line(
            stint.number, stint.team, known.kind, codec.encode(known.skills).decode(),
            known.demand, order_key(stint.came, known.priority), stint.came,
        ))  # fmt: skip

    return asks


def by_rules(past: Gathered, book: Book) -> Callable[[Stint], Waiting]:
    """First stints ask what the rules say; what was handed over or reopened, what its row says."""
    otherwise = as_recorded(past)
    if not book.rules:
        return otherwise

    def asks(stint: Stint) -> Waiting:
        known = past.conversations[stint.conversation]
        if not stint.first or not stint.waited:
            return otherwise(stint)
        return conversations.waiting(_line(stint, known, book.decide(_opening(known, book)), past))

    return asks


def due_by(past: Gathered, book: Book) -> Due:
    """When each is to be answered first, by the targets and calendars of these rules."""
    targets = replace(book.targets, usual=past.targets)

    def due(stay: Stay) -> float:
        known = past.conversations[stay.stint.conversation]
        segments = frozenset(book.segments_of(_customer(known))) if targets.by_segment else NOBODY
        rule = chosen(targets, Asked(known.kind, stay.team, known.priority, segments))
        return deadline(rule.calendar, stay.stint.came, rule.first)

    return due


NOBODY: frozenset[str] = frozenset()


def _customer(known: Past) -> Customer:
    return Customer(known.contact, known.name, known.language, known.company, known.tags,
                    (known.sender,))  # fmt: skip


def _opening(known: Past, book: Book) -> Opening:
    return Opening(
        _customer(known), known.kind, known.account, known.sender, known.subject, known.text,
        known.at, lambda text: languages.detect(text, book.languages)[0], book.segments_of,
    )  # fmt: skip


def _line(stint: Stint, known: Past, outcome: Outcome, past: Gathered) -> Line:
    """Where no rule says so, it is of the team of its account."""
    priority = known.priority if outcome.priority is None else outcome.priority
    demand = Demand(
        either=outcome.either, language=outcome.language, excluded=outcome.excluded,
        preferred=outcome.preferred, prefer_for=outcome.prefer_for, tier=outcome.tier,
        slope=outcome.slope, steps=outcome.steps,
    )  # fmt: skip
    return Line(
        stint.number, outcome.team or past.teams.get(known.account, stint.team), known.kind,
        codec.encode(outcome.skills).decode(), codec.encode(demand).decode(),
        order_key(stint.came, priority) - 60.0 * outcome.head_start, stint.came,
    )  # fmt: skip
