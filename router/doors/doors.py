"""The doors that agents knock at: everything that answers `rpc.<agent>.<verb>`.

A question is read from what is committed; a command goes through the lane. Whoever asks is who the
server says, and what they may see is checked in SQL each time.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import apsw
import msgspec

from router.access.audit import Looks
from router.access.passwords import hash_password
from router.attendance import Attendance
from router.blobs import Blobs
from router.doors import (
    auditing,
    desk,
    entering,
    files,
    finding,
    handing,
    history,
    house,
    knowing,
    ledger,
    lists,
    merging,
    moving,
    offering,
    operating,
    outbox,
    placing,
    rulebooks,
    saying,
    sight,
    threads,
    why,
)
from router.doors.asker import Asker, Doing, Reading, Refused, asker_of
from router.doors.commands import Command, answered, deciding
from router.doors.desk import DeskReads, Live
from router.doors.rate import Rate
from router.handling.contacts import replaced
from router.lane import Lane, ReadOnly
from router.nats.trouble import BusTrouble
from router.operating.vitals import Vitals
from router.policy import Policy
from router.reconciling import Reconciling
from router.ruling import rerouting
from router.search.index import SearchIndex
from router.store.sql import Rows
from router.store.store import Store
from wire import codec, subjects
from wire.bus import MAX_PAYLOAD, Bus, Request, Stop
from wire.codec import Malformed
from wire.marks import passing
from wire.messages import verbs
from wire.messages.base import Said, say
from wire.messages.channel import Standing
from wire.messages.verbs import VERBS, Ask, Call, Done, Heartbeat, Login, No

T = TypeVar("T")
log = logging.getLogger("cordboard.doors")

GROUP = "router"
# Headers and the tag around an answer.
ROOM = 16_384


@dataclass(frozen=True, slots=True)
class Asked:
    """What came with a verb: a command's key, and from which host."""

    key: str
    host: str


# (subject, user) → the agent who asks, or None; `subjects.DOOR` for nobody yet.
Asking = Callable[[str, str], str | None]
Handler = Callable[[str, Any, Asked], Awaitable[Any]]


class Telling(Protocol):
    """Who is told what agents do; the announcer is one."""

    def colleague(self, agent: str, conversation: int, contact: int, *, writing: bool) -> None:
        """An agent looks at a conversation, or writes in it."""

    def typing(self, row: Any, author: str, *, writing: bool) -> None:
        """The owner of a conversation writes to its customer, or stopped."""


async def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Around:
    """What the doors need besides lane, store and bus. Each has a twin that does nothing."""

    live: Live
    asking: Asking
    telling: Telling
    blobs: Blobs | None = None
    search: SearchIndex | None = None
    # Called after agents, their teams or their keys changed: the bus lets in who is let in now.
    admit: Callable[[], Awaitable[None]] = _nothing
    # Public keys of our own programs: no agent may come with one.
    house_keys: Collection[str] = ()
    # Compares mailboxes with the ledger.
    reconciling: Reconciling | None = None
    # How the router does, for its operator.
    vitals: Vitals | None = None


def named_by_user(subject: str, user: str) -> str | None:
    """Where the user is the agent's id (a bus in memory)."""
    agent, _ = subjects.asker_of(subject)
    return agent if agent == user else None


