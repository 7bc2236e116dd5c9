"""What is told to whom after a commit, read from what is committed. Pure but for the rows.

Teams get ids and versions; text goes only to agents who may see the contact, checked here again for
each of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from router.announcing import alarms
from router.doors import shown, sight
from router.doors.asker import Asker, Refused, asker_of
from router.handling import messages
from router.store.sql import Rows
from wire import codec, subjects
from wire.messages.base import say
from wire.messages.desk import Change
from wire.messages.news import (
    Body,
    ContactChanged,
    ConversationIs,
    ConversationsMoved,
    MessageIs,
    Moved,
    NoteIs,
    Notice,
    OffersAre,
    PresenceIs,
    ThreadChanged,
)
from wire.messages.verbs import Ask
from wire.words import N_

Row = Any
# Of so many conversations one news tells.
TOGETHER = 500
# Changes of a conversation's entries; all others that name one are of the conversation itself.
OF_MESSAGES = (*messages.ADDED, "message_changed", "send_failed")


@dataclass(frozen=True, slots=True)
class Told:
    """News for one subject, and the event that it follows from."""

    subject: str
    seq: int
    body: Body


@dataclass(frozen=True, slots=True)
class Does:
    """What somebody does now with a contact's thread: told to who sees it, kept nowhere."""

    contact: int
    conversation: int
    body: Body
    # The agent who does it needs no news of it.
    but: str = ""


