"""The rules in force: a routing file that was read, ready to decide by. Pure."""

from dataclasses import dataclass, field

from router.core.offering import Pace
from router.core.offering import faults as pace_faults
from router.core.rulebook.shaping import Faults, shaped
from router.core.rulebook.written import Names, Rulebook
from router.core.scheme import DEFAULT, WEIGHTS, Scheme
from router.core.targets import written as target_files
from router.core.targets.choosing import Targets
from wire.messages.rulebook import Fault


@dataclass(frozen=True, eq=False)
class Book:
    """One for each version that is loaded. The desk that has no file has `Book()`."""

    written: Rulebook = field(default_factory=Rulebook)
    version: int = 0
    scheme: Scheme = DEFAULT
    targets: Targets = field(default_factory=Targets)


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a text: a book, unless there are faults. Warnings hinder nothing."""

    book: Book | None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def read(text: str, version: int = 0) -> Read:
    """The text as rules, or all that is wrong with it."""
    faults = Faults()
    written = shaped(text, Rulebook, faults)
    if written is None:
        return Read(None, faults.sorted())
    given = scheme(written)
    for place, said in pace_faults(given.pace):
        faults.add(tuple(place.split(".", 1)), said)
    targets = target_files.read(written.targets, written.calendars, written.segments, faults)
    if faults.found:
        return Read(None, faults.sorted())
    return Read(Book(written, version, given, targets))


def scheme(written: Rulebook) -> Scheme:
    """How the desk gives out work by this file."""
    capacity = written.capacity
    return Scheme(
        weights=WEIGHTS | capacity.weights,
        admits={kind: frozenset(others) for kind, others in capacity.admits.items()},
        interruptible=frozenset(capacity.interruptible),
        strategies={team: each.strategy for team, each in written.teams.items()},
        pace=Pace(
            offers=written.offers,
            wrap_up=written.wrap_up,
            grace=written.grace,
            first_reply=written.first_reply,
            returning=written.returning,
        ),
    )


def many(names: Names | None) -> tuple[str, ...]:
    """One name or several, as several."""
    return (names,) if isinstance(names, str) and names else tuple(names or ())
