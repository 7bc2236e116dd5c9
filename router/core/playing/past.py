"""What was, as stints: a conversation came, was begun by somebody, answered, and put away. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from wire.messages.history import Passage


@dataclass(frozen=True, slots=True)
class Stint:
    """Once through the queue, or once in the hands of an agent who got it without waiting."""

    number: int
    conversation: int
    team: str
    came: float
    # It is the conversation's first; later ones are reopened, given back or handed over.
    first: bool = True
    # Else somebody wrote first, took it over or woke it.
    waited: bool = True
    agent: str = ""
    begun: float | None = None
    replied: float | None = None
    ended: float | None = None

    @property
    def wait(self) -> float | None:
        return None if self.begun is None else self.begun - self.came


def stints(passages: Iterable[Passage]) -> list[Stint]:
    """In the order in which they came, numbered from 1."""
    of: dict[int, list[Passage]] = {}
    for passage in passages:
        of.setdefault(passage.conversation, []).append(passage)
    found = [stint for each in of.values() for stint in _of_one(each)]
    found.sort(key=lambda stint: (stint.came, stint.conversation))
    return [replace(stint, number=number) for number, stint in enumerate(found, 1)]


def _of_one(passages: list[Passage]) -> Iterator[Stint]:
    """Of one conversation, in the order of time; the last one may not have ended."""
    stint: Stint | None = None
    for number, passage in enumerate(passages):
        goes_on = None if stint is None else _gone_on(stint, passage)
        if stint is not None and goes_on is None:
            yield replace(stint, ended=passage.at)
        stint = goes_on or _begun(passage, first=number == 0)
    if stint is not None:
        yield stint


def _gone_on(stint: Stint, passage: Passage) -> Stint | None:
    """The same stint after that; None when it ended."""
    if passage.status == "waiting" and stint.begun is None:
        return replace(stint, team=passage.team)
    if passage.status == "assigned" and stint.begun is None:
        return replace(stint, begun=passage.at, agent=passage.owner, replied=passage.replied)
    if passage.status == "assigned" and stint.agent == passage.owner:
        return replace(stint, team=passage.team)
    return None


def _begun(passage: Passage, *, first: bool) -> Stint | None:
    if passage.status not in ("waiting", "assigned"):
        return None
    stint = Stint(0, passage.conversation, passage.team, passage.at, first)
    if passage.status == "waiting":
        return stint
    return replace(stint, waited=False, begun=passage.at, agent=passage.owner,
                   replied=passage.replied)  # fmt: skip
