"""Reply targets in the real lane: the table's cases, alarms and their news, work passed on."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.core.targets import clock as clocking
from router.core.targets.calendar import worked
from router.core.targets.choosing import chosen
from router.doors import shown as shown_row
from router.handling import clocks, conversations, merging, messages, moves, retargeting
from router.lane import Work
from router.ruling import rerouting
from router.ruling.loading import put_in_force
from router.store.store import InlineStore
from router.timers import Timers
from tests.router.core.targets.golden import Step, cases, shown, steps, table
from tests.router.desk import POLICY, TestDesk, running
from tests.router.doors.office import opened
from wire.messages.channel import IdentityIn, Outbound, Party
from wire.messages.news import News, Notice
from wire.messages.verbs import SetContact, WhyIs
from wire.settings import Account
from wire.subjects import news_agent

pytestmark = pytest.mark.contract

RANG = {
    "target_near": "warned", "target_passed": "late", "let_pass": "passed on",
    "resolution_near": "resolution warned", "resolution_passed": "resolution late",
}  # fmt: skip


def _desk(team: str) -> AbstractAsyncContextManager[TestDesk]:
    accounts = {
        "support": Account(kind="email", team=team), "site": Account(kind="webchat", team=team)
    }  # fmt: skip
    store = InlineStore()
    return running(store, store.epoch, replace(POLICY, accounts=accounts))


class Player:
    """The steps of a case, each done as the desk does it; `at` is the conversation that counts."""

    def __init__(self, desk: TestDesk) -> None:
        self._desk = desk
        self._mails = 0
        self.at = 0
        self.other = 0
        self.rang: list[str] = []

    async def take(self, step: Step) -> None:
        self._desk.clock = step.at
        await getattr(self, step.what)(*step.rest.split())

    async def _change(self, **changes: Any) -> None:
        await self._desk.do(lambda work: conversations.save(work, self._row(work), "x", **changes))

    def _row(self, work: Work) -> Any:
        return conversations.load(work, self.at)

    async def _write(self, kind: str, *machine: str, sender: str = "olga@kvit.example") -> int:
        self._mails += 1
        number = f"{self._mails}"
        if kind == "webchat":
            known = await self._desk.chat(number, visitor=sender)
        else:
            known = await self._desk.mail(number, number, sender=sender, proved=self.at,
                                          automatic=bool(machine))  # fmt: skip
        return int(known.conversation)

    async def wrote(self, kind: str, *machine: str) -> None:
        if self.at and kind == "email":  # their mail after a chat: we know that it is they
            who = IdentityIn(
                id=f"i{self._mails}", remote="olga@kvit.example", at=1.0, other_kind="email",
                sender=Party(address="olga@kvit.example"),
                other=Party(address="olga@kvit.example", verified=True, evidence="login"),
            )  # fmt: skip
            await self._desk.take(who, kind="webchat", account="site")
        conversation = await self._write(kind, *machine)
        assert conversation == (self.at or conversation)
        self.at = conversation

    async def elsewhere(self, kind: str) -> None:
        self.other = await self._write(kind, sender="ihor@else.example")

    async def answered(self) -> None:
        def job(work: Work) -> None:
            row = self._row(work)
            if row.status != "assigned":
                row = conversations.give(work, row, "ana")
            out = Outbound(id="", epoch=0, remote=row.remote, text="Yes", at=work.now,
                           conversation=row.id, author="Ana")  # fmt: skip
            messages.add_outbound(work, row, out, "ana", 10.0)

        await self._desk.do(job)

    async def undone(self) -> None:
        def job(work: Work) -> None:
            ours = [row for row in _messages(work, self.at, "agent") if row.state != "cancelled"]
            if ours:
                messages.change(work, ours[-1], state="cancelled")
            row = self._row(work)
            conversations.save(work, row, "message", **messages.recounted(work, row))

        await self._desk.do(job)

    async def resolved(self) -> None:
        await self._desk.do(lambda work: conversations.resolve(work, self._row(work)))

    async def snoozed(self) -> None:
        await self._desk.do(lambda work: conversations.put_away(
            work, self._row(work), "snoozed", status="snoozed", snoozed_until=9e11))  # fmt: skip

    async def woke(self) -> None:
        await self._desk.do(
            lambda work: conversations.queue(work, self._row(work), "woke", self._desk.policy)
        )

    async def team(self, team: str) -> None:
        await self._change(team=team)

    async def priority(self, name: str) -> None:
        await self._change(priority=("low", "normal", "high", "urgent").index(name))

    async def segment(self, *names: str) -> None:
        def job(work: Work) -> None:
            contact = self._row(work).contact
            work.tx._connection.execute(
                "UPDATE contacts SET tags = ? WHERE id = ?", (messages.as_json(names), contact)
            )
            retargeting.retarget(work, contact)

        await self._desk.do(job)

    async def merged(self, *names: str) -> None:
        await self._write("email", sender="vera@else.example")

        def job(work: Work) -> None:
            gone = self._row(work).contact
            work.tx._connection.execute(
                "UPDATE contacts SET tags = ? WHERE id <> ?", (messages.as_json(names), gone)
            )
            rows = work.tx.one("contact", id=gone + 1), work.tx.one("contact", id=gone)
            merging.merge(work, *rows, merging.values(work.tx, rows[0]), agent="ana",
                          policy=self._desk.policy)  # fmt: skip

        await self._desk.do(job)

    async def reloaded(self) -> None:
        await self._desk.do(lambda work: put_in_force(work, table()["reloaded"], "ana"))
        await self._desk.do(rerouting.some([self.at], self._desk.policy))

    async def moved(self, way: str) -> None:
        def job(work: Work) -> None:
            source = self._row(work) if way == "out" else conversations.load(work, self.other)
            for first in _messages(work, source.id, "customer")[:1]:
                self._move(work, first, source, None if way == "out" else self._row(work))

        await self._desk.do(job)

    async def answer(self, *moved_out: str) -> None:
        def job(work: Work) -> None:
            row = self._row(work)
            for first in _messages(work, row.id, "agent")[:1]:
                self._move(work, first, row, None)

        await self._desk.do(job)

    def _move(self, work: Work, message: Any, source: Any, target: Any) -> None:
        mover = moves.Mover(work, "ana", "Ana", self._desk.policy)
        contact = work.tx.one("contact", id=source.contact)
        new = target is None
        target = target or moves.opened(mover, message, contact, source)
        moves.message(mover, message, source, target, new=new)

    async def look(self) -> None:
        self._desk.changes.clear()
        await tick(self._desk)
        self.rang = [RANG[c.what] for c in self._desk.changes if c.what in RANG]


def _messages(work: Work, conversation: int, who: str) -> list[Any]:
    found = work.tx._connection.execute(
        "SELECT id FROM messages WHERE conversation = ? AND author_is = ? ORDER BY id",
        (conversation, who),
    )
    return [work.tx.one("message", id=number) for (number,) in list(found)]


async def tick(desk: TestDesk) -> None:
    timers = Timers(desk.lane, desk.policy, lambda: ())
    await desk.do(lambda work: timers._tick(work, ()))


@pytest.mark.parametrize("case", cases(lane=True), ids=lambda case: case["name"])
async def test_the_lane_does_as_the_table_says(case: Any) -> None:
    async with _desk(case.get("team", "support")) as desk:
        await desk.agent("ana", presence="away")
        await desk.do(lambda work: put_in_force(work, table()["routing"], "ana"))
        player = Player(desk)
        for step in steps(case):
            await player.take(step)
        due, warn, resolve, spent = (await desk.rows(
            "SELECT due, warn_at, resolve_due, spent FROM conversations WHERE id = :id",
            id=player.at))[0]  # fmt: skip
        found = {"due": shown(due, case), "warn": shown(warn, case), "spent": spent,
                 "resolve": shown(resolve, case), "rang": player.rang}  # fmt: skip
        assert {name: found[name] for name in found if name in case} == {
            name: case[name] for name in found if name in case
        }


# --- whatever happens ----------------------------------------------------------------------------

HOURS = """
[segments]
vip = "tag:vip"
[calendars.kyiv]
zone = "Europe/Kyiv"
hours = { mon-fri = ["09:00-13:00", "14:00-18:00"], sat = "10:00-12:00" }
[[targets]]
calendar = "kyiv"
first = 7200
next = 10800
resolution = 36000
[[targets]]
channel = "webchat"
first = 120
[[targets]]
segment = "vip"
first = 600
[[targets]]
priority = "urgent"
next = 900
[[targets]]
team = "careful"
pause_snoozed = true
[[targets]]
team = "always"
calendar = "always"
"""
# Just before the clocks of Kyiv change.
AUTUMN = 1_792_760_400.0
_STEPS = st.sampled_from((
    "wrote email", "wrote email", "wrote email by machine", "elsewhere email",
    "elsewhere webchat", "moved in", "moved out", "answered", "answered", "undone",
    "answer moved out", "resolved", "snoozed", "woke", "team careful", "team support",
    "team always", "priority urgent", "priority normal", "segment vip", "segment", "look",
))  # fmt: skip
_HISTORIES = st.lists(st.tuples(st.integers(1, 50_000), _STEPS), min_size=3, max_size=14)


@given(_HISTORIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_kept_step_by_step_is_what_follows_from_the_messages(
    history: list[tuple[int, str]],
) -> None:
    asyncio.run(_lives(history))


async def _lives(history: list[tuple[int, str]]) -> None:
    async with _desk("support") as desk:
        await desk.agent("ana", presence="away")
        await desk.do(lambda work: put_in_force(work, HOURS, "ana"))
        player, at = Player(desk), AUTUMN
        await player.take(Step(at, "wrote", "email"))
        stretches = Stretches()

        def noted(work: Work) -> None:
            stretches.note(work, player.at)

        for seconds, line in history:
            await desk.do(noted)
            at += seconds
            what, _, rest = line.partition(" ")
            if what == "moved" and rest == "in" and not player.other:
                continue
            await player.take(Step(at, what, rest))
            await desk.do(_agree)
        await desk.do(lambda work: stretches.note(work, player.at))
        await desk.do(lambda work: stretches.agree(work, player.at))


def _agree(work: Work) -> None:
    """Of every conversation: its row is as its messages and what else is known make it."""
    for (number,) in list(work.tx._connection.execute("SELECT id FROM conversations")):
        row = conversations.load(work, number)
        counted = row._replace(**messages.recounted(work, row))
        counted = counted._replace(last_text=row.last_text, last_by=row.last_by)
        assert clocks.timed(work, counted) == row, number
        assert (row.alarm_at is None) or row.status in ("waiting", "assigned")
        assert (row.due is not None) == (row.unanswered > 0)


@dataclass
class Stretches:
    """Business seconds that count until it is resolved, added up from what is seen of the row.

    A stretch is measured by the hours that are in force when it ends.
    """

    total: float = 0.0
    began: float | None = None

    def note(self, work: Work, number: int) -> None:
        row = conversations.load(work, number)
        hours = chosen(work.shelf.targets, clocks.asked(work, row)).calendar
        if _runs(row) and self.began is None:
            self.began = work.now
        elif not _runs(row) and self.began is not None:
            self.total += worked(hours, self.began, work.now)
            self.began = None

    def agree(self, work: Work, number: int) -> None:
        row = conversations.load(work, number)
        rule = chosen(work.shelf.targets, clocks.asked(work, row))
        running = worked(rule.calendar, self.began, work.now) if self.began is not None else 0.0
        assert clocking.spent(clocks.of(row), rule, work.now) == self.total + running


def _runs(row: Any) -> bool:
    waits = row.unanswered > 0 or not row.replied
    held = row.status == "snoozed" and row.team != "careful"
    return bool(waits and (row.status in ("waiting", "assigned") or held))


# --- alarms are told, and what passed goes on ----------------------------------------------------

PASSING_ON = """
[[targets]]
channel = "webchat"
first = 60
release = 30
"""


async def test_what_passes_its_target_goes_to_somebody_else_at_its_old_place() -> None:
    async with _desk("support") as desk, opened(desk) as office:
        await desk.do(lambda work: put_in_force(work, PASSING_ON, "ana"))
        await desk.agent("ana", idle_since=1.0)
        await desk.chat("1")
        key = await desk.one("SELECT order_key FROM conversations")
        await desk.agent("bo")
        ana, bo = await office.hears(news_agent("ana")), await office.hears(news_agent("bo"))
        for seconds in (45.0, 15.0, 29.0):
            desk.clock += seconds
            await tick(desk)
            await office.tell()
            assert await desk.one("SELECT owner FROM conversations") == "ana"
        desk.clock += 1.0
        await tick(desk)
        assert await desk.rows("SELECT owner, order_key FROM conversations") == [("bo", key)]
        await office.tell()
        assert _notices(ana) == [
            ("#1: three quarters of the time for a reply are gone", False),
            ("#1: the reply target is passed", True),
            ("#1 is offered to others: its reply target passed", False),
        ]
        assert _notices(bo) == [("#1 comes to you: ana let its reply target pass", True)]
        lines = await desk.rows("SELECT said FROM messages WHERE author_is = 'desk'")
        assert any("let the reply target pass" in said for (said,) in lines)
        desk.clock += 500.0
        await tick(desk)  # once; whoever has it now has it
        assert await desk.one("SELECT owner FROM conversations") == "bo"


async def test_nobody_else_is_there_so_it_stays_until_somebody_is() -> None:
    async with _desk("support") as desk:
        await desk.do(lambda work: put_in_force(work, PASSING_ON, "ana"))
        await desk.agent("ana")
        await desk.chat("1")
        desk.clock += 100.0
        await tick(desk)
        assert await desk.one("SELECT owner FROM conversations") == "ana"
        await desk.agent("bo")
        desk.clock += 59.0
        await tick(desk)
        assert await desk.one("SELECT owner FROM conversations") == "ana"
        desk.clock += 1.0
        await tick(desk)
        assert await desk.one("SELECT owner FROM conversations") == "bo"


async def test_without_a_rule_late_work_stays_where_it_is() -> None:
    async with _desk("support") as desk:
        await desk.agent("ana")
        await desk.chat("1")
        await desk.agent("bo")
        desk.clock += 86_400.0
        await tick(desk)
        assert await desk.one("SELECT owner FROM conversations") == "ana"


async def test_what_waits_and_is_late_is_told_to_the_leads_who_are_there() -> None:
    async with _desk("support") as desk, opened(desk) as office:
        await desk.agent("lea", role="lead", presence="away")
        await desk.agent("sam", role="lead", presence="away", teams='["sales"]')
        await desk.agent("ana", presence="away")
        heard = {name: await office.hears(news_agent(name)) for name in ("lea", "sam", "ana")}
        for name in heard:
            office.attendance.beat(name, "c", 0, False, desk.clock)
        await desk.chat("1")
        desk.clock += 50.0
        await tick(desk)
        desk.clock += 10.0
        await tick(desk)
        await office.tell()
        told = [(name, _notices(news)) for name, news in heard.items() if _notices(news)]
        assert told == [("lea", [("#1: the reply target is passed", True)])]


async def test_a_hundred_alarms_a_second_and_no_more_leave_room_for_others() -> None:
    async with _desk("support") as desk:
        for number in range(130):
            await desk.chat(f"{number}", visitor=f"v{number}")
        desk.clock += 60.0
        desk.changes.clear()
        await tick(desk)
        assert [change.what for change in desk.changes].count("target_passed") == 100
        await tick(desk)
        assert [change.what for change in desk.changes].count("target_passed") == 130
        await tick(desk)
        assert [change.what for change in desk.changes].count("target_passed") == 130


async def test_a_team_s_numbers_follow_its_targets() -> None:
    async with _desk("kyiv") as desk, opened(desk) as office:
        await desk.agent("lea", role="lead", presence="away", teams='["kyiv"]')
        await office.team("kyiv")
        await desk.do(lambda work: put_in_force(work, table()["routing"], "lea"))
        desk.clock = friday = 1_795_183_200.0  # 2026-11-20 16:00 in Kyiv
        await desk.mail("1")

        async def numbers() -> Any:
            read = desk.store.read
            row = await read(lambda rows: shown_row.team(rows, rows.one("team", id="kyiv"),
                                                         desk.clock))  # fmt: skip
            return row.late, row.worst_due

        due = friday + 67 * 3_600.0  # Monday, 11:00
        desk.clock = due - 1.0
        assert await numbers() == (0, due)
        desk.clock = due + 1.0
        assert await numbers() == (1, due)
        await desk.do(lambda work: conversations.resolve(work, conversations.load(work, 1)))
        assert await numbers() == (0, None)


def _notices(heard: list[News]) -> list[tuple[str, bool]]:
    return [(str(n.body.said), n.body.urgent) for n in heard if isinstance(n.body, Notice)]


async def test_a_tag_makes_a_customer_a_vip_at_once_and_why_says_so() -> None:
    async with _desk("support") as desk, opened(desk) as office:
        await desk.agent("lea", role="lead", presence="away")
        await desk.do(lambda work: put_in_force(work, table()["routing"], "lea"))
        await desk.mail("1")
        assert await desk.one("SELECT due - unanswered_since FROM conversations") == 14_400.0
        await office.ask("lea", SetContact(contact=1, add=("vip",)))
        assert await desk.one("SELECT due - unanswered_since FROM conversations") == 1_800.0
        why = await office.ask("lea", WhyIs(conversation=1))
        assert why.segments == ("vip",)
        assert str(why.targets[0]).startswith("first reply within 30m by email (segment:vip)")
        await office.ask("lea", SetContact(contact=1, remove=("vip",)))
        assert await desk.one("SELECT due - unanswered_since FROM conversations") == 14_400.0