class Doors:
    """Serves every agent on one connection."""

    def __init__(self, lane: Lane, store: Store, bus: Bus, policy: Policy, around: Around) -> None:
        self._lane = lane
        self._store = store
        self._bus = bus
        self._policy = policy
        self._around = around
        self._rate = Rate()
        self._reads = DeskReads(around.live)
        self._entrance = entering.Entrance(lane, store, around.house_keys)
        self._finding = finding.Finding(store, around.search)
        self.looks = Looks(lane, policy.audit_for)
        self._refreshing: set[asyncio.Task[None]] = set()
        self._handlers = self._table()

    async def serve(self) -> Stop:
        return await self._bus.serve(subjects.EVERY_RPC, self.answer, queue=GROUP)

    def _table(self) -> dict[str, Handler]:
        """One row a verb: a test walks it beside `VERBS`."""
        reads = self._reads
        read, command = self._reading, self._command
        return {
            "hello": self._hello,
            "queue": self._queue,
            "standing": self._standing,
            "rows": read(lists.rows_of),
            "timeline": self._timeline,
            "contact": self._contact,
            "find_contacts": self._find_contacts,
            "search": self._search,
            "why": self._why,
            "since": read(desk.since),
            "who": read(reads.who),
            "ledger": read(ledger.ledger),
            "ledger_item": self._ledger_item,
            "replay": command(ledger.replay),
            "reconcile": self._reconcile,
            "outbox": read(outbox.outbox),
            "history": read(history.history),
            "audit": self._audit,
            "consoles": read(auditing.consoles),
            "status": read(reads.status),
            "blob_get": self._blob_get,
            "blob_put": self._blob_put,
            "reply": command(saying.reply),
            "compose": command(saying.compose),
            "forward": command(saying.forward),
            "undo": command(saying.undo),
            "resend": command(saying.resend),
            "comment": command(saying.comment),
            "take": command(moving.take),
            "assign": command(moving.assign),
            "release": command(moving.release),
            "transfer": command(moving.transfer),
            "resolve": command(moving.resolve),
            "reopen": command(moving.reopen),
            "snooze": command(moving.snooze),
            "tag": command(moving.tag),
            "priority": command(moving.prioritise),
            "presence": self._presence,
            "own_limits": command(house.set_own_limits),
            "offers": read(offering.offers),
            "accept": command(offering.accept),
            "decline": command(offering.decline),
            "wrapped": command(offering.wrapped),
            "hand_over": command(handing.hand_over),
            "note": command(knowing.write_note),
            "contact_set": command(knowing.set_contact),
            "block": command(knowing.block),
            "link": command(knowing.link),
            "unlink": command(knowing.unlink),
            "move_plan": read(placing.plan),
            "move": command(placing.move),
            "move_back": command(placing.move_back),
            "merge_plan": read(merging.plan),
            "merge": command(merging.merge),
            "unmerge": command(merging.unmerge),
            "beat": self._beat,
            "agent_set": self._set_agent,
            "invite": self._invite,
            "team_set": self._set_team,
            "skill_set": command(house.set_skill),
            "problems": read(rulebooks.problems),
            "rulebook": read(rulebooks.show),
            "rulebook_load": self._load_rules,
            "canned_set": command(house.set_canned),
            "checkup": self._checkup,
            "snapshot": self._snapshot,
            "sending": command(operating.set_sending),
            "login": self._login,
            "logout": self._logout,
        }

    # --- one request ---------------------------------------------------------------------------

    async def answer(self, request: Request) -> bytes:
        """An answer or a refusal, always tagged; never the asker's bytes."""
        agent = self._around.asking(request.subject, request.user)
        if agent is None:
            return _no("forbidden", say("The desk does not know you by this key. Log in again."))
        if not self._rate.begin(agent, self._lane.steady()):
            return _no("busy", say("That is too much at once. Try again in a moment."))
        try:
            payload = await self._answered(agent, request)
        finally:
            self._rate.end(agent)
        if len(payload) > MAX_PAYLOAD - ROOM:
            return _no("too_large", say("The answer is larger than the bus carries."))
        return payload

    async def _answered(self, agent: str, request: Request) -> bytes:
        _, verb = subjects.asker_of(request.subject)
        try:
            ask, call = _read(agent, verb, request.payload)
            value = await self._handlers[verb](agent, ask, Asked(call.key, request.host))
        except Refused as refused:
            return codec.encode(refused.no)
        except ReadOnly as error:
            return _no("read_only", say("The desk cannot write now: {reason}", reason=str(error)))
        except BusTrouble as error:
            return _no("not_active", error.said)
        except apsw.InterruptError:
            return _no("late", say("That took too long. Ask for less."))
        except OverflowError:  # a number that the database has no room for
            reason = "a number in it is too large"
            return _no("invalid", say("The request could not be read: {reason}", reason=reason))
        except Exception:  # one bad question must not silence the door; the log has what it was
            log.exception("%s could not be answered", request.subject)
            return _no("invalid", say("The desk failed at this. Its log says why."))
        return value if isinstance(value, bytes) else answered(value)

    # --- questions -----------------------------------------------------------------------------

    async def _read(self, agent: str, ask: Ask, reading: Callable[[Reading, Any], Any]) -> Any:
        return await self._store.read(
            lambda rows: reading(
                Reading(
                    rows,
                    asker_of(rows, agent, type(ask)),
                    self._lane.now(),
                    self._policy,
                    self._lane.shelf.book,
                ),
                ask,
            )
        )

    def _reading(self, reading: Callable[[Reading, Any], Any]) -> Handler:
        async def handle(agent: str, ask: Ask, asked: Asked) -> Any:
            return await self._read(agent, ask, reading)

        return handle

    async def _queue(self, agent: str, ask: verbs.Queue, asked: Asked) -> Any:
        page = await self._read(agent, ask, lists.queue)
        told = ((row.id, self._around.live.standing(row.id)) for row in page.rows
                if row.status == "waiting")  # fmt: skip
        return replaced(page, standings={row: one for row, one in told if one is not None})

    async def _standing(self, agent: str, ask: verbs.StandingOf, asked: Asked) -> Any:
        await self._read(agent, ask, lambda read, a: sight.conversation(read, a.conversation))
        return self._around.live.standing(ask.conversation) or Standing()

    async def _hello(self, agent: str, ask: verbs.Hello, asked: Asked) -> Any:
        welcome = await self._read(agent, ask, self._reads.hello)
        self._attendance.heard(agent, self._lane.steady())  # news may begin before the first beat
        return welcome

    async def _timeline(self, agent: str, ask: verbs.Timeline, asked: Asked) -> Any:
        page = await self._read(agent, ask, threads.timeline)
        self.looks.saw(agent, "opened", contact=ask.contact)
        if ask.watch:
            self._attendance.heard(agent, self._lane.steady())
            self._attendance.watch(agent, ask.contact)
        return page

    async def _contact(self, agent: str, ask: verbs.Contact, asked: Asked) -> Any:
        card = await self._read(agent, ask, threads.contact)
        self.looks.saw(agent, "opened", contact=ask.contact)
        return replaced(card, online=self._attendance.online(ask.contact))

    async def _why(self, agent: str, ask: verbs.WhyIs, asked: Asked) -> Any:
        """What waits is looked at in the lane, which writes nothing for it."""
        current = None
        if await self._read(agent, ask, why.waits):
            with contextlib.suppress(ReadOnly):
                current = await self._lane.submit(lambda work: why.now(work, ask))
        return await self._read(agent, ask, lambda read, a: why.why(read, a, current))

    async def _find_contacts(self, agent: str, ask: verbs.FindContacts, asked: Asked) -> Any:
        named = await self._finding.named(ask.words)
        found = await self._read(agent, ask, lambda read, a: finding.contacts(read, a, named))
        self.looks.saw(agent, "searched", detail=ask.words)
        return found

    async def _search(self, agent: str, ask: verbs.Search, asked: Asked) -> Any:
        def asking(rows: Rows) -> Asker:
            return asker_of(rows, agent, verbs.Search)

        hits = await self._finding.search(asking, ask)
        self.looks.saw(agent, "searched", detail=ask.query)
        return hits

    async def _audit(self, agent: str, ask: verbs.ReadAudit, asked: Asked) -> Any:
        """What was looked at until now stands in it."""
        await self._read(agent, ask, lambda read, a: None)
        self.looks.saw(agent, "audit", detail=auditing.said(ask))
        await self.looks.flush()
        return await self._read(agent, ask, auditing.read)

    async def _blob_get(self, agent: str, ask: verbs.BlobGet, asked: Asked) -> Any:
        contact = await self._read(agent, ask, files.contact_of)
        if ask.offset == 0:
            self.looks.saw(agent, "downloaded", contact=contact, detail=ask.sha256)
        return await files.piece(self._blobs, ask)

    async def _blob_put(self, agent: str, ask: verbs.BlobPut, asked: Asked) -> Any:
        await self._read(agent, ask, lambda read, a: None)
        return await files.put(self._blobs, agent, ask)

    async def _beat(self, agent: str, ask: Heartbeat, asked: Asked) -> Done:
        """Being here, and for colleagues and the customer, where one looks and writes."""
        row, author = await self._read(agent, ask, _looked_at)
        looks = ask.conversation if row is not None else 0
        now = self._lane.steady()
        stopped = self._attendance.beat(agent, ask.console[:40], looks, ask.writing, now)
        if row is not None:
            self._around.telling.colleague(agent, row.id, row.contact, writing=ask.writing)
            if row.owner == agent and (ask.writing or stopped == row.id):
                self._around.telling.typing(row, author, writing=ask.writing)
        return Done()

    async def _ledger_item(self, agent: str, ask: verbs.ReadItem, asked: Asked) -> Any:
        found, raw = await self._read(agent, ask, ledger.item)
        blobs = self._around.blobs
        return found if blobs is None else await ledger.with_raw(blobs, found, raw)

    async def _reconcile(self, agent: str, ask: verbs.Reconcile, asked: Asked) -> Any:
        kind = await self._read(agent, ask, ledger.kind_of)
        if self._around.reconciling is None:
            raise Refused("not_active", say("This desk asks no mailboxes."))
        return await self._around.reconciling.compare(kind, ask)

    # --- commands ------------------------------------------------------------------------------

    async def _do(self, agent: str, ask: Ask, asked: Asked, command: Command) -> bytes:
        decide = deciding(command, ask, agent=agent, key=asked.key, policy=self._policy)
        answer = await self._lane.submit(decide)
        passing("command.committed", ask.verb)
        return answer

    def _command(self, command: Command) -> Handler:
        async def handle(agent: str, ask: Ask, asked: Asked) -> bytes:
            return await self._do(agent, ask, asked, command)

        return handle

    async def _presence(self, agent: str, ask: verbs.SetPresence, asked: Asked) -> bytes:
        answer = await self._do(agent, ask, asked, house.set_presence)
        if ask.presence != "offline":
            self._attendance.heard(agent, self._lane.steady())
        return answer

    async def _set_agent(self, agent: str, ask: verbs.SetAgent, asked: Asked) -> bytes:
        """The password is hashed before the lane, which waits for nobody."""
        await self._read(agent, ask, lambda read, a: None)
        house.check_password(ask)
        password = None if ask.password is None else await hash_password(ask.password)

        def command(doing: Doing, ask: verbs.SetAgent) -> Done:
            return house.set_agent(doing, ask, password)

        answer = await self._do(agent, ask, asked, command)
        self._refresh()
        return answer

    async def _set_team(self, agent: str, ask: verbs.SetTeam, asked: Asked) -> bytes:
        """Leads and admins hear every team, the new one too."""
        answer = await self._do(agent, ask, asked, house.set_team)
        self._refresh()
        return answer

    async def _invite(self, agent: str, ask: verbs.Invite, asked: Asked) -> bytes:
        chance = secrets.token_bytes(16)
        return await self._do(agent, ask, asked, lambda doing, a: house.invite(doing, a, chance))

    async def _checkup(self, agent: str, ask: verbs.CheckUp, asked: Asked) -> Any:
        await self._read(agent, ask, lambda read, a: None)
        return await operating.checkup(self._around.vitals)

    async def _snapshot(self, agent: str, ask: verbs.MakeSnapshot, asked: Asked) -> Any:
        await self._read(agent, ask, lambda read, a: None)
        return await operating.snapshot(self._around.vitals)

    async def _login(self, agent: str, ask: Login, asked: Asked) -> Done:
        """The answer comes when the bus lets the key in."""
        done = await self._entrance.login(ask, asked.host)
        await self._around.admit()
        return done

    async def _logout(self, agent: str, ask: verbs.Logout, asked: Asked) -> bytes:
        answer = await self._do(agent, ask, asked, entering.logout)
        self._refresh()
        return answer

    async def _load_rules(self, agent: str, ask: verbs.RulebookLoad, asked: Asked) -> bytes:
        answer = await self._do(agent, ask, asked, rulebooks.load)
        if not ask.dry:
            self._behind(self._reroute(), "reroute")
        return answer

    async def _reroute(self) -> None:
        """What is open is decided anew, some at a time: whoever writes meanwhile does not wait."""
        ids = await self._lane.submit(rerouting.open_ones)
        for place in range(0, len(ids), rerouting.TOGETHER):
            together = ids[place : place + rerouting.TOGETHER]
            await self._lane.submit(rerouting.some(together, self._policy))

    def _behind(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Behind the answer."""
        task = asyncio.create_task(work, name=name)
        self._refreshing.add(task)
        task.add_done_callback(self._refreshing.discard)

    def _refresh(self) -> None:
        """Behind the answer: it may cut the asker's own connection."""
        self._behind(self._admitted(), "admit")

    async def _admitted(self) -> None:
        try:
            await self._around.admit()
        except BusTrouble as trouble:
            log.error("%s", trouble)

    @property
    def _attendance(self) -> Attendance:
        return self._around.live.attendance

    @property
    def _blobs(self) -> Blobs:
        if self._around.blobs is None:
            raise Refused("not_active", say("This desk keeps no files."))
        return self._around.blobs


def _read(agent: str, verb: str, payload: bytes) -> tuple[Any, Call]:
    """The verb's struct and its envelope. Raises Refused."""
    kind = VERBS.get(verb)
    if kind is None:
        raise Refused("invalid", say("The desk knows no {verb}.", verb=verb[:40]))
    if agent == subjects.DOOR and kind is not Login:
        raise Refused("forbidden", say("Log in first."))
    call = _decoded(payload, Call)
    return _decoded(call.body, kind), call


def _decoded(payload: bytes | msgspec.Raw, kind: type[T]) -> T:
    value = codec.decode(payload, kind)
    if isinstance(value, Malformed):
        said = say("The request could not be read: {reason}", reason=value.reason)
        raise Refused("invalid", said)
    return value


def _looked_at(read: Reading, ask: Heartbeat) -> tuple[Any, str]:
    """The conversation that a beat names if its agent may see it, and the agent's name."""
    row = read.rows.one("conversation", id=ask.conversation) if ask.conversation else None
    seen = row is not None and sight.sees(read.rows, read.asker, row.contact)
    return row if seen else None, read.asker.name


def _no(code: str, said: Said) -> bytes:
    return codec.encode(No(code=code, said=said))