class Telling:
    """Works out the news of some changes. `watchers` names who has which thread open."""

    def __init__(self, rows: Rows, watchers: Mapping[int, set[str]], here: Sequence[str]) -> None:
        self._rows = rows
        self._watchers = watchers
        self._here = here
        self._askers: dict[str, Asker | None] = {}
        self._sees: dict[tuple[str, int], bool] = {}

    def of(self, changes: Sequence[Change]) -> list[Told]:
        """In the order of the events, each row as it is now."""
        told = [
            *self._conversations(changes),
            *self._messages(changes),
            *self._contacts(changes),
            *self._presences(changes),
            *self._offers(changes),
            *self._alarms(changes),
        ]
        return sorted(told, key=lambda news: news.seq)

    def doing(self, does: Iterable[Does]) -> Iterator[Told]:
        for one in does:
            row = self._rows.one("conversation", id=one.conversation)
            owner = {row.owner} if row is not None and row.owner else set()
            for agent in self._allowed(one.contact, owner) - {one.but}:
                yield Told(subjects.news_agent(agent), 0, one.body)

    # --- by what changed -----------------------------------------------------------------------

    def _conversations(self, changes: Sequence[Change]) -> Iterator[Told]:
        of: dict[int, list[Change]] = defaultdict(list)
        for change in changes:
            if change.conversation and change.what not in OF_MESSAGES:
                of[change.conversation].append(change)
        rows = self._rows.all("moved", ids=_json(of))
        yield from _to_teams(rows, of)
        yield from self._to_agents(rows, of)

    def _to_agents(self, rows: Sequence[Row], of: Mapping[int, list[Change]]) -> Iterator[Told]:
        """The whole row to those whom it concerns; who lost it, and may not see it, hears so."""
        allowed: dict[int, set[str]] = {}
        for row in rows:
            left = {change.agent for change in of[row.id] if change.what == "left"}
            concerned = left | ({row.owner} if row.owner else set())
            allowed[row.id] = self._allowed(row.contact, concerned)
            for agent in left - allowed[row.id]:
                body = ConversationsMoved(moved=(_moved(row),))
                yield Told(subjects.news_agent(agent), of[row.id][-1].seq, body)
        wanted = [number for number, agents in allowed.items() if agents]
        for row in self._rows.all("conversation_rows", ids=_json(wanted)) if wanted else ():
            now = ConversationIs(row=shown.conversation(row))
            for agent in allowed[row.id]:
                yield Told(subjects.news_agent(agent), of[row.id][-1].seq, now)

    def _messages(self, changes: Sequence[Change]) -> Iterator[Told]:
        seqs = {
            c.message: c.seq
            for c in changes
            if c.what == "send_failed"
            or (c.what in OF_MESSAGES and (c.agent or c.contact in self._watchers))
        }
        if not seqs:
            return
        failed = {c.message for c in changes if c.what == "send_failed"}
        for row in self._rows.all("messages_by_id", ids=_json(seqs)):
            body = MessageIs(row=shown.message(row))
            for agent in self._allowed(row.contact, {row.owner} if row.owner else set()):
                yield Told(subjects.news_agent(agent), seqs[row.id], body)
            if row.id in failed and (row.owner or row.agent):
                yield self._failed(row, row.owner or row.agent, seqs[row.id])

    def _failed(self, row: Row, agent: str, seq: int) -> Told:
        reason = row.reason or N_("no reason given")
        said = say("A message was not delivered: {reason}", reason=reason)
        if row.state == "ambiguous":
            said = say("It is not known whether a message arrived: {reason}", reason=reason)
        notice = Notice(said=said, conversation=row.conversation, urgent=True)
        return Told(subjects.news_agent(agent), seq, notice)

    def _contacts(self, changes: Sequence[Change]) -> Iterator[Told]:
        for change in changes:
            if change.what == "note":
                note = self._rows.one("note", contact=change.contact)
                body: Body = NoteIs(note=shown.note(note))
            elif change.what == "contact":
                contact = self._rows.one("contact", id=change.contact)
                body = ContactChanged(contact=contact.id, version=contact.version)
            elif change.what == "thread":
                body = ThreadChanged(contact=change.contact)
            else:
                continue
            for agent in self._allowed(change.contact, set()):
                yield Told(subjects.news_agent(agent), change.seq, body)

    def _alarms(self, changes: Sequence[Change]) -> Iterator[Told]:
        for agent, seq, notice in alarms.notices(self._rows, changes, self._here, self._asker):
            yield Told(subjects.news_agent(agent), seq, notice)

    def _presences(self, changes: Sequence[Change]) -> Iterator[Told]:
        for change in changes:
            row = None
            if change.what == "presence":
                row = self._rows.one("agent", id=change.agent)
            if row is None:
                continue
            body = PresenceIs(agent=row.id, presence=row.presence, reason=row.reason,
                              at=row.since)  # fmt: skip
            for agent in {*self._here, row.id}:
                yield Told(subjects.news_agent(agent), change.seq, body)

    def _offers(self, changes: Sequence[Change]) -> Iterator[Told]:
        """All that is offered to somebody now, in words that are for them only."""
        latest = {change.agent: change.seq for change in changes if change.what == "offer"}
        for agent, seq in latest.items():
            if self._asker(agent) is not None:
                body = OffersAre(offers=shown.offers(self._rows, agent))
                yield Told(subjects.news_agent(agent), seq, body)

    # --- to whom -------------------------------------------------------------------------------

    def _allowed(self, contact: int, concerned: set[str]) -> set[str]:
        """Those concerned and those who have the thread open, as far as they may see it."""
        agents = concerned | self._watchers.get(contact, set())
        return {agent for agent in agents if self._may(agent, contact)}

    def _may(self, agent: str, contact: int) -> bool:
        if (agent, contact) not in self._sees:
            asker = self._asker(agent)
            self._sees[agent, contact] = asker is not None and sight.sees(
                self._rows, asker, contact
            )
        return self._sees[agent, contact]

    def _asker(self, agent: str) -> Asker | None:
        if agent not in self._askers:
            try:
                self._askers[agent] = asker_of(self._rows, agent, Ask)
            except Refused:
                self._askers[agent] = None
        return self._askers[agent]


def _to_teams(rows: Sequence[Row], of: Mapping[int, list[Change]]) -> Iterator[Told]:
    """Each team hears at once of all its conversations that changed, or that left it."""
    told: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for team in {row.team} | {change.team for change in of[row.id] if change.team}:
            told[team].append(row)
    for team, found in told.items():
        found.sort(key=lambda row: of[row.id][-1].seq)
        for start in range(0, len(found), TOGETHER):
            some = found[start : start + TOGETHER]
            body = ConversationsMoved(moved=tuple(map(_moved, some)))
            yield Told(subjects.news_team(team), of[some[-1].id][-1].seq, body)


def _moved(row: Row) -> Moved:
    return Moved(conversation=row.id, contact=row.contact, version=row.version,
                 status=row.status, owner=row.owner)  # fmt: skip


def _json(ids: Iterable[int]) -> str:
    return codec.encode(list(ids)).decode()
