"""The past of a desk, gathered page by page: from the desk that runs, or from a backup of one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cordboard.asking import Where, desk
from cordboard.failing import BAD_INPUT, Failure
from router.core.people import Agent
from router.core.playing.past import Stint, stints
from router.core.playing.player import Shift
from wire.messages.base import say
from wire.messages.desk import AccountRow, AgentRow
from wire.messages.history import History, Passage, Past, Present
from wire.messages.verbs import ReadHistory, RulebookShow, RulebookText, Status, Who
from wire.settings import TARGETS

# A page of a busy past is read from hundreds of conversations.
PAGE_WITHIN = 30.0

Asking = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True)
class Known:
    """Who works there, out of a backup; how its accounts were configured is not in it."""

    agents: tuple[Agent, ...]
    accounts: tuple[AccountRow, ...] = ()


@dataclass
class Gathered:
    """All of it, as the core takes it."""

    since: float
    until: float = 0.0
    passages: list[Passage] = field(default_factory=list)
    conversations: dict[int, Past] = field(default_factory=dict)
    presences: list[Present] = field(default_factory=list)
    agents: tuple[Agent, ...] = ()
    targets: dict[str, float] = field(default_factory=dict)
    # By account, as the desk is configured; empty where that is not known.
    teams: dict[str, str] = field(default_factory=dict)
    # The routing file in force, "" without one.
    rules: str = ""

    @property
    def stints(self) -> list[Stint]:
        return stints(self.passages)

    @property
    def kinds(self) -> dict[int, str]:
        return {number: past.kind for number, past in self.conversations.items()}

    def add(self, page: History) -> None:
        self.until, self.targets = page.until, page.targets or self.targets
        self.passages += page.passages
        self.conversations |= {past.id: past for past in page.conversations}
        self.presences += page.presences

    def shifts(self, agents: set[str]) -> list[Shift]:
        """When who was there. Who has no presences was there while they had work."""
        known = {present.agent for present in self.presences}
        found = [Shift(one.at, one.agent, one.presence) for one in self.presences
                 if one.agent in agents]  # fmt: skip
        for stint in self.stints:
            if stint.agent in agents - known and stint.begun is not None:
                found.append(Shift(stint.begun, stint.agent, "online"))
        return sorted(found, key=lambda shift: shift.at)


def gathered(where: Where, since: float, until: float, backup: Path | None = None) -> Gathered:
    """What was between the two moments. Raises Failure, Refused, Trouble."""
    return asyncio.run(_gathered(where, since, until, backup))


async def _gathered(where: Where, since: float, until: float, backup: Path | None) -> Gathered:
    found = Gathered(since)
    async with _kept(backup) if backup else _running(where) as ask:
        after = ""
        while True:
            page = await ask(ReadHistory(since=since, until=until, after=after))
            found.add(page)
            after = page.next
            if not after:
                break
        found.agents = tuple(map(agent, (await ask(Who())).agents))
        found.teams = {row.account: row.team for row in (await ask(Status())).accounts}
        found.rules = (await ask(RulebookShow())).text
    return found


def agent(row: AgentRow | Agent) -> Agent:
    """A colleague as routing sees them; nobody is there before the past says so."""
    return Agent(row.id, row.name, row.teams, row.secondary, row.skills, row.capacity, row.limits)


@asynccontextmanager
async def _running(where: Where) -> AsyncIterator[Asking]:
    async with desk(where) as it:

        async def ask(question: Any) -> Any:
            return await it.call(question, timeout=PAGE_WITHIN)

        yield ask


@asynccontextmanager
async def _kept(backup: Path) -> AsyncIterator[Asking]:
    """Whoever has the backup has all of it: it answers as to an admin."""
    from tempfile import TemporaryDirectory

    from router.operating import archive

    with TemporaryDirectory() as near, archive.unpacked(backup, Path(near)) as folder:
        note = archive.check(folder)
        with closing(archive.opened(folder / archive.DATABASE)) as connection:
            yield _answers(connection, note.at)


def _answers(connection: Any, at: float) -> Asking:
    import apsw

    from router.doors.history import page
    from router.memory import agent_of
    from router.store.sql import Rows

    rows = Rows(connection)

    async def ask(question: Any) -> Any:
        try:
            if isinstance(question, ReadHistory):
                return page(rows, question, now=at, targets=TARGETS, words=True)
            if isinstance(question, RulebookShow):
                newest = rows.one("newest_rulebook")
                return RulebookText(text=newest.text if newest else "")
            return Known(tuple(agent_of(row) for row in rows.all("agents") if row.enabled))
        except apsw.SQLError as error:
            said = say("This backup is of an older release: it has no history to play again.")
            raise Failure(said, BAD_INPUT) from error

    return ask
