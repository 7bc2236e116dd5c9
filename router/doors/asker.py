"""Who asks at an agent's door, and how one is refused."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from router.core.desk import Desk
from router.core.rulebook.book import Book
from router.lane import Work
from router.policy import Policy
from router.store.sql import Rows
from wire import codec
from wire.messages.base import Said, say
from wire.messages.desk import Role
from wire.messages.verbs import Ask, No

RANK: dict[str, int] = {"agent": 0, "lead": 1, "admin": 2}


class Refused(Exception):
    """The answer is no; `no` says why in a sentence. Nothing of the command stands."""

    def __init__(self, code: str, said: Said, *, now: int = 0) -> None:
        super().__init__(str(said))
        self.no = No(code=code, said=said, now=now)


@dataclass(frozen=True)
class Asker:
    """An agent as the doors see them. Leads and admins see every conversation."""

    id: str
    name: str
    role: Role
    teams: tuple[str, ...]

    @property
    def leads(self) -> bool:
        return RANK[self.role] >= RANK["lead"]

    def works_for(self, team: str) -> bool:
        """Whether the team's numbers are theirs to know and its accounts theirs to write from."""
        return self.leads or team in self.teams

    @cached_property
    def eyes(self) -> dict[str, Any]:
        """What the statements about seeing need to know."""
        return {"agent": self.id, "everything": self.leads, "teams": codec.encode(self.teams)
                .decode()}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What a question is answered from: committed rows, as one agent may see them."""

    rows: Rows
    asker: Asker
    now: float
    policy: Policy
    # The rules in force.
    book: Book = field(default_factory=Book)


@dataclass(frozen=True)
class Doing:
    """What a command works with, in the lane."""

    work: Work
    asker: Asker
    policy: Policy

    @property
    def rows(self) -> Rows:
        return self.work.tx

    @property
    def desk(self) -> Desk:
        return self.work.desk

    @property
    def now(self) -> float:
        return self.work.now


# Whatever only looks works in both.
Looking = Reading | Doing


def asker_of(rows: Rows, agent: str, ask: type[Ask]) -> Asker:
    """The agent who asks. Raises Refused when they may not ask this."""
    row = rows.one("agent", id=agent)
    if row is None or not row.enabled:
        raise Refused("forbidden", say("You are not an agent of this desk any more."))
    if RANK[row.role] < RANK[ask.role]:
        raise Refused("forbidden", say("This is for the role {role} and above.", role=ask.role))
    # Whoever helps a team works for it.
    teams, helped = (_names(row.teams), _names(row.secondary))
    return Asker(row.id, row.name, row.role, tuple(dict.fromkeys((*teams, *helped))))


def _names(text: str) -> tuple[str, ...]:
    names = codec.decode(text.encode(), tuple[str, ...])
    return names if isinstance(names, tuple) else ()
