"""What past work asks of an agent: as its conversation says, or as rules would have it."""

from collections.abc import Callable
from typing import NamedTuple

from cordboard.history import Gathered
from router.core.demand import Demand
from router.core.need import Waiting
from router.core.playing.past import Stint
from router.core.rulebook.book import Book
from router.core.rulebook.deciding import Outcome, decide, ready
from router.core.rulebook.facts import Customer, Opening
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
    rules, order = tuple(map(ready, book.written.rule)), book.written.order
    otherwise = as_recorded(past)

    def asks(stint: Stint) -> Waiting:
        known = past.conversations[stint.conversation]
        if not stint.first or not stint.waited:
            return otherwise(stint)
        outcome = decide(rules, order, _opening(known))
        return conversations.waiting(_line(stint, known, outcome, past.teams))

    return asks


def _opening(known: Past) -> Opening:
    customer = Customer(known.contact, known.name, known.language, known.company, known.tags,
                        (known.sender,))  # fmt: skip
    return Opening(customer, known.kind, known.account, known.sender, known.subject, known.text,
                   known.at)  # fmt: skip


def _line(stint: Stint, known: Past, outcome: Outcome, teams: dict[str, str]) -> Line:
    """Where no rule says so, it is of the team of its account."""
    priority = known.priority if outcome.priority is None else outcome.priority
    demand = Demand(
        either=outcome.either, language=outcome.language, excluded=outcome.excluded,
        preferred=outcome.preferred, prefer_for=outcome.prefer_for, tier=outcome.tier,
        slope=outcome.slope, steps=outcome.steps,
    )  # fmt: skip
    return Line(
        stint.number, outcome.team or teams.get(known.account, stint.team), known.kind,
        codec.encode(outcome.skills).decode(), codec.encode(demand).decode(),
        order_key(stint.came, priority) - 60.0 * outcome.head_start, stint.came,
    )  # fmt: skip
