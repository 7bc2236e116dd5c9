"""The numbers that follow from changes: head lines, loads, teams. Told a few times a second."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from router.announcing.what import Told
from router.doors import lists, shown
from router.doors.asker import Refused, asker_of
from router.store.sql import Rows
from wire import subjects
from wire.messages.desk import Change
from wire.messages.news import AgentIs, CountsAre, TeamIs
from wire.messages.verbs import Ask


@dataclass(slots=True)
class Stale:
    """Whose numbers changed since they were told."""

    agents: set[str] = field(default_factory=set)
    teams: set[str] = field(default_factory=set)
    # Rows of agents (load, skills, presence).
    rows: set[str] = field(default_factory=set)
    # Time passed: what was in time may be late.
    all: bool = False

    def note(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if change.conversation and change.agent:
                self.agents.add(change.agent)
            if change.team:
                self.teams.add(change.team)
            if change.what in ("agent", "presence"):
                self.rows.add(change.agent)

    def take(self) -> "Stale":
        taken = Stale(self.agents, self.teams, self.rows, self.all)
        self.agents, self.teams, self.rows, self.all = set(), set(), set(), False
        return taken

    def __bool__(self) -> bool:
        return bool(self.agents or self.teams or self.rows or self.all)


def told(rows: Rows, stale: Stale, here: Sequence[str], now: float) -> Iterator[Told]:
    """To those who are here, and to the boards."""
    for team in rows.all("teams"):
        if stale.all or team.id in stale.teams:
            body = TeamIs(row=shown.team(rows, team, now))
            yield Told(subjects.news_board(team.id), 0, body)
    for agent in here:
        yield from _of_agent(rows, agent, stale, now)


def _of_agent(rows: Rows, agent: str, stale: Stale, now: float) -> Iterator[Told]:
    try:
        asker = asker_of(rows, agent, Ask)
    except Refused:
        return
    subject = subjects.news_agent(agent)
    if stale.all or agent in stale.rows:
        yield Told(subject, 0, AgentIs(row=shown.agent(rows.one("agent", id=agent))))
    if stale.all or agent in stale.agents or not stale.teams.isdisjoint(asker.teams):
        yield Told(subject, 0, CountsAre(counts=lists.counts(rows, asker, now)))
