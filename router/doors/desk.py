"""The desk as a whole: hello, who is here, what happened since, how it does, what came in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from router.attendance import Attendance
from router.doors import lists, shown, sight
from router.doors.asker import Asker, Reading
from router.handling.contacts import replaced
from router.store.sql import Rows
from wire.messages.base import Said, say
from wire.messages.channel import Standing
from wire.messages.desk import AccountRow, AgentRow, CannedReply, TeamRow
from wire.messages.desk import Status as ConversationStatus
from wire.messages.verbs import (
    Changes,
    Colleagues,
    DeskStatus,
    Hello,
    Since,
    Status,
    Welcome,
    Who,
)

# Further back than so many events, new pages are cheaper.
FAR = 1_000


@dataclass(frozen=True)
class Live:
    """What is not in SQL: the router itself and who is here."""

    epoch: int
    release: str
    attendance: Attendance
    # Why nothing can be written; None while all is well.
    read_only: Callable[[], str | None]
    # Events that the search index has not followed yet.
    search_behind: Callable[[], int] = lambda: 0
    # How a conversation stands in the queue (for the lane's loop), and who came last in each team.
    standing: Callable[[int], Standing | None] = lambda conversation: None
    waits: Callable[[], dict[str, Standing]] = dict

    def read_only_said(self) -> Said | None:
        reason = self.read_only()
        return say("The desk cannot write now: {reason}", reason=reason) if reason else None


class DeskReads:
    """Answers that need both SQL and what is in memory."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def hello(self, read: Reading, ask: Hello) -> Welcome:
        return Welcome(
            agent=shown.agent(read.rows.one("agent", id=read.asker.id)),
            epoch=self._live.epoch,
            seq=read.rows.value("last_event"),
            now=read.now,
            release=self._live.release,
            counts=lists.counts(read.rows, read.asker, read.now),
            teams=_teams(read),
            colleagues=_colleagues(read),
            accounts=self._accounts(read),
            canned=tuple(
                CannedReply(id=row.id, title=row.title, text=row.text, language=row.language)
                for row in read.rows.all("canned")
            ),
            offers=shown.offers(read.rows, read.asker.id),
            read_only=self._live.read_only_said(),
            paused=read.rows.one("operating").paused is not None,
        )

    def who(self, read: Reading, ask: Who) -> Colleagues:
        return Colleagues(
            agents=_colleagues(read),
            teams=_teams(read),
            skills=tuple(row.id for row in read.rows.all("skills")),
        )

    def status(self, read: Reading, ask: Status) -> DeskStatus:
        """The numbers of the whole desk are for those who lead; others know their teams'."""
        leads = read.asker.leads
        stats = {row.name: row.n for row in read.rows.all("stats")} if leads else {}
        by_status = _by_status(read)
        return DeskStatus(
            epoch=self._live.epoch,
            now=read.now,
            read_only=self._live.read_only_said(),
            messages=stats.get("messages", 0),
            conversations=stats.get("conversations", sum(by_status.values())),
            waiting=by_status.get("waiting", 0),
            assigned=by_status.get("assigned", 0),
            outbox=_counted(read, "outbox_counts") if leads else {},
            ledger=_counted(read, "ledger_counts") if leads else {},
            accounts=self._accounts(read),
            health={
                f"{kind}.{account}": health
                for (kind, account), health in self._live.attendance.health.items()
            },
            search_behind=self._live.search_behind(),
            paused=read.rows.one("operating").paused,
            waits={team: standing for team, standing in self._live.waits().items()
                   if read.asker.works_for(team)},
        )  # fmt: skip

    def _accounts(self, read: Reading) -> tuple[AccountRow, ...]:
        health = self._live.attendance.health
        found = (
            shown.account(row, read.policy, health.get((row.kind, row.account)))
            for row in read.rows.all("accounts")
        )
        return tuple(_as_theirs(read.asker, account) for account in found)


def since(read: Reading, ask: Since) -> Changes:
    """What happened after an event, as far as this agent may know of it."""
    last = read.rows.value("last_event")
    if not 0 <= last - ask.seq <= FAR or ask.seq < read.rows.value("first_event") - 1:
        return Changes(seq=last, far=last != ask.seq)
    found = read.rows.all("events_since", seq=ask.seq, limit=FAR)
    seen: dict[int, bool] = {}
    kept = [row for row in found if _may_know(read.rows, read.asker, row, seen)]
    return Changes(seq=last, changes=tuple(map(shown.change, kept)))


def _may_know(rows: Rows, asker: Asker, event: sight.Row, seen: dict[int, bool]) -> bool:
    if not event.contact:
        return True  # of agents, teams, accounts
    if event.agent == asker.id or event.team in asker.teams:
        return True
    if event.contact not in seen:
        seen[event.contact] = sight.sees(rows, asker, event.contact)
    return seen[event.contact]


# --- as far as one agent may know: names are everybody's, numbers their team's -------------------


def _teams(read: Reading) -> tuple[TeamRow, ...]:
    return tuple(
        shown.team(read.rows, row, read.now)
        if read.asker.works_for(row.id)
        else TeamRow(id=row.id, name=row.name)
        for row in read.rows.all("teams")
    )


def _colleagues(read: Reading) -> tuple[AgentRow, ...]:
    """Everybody by name, to hand over to; how much somebody has, of one's own teams only."""
    found = map(shown.agent, _enabled(read.rows))
    return tuple(
        agent if _works_with(read.asker, agent) else replaced(agent, load=0, capacity=0, limits={})
        for agent in found
    )


def _works_with(asker: Asker, agent: AgentRow) -> bool:
    return agent.id == asker.id or any(map(asker.works_for, agent.teams)) or asker.leads


def _as_theirs(asker: Asker, account: AccountRow) -> AccountRow:
    """Nobody is offered to write first from an account of a team that they are not in."""
    if account.capabilities is None or asker.works_for(account.team):
        return account
    return replaced(account, capabilities=replaced(account.capabilities, can_start=False))


def _by_status(read: Reading) -> dict[str, int]:
    if read.asker.leads:
        return {row.status: row.n for row in read.rows.all("counts_by_status")}
    return {
        status: sum(shown.count(read.rows, team, status) for team in read.asker.teams)
        for status in get_args(ConversationStatus)
    }


def _counted(read: Reading, statement: str) -> dict[str, int]:
    return {row[0]: row.n for row in read.rows.all(statement)}


def _enabled(rows: Rows) -> list[sight.Row]:
    return [row for row in rows.all("agents") if row.enabled]
