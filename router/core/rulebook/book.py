"""The rules in force: a routing file that was read, ready to decide by. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from router.core.offering import Pace
from router.core.offering import faults as pace_faults
from router.core.rulebook.checking import Known, check
from router.core.rulebook.deciding import NOTHING, Outcome, Ready, decide, ready
from router.core.rulebook.facts import Customer, Opening
from router.core.rulebook.languages import languages
from router.core.rulebook.shaping import Faults, shaped
from router.core.rulebook.written import Rulebook
from router.core.scheme import DEFAULT, WEIGHTS, Scheme
from router.core.targets import written as target_files
from router.core.targets.choosing import Targets
from wire.messages.rulebook import Fault
from wire.query.evaluating import Asking, holds
from wire.query.nodes import Query
from wire.query.parsing import parse


@dataclass(frozen=True, eq=False)
class Book:
    """One for each version that is loaded. The desk that has no file has `Book()`."""

    written: Rulebook = field(default_factory=Rulebook)
    version: int = 0
    scheme: Scheme = DEFAULT
    rules: tuple[Ready, ...] = ()
    # What each segment asks of a contact.
    segments: Mapping[str, Query] = field(default_factory=dict)
    # The languages that it speaks of.
    languages: frozenset[str] = frozenset()
    # How soon what is to be answered and resolved, in whose business hours.
    targets: Targets = field(default_factory=Targets)

    def segments_of(self, customer: Customer) -> tuple[str, ...]:
        """The segments that a contact is in, in the order of the file."""
        asking = Asking()
        return tuple(n for n, query in self.segments.items() if holds(query, customer, asking))

    def decide(self, opening: Opening) -> Outcome:
        return decide(self.rules, self.written.order, opening) if self.rules else NOTHING


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a text: a book, unless there are faults. Warnings hinder nothing."""

    book: Book | None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def read(text: str, version: int = 0, known: Known = Known()) -> Read:  # noqa: B008  frozen
    """The text as rules, or all that is wrong with it. Names are checked where they are known."""
    faults = Faults()
    written = shaped(text, Rulebook, faults)
    if written is None:
        return Read(None, faults.sorted())
    warnings = Faults(faults.places)
    check(written, known, faults, warnings, text)
    given = scheme(written)
    for place, said in pace_faults(given.pace):
        faults.add(tuple(place.split(".", 1)), said)
    targets = target_files.read(written.targets, written.calendars, written.segments, faults)
    if faults.found:
        return Read(None, faults.sorted(), warnings.sorted())
    return Read(_book(written, version, given, targets), (), warnings.sorted())


def _book(written: Rulebook, version: int, given: Scheme, targets: Targets) -> Book:
    queries = {name: parse(text, "contact") for name, text in written.segments.items()}
    segments = {name: query for name, query in queries.items() if isinstance(query, Query)}
    rules = tuple(ready(rule, targets.calendars) for rule in written.rule)
    return Book(written, version, given, rules, segments,
                languages(written), targets)  # fmt: skip


def scheme(written: Rulebook) -> Scheme:
    """How the desk gives out work by this file."""
    capacity = written.capacity
    return Scheme(
        weights=WEIGHTS | capacity.weights,
        admits={kind: frozenset(others) for kind, others in capacity.admits.items()},
        interruptible=frozenset(capacity.interruptible),
        strategies={team: each.strategy for team, each in written.teams.items()},
        shares={team: each.share for team, each in written.teams.items() if each.share},
        pace=Pace(
            offers=written.offers,
            wrap_up=written.wrap_up,
            grace=written.grace,
            first_reply=written.first_reply,
            returning=written.returning,
        ),
    )
