"""The examples beside the rules: what is expected of a message, and what the rules make of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from router.core.rulebook.book import Book
from router.core.rulebook.conditions import channel, many
from router.core.rulebook.deciding import Outcome, priority_of
from router.core.rulebook.facts import Customer, Opening
from router.core.rulebook.written import Example, Expected, Given

Detect = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One example; good when nothing is different."""

    name: str
    rules: tuple[str, ...]
    differences: tuple[Difference, ...]


def tried(book: Book, detect: Detect) -> list[Tried]:
    """Every example of the file. `detect` tells the language of a text."""
    return [_tried(book, example, detect) for example in book.written.example]


def _tried(book: Book, example: Example, detect: Detect) -> Tried:
    opening = _opening(book, example.given, detect)
    outcome = book.decide(opening)
    segments = tuple(sorted(opening.segments))
    differences = tuple(_differences(example.expect, outcome, segments))
    return Tried(example.name, outcome.rules, differences)


def _opening(book: Book, given: Given, detect: Detect) -> Opening:
    addresses = (given.sender,) if given.sender else ()
    customer = Customer(
        language=given.language, company=given.company, tags=many(given.tags), addresses=addresses
    )
    at = given.at.timestamp() if given.at is not None else 0.0
    return Opening(
        customer, channel(given.channel), given.account, given.sender, given.subject, given.text,
        at, detect, book.segments_of,
    )  # fmt: skip


def _differences(
    expect: Expected, outcome: Outcome, segments: tuple[str, ...]
) -> Iterator[Difference]:
    steps = None if expect.steps is None else len(outcome.steps)
    for field, expected, found in (
        ("rules", _names(expect.rules), outcome.rules),
        ("team", expect.team, outcome.team),
        ("skills", expect.skills, outcome.skills),
        ("either", expect.either, outcome.either),
        ("language", expect.language, outcome.language),
        ("priority", priority_of(expect.priority), outcome.priority),
        ("tier", expect.tier, outcome.tier),
        ("slope", expect.slope, outcome.slope),
        ("head_start", expect.head_start, outcome.head_start),
        ("tags", _names(expect.tags), outcome.tags),
        ("prefer", _names(expect.prefer), outcome.preferred),
        ("exclude", _names(expect.exclude), outcome.excluded),
        ("steps", expect.steps, steps),
        ("reply", expect.reply, outcome.reply),
        ("segments", _sorted(expect.segments), segments),
    ):
        if expected is not None and expected != found:
            yield Difference(field, _said(expected), _said(found))


def _names(names: str | tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else many(names)


def _sorted(names: str | tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(sorted(many(names)))


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {level}" for name, level in sorted(value.items()))
    return "" if value is None else str(value)
