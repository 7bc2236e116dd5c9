"""What time does: snoozes end, silent agents are gone, and their unanswered work comes back."""

from dataclasses import replace

import pytest

from router.core.need import Need, Waiting
from router.handling import conversations
from router.lane import Work
from router.timers import Timers
from tests.router.desk import TestDesk

pytestmark = pytest.mark.contract


async def _tick(desk: TestDesk, *silent: str) -> None:
    timers = Timers(desk.lane, desk.policy, lambda: silent)
    await desk.do(lambda work: timers._tick(work, silent))


async def test_a_snooze_ends_with_its_owner(desk: TestDesk) -> None:
    await desk.agent("ana")
    await desk.mail("1")

    def snooze(work: Work) -> None:
        conversations.put_away(work, conversations.load(work, 1), "snoozed", status="snoozed",
                               snoozed_until=2_000.0)  # fmt: skip

    await desk.do(snooze)
    await _tick(desk)
    assert await desk.one("SELECT status FROM conversations") == "snoozed"
    desk.clock = 2_000.0
    await _tick(desk)
    assert await desk.rows("SELECT status, owner FROM conversations") == [("assigned", "ana")]


async def test_a_snooze_of_somebody_who_left_ends_in_the_queue(desk: TestDesk) -> None:
    await desk.agent("ana")
    await desk.mail("1")

    def snooze(work: Work) -> None:
        conversations.put_away(work, conversations.load(work, 1), "snoozed", status="snoozed",
                               snoozed_until=2_000.0)  # fmt: skip
        work.desk.put_agent(replace(work.desk.agents["ana"], enabled=False))

    await desk.do(snooze)
    desk.clock = 2_000.0
    await _tick(desk)
    assert await desk.rows("SELECT status, owner FROM conversations") == [("waiting", "")]


async def test_a_silent_agent_is_offline_and_gets_nothing_new(desk: TestDesk) -> None:
    await desk.agent("ana")
    await _tick(desk, "ana")
    await desk.mail("1")
    assert await desk.one("SELECT presence FROM agents") == "offline"
    assert await desk.one("SELECT status FROM conversations") == "waiting"


async def test_unanswered_work_of_the_gone_returns_with_its_place(desk: TestDesk) -> None:
    await desk.agent("ana", idle_since=1.0)
    await desk.mail("1")
    key = await desk.one("SELECT order_key FROM conversations")
    await desk.agent("bo")
    await _tick(desk, "ana")
    desk.clock += desk.policy.return_after - 1
    await _tick(desk)
    assert await desk.one("SELECT owner FROM conversations") == "ana"
    desk.clock += 2
    await _tick(desk)
    assert await desk.rows("SELECT owner, order_key FROM conversations") == [("bo", key)]
    assert desk.desk.load_of("ana").units == 0
    assert await desk.one("SELECT load FROM agents WHERE id = 'ana'") == 0


async def test_an_empty_tick_writes_nothing(desk: TestDesk) -> None:
    await desk.mail("1")
    before = await desk.one("SELECT count(*) FROM events")
    decisions = await desk.one("SELECT count(*) FROM decisions")
    await _tick(desk)
    assert await desk.one("SELECT count(*) FROM events") == before
    assert await desk.one("SELECT count(*) FROM decisions") == decisions


async def test_the_first_look_gives_out_as_much_as_it_can(desk: TestDesk) -> None:
    """By rank ana, who can do both, would get the first, and nobody could do the second."""
    await desk.agent("ana")
    await desk.agent("bo")
    timers = Timers(desk.lane, desk.policy, lambda: ())

    def backlog(work: Work) -> set[str]:
        for name, skills in (("ana", {"x": 1, "y": 1}), ("bo", {"x": 1})):
            known = work.desk.agents[name]
            idle_since = 0.0 if name == "ana" else 1.0
            work.desk.put_agent(replace(known, skills=skills, capacity=1, idle_since=idle_since))
        for number, skill in ((1, "x"), (2, "y")):
            row = conversations.load(work, number)
            need = Need(row.team, row.kind, ((skill, 1),))
            work.desk.wait(Waiting(number, need, float(number)))
        timers._tick(work, ())
        return {f"{number} {held.agent}" for number, held in work.desk.held.items()}

    await desk.mail("1")
    await desk.mail("2", sender="jan@b.example")
    assert await desk.do(backlog) == {"1 bo", "2 ana"}
