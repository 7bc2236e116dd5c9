"""Who waits is told where they stand: agents by a verb and in the list, customers on their page."""

import pytest

from router.attendance import Attendance
from router.forecasting import AGAIN, Forecasting
from tests.router.desk import TestDesk
from wire import codec
from wire.messages.capabilities import Capabilities
from wire.messages.channel import Cue, Signal

pytestmark = pytest.mark.contract


class Told:
    """What customers were told, and who is here."""

    def __init__(self, desk: TestDesk) -> None:
        self.cues: list[tuple[str, str, Cue]] = []
        self.attendance = Attendance()
        self.desk = desk
        self.forecasting = Forecasting(
            desk.desk, desk.store, self.attendance,
            lambda kind, account, cue: self.cues.append((kind, account, cue)), desk.lane.now,
        )  # fmt: skip

    async def look(self) -> list[tuple[str, int]]:
        """What is told after a look: to whom, and which place they have."""
        self.forecasting.look()
        return await self.tell()

    async def tell(self) -> list[tuple[str, int]]:
        """What is told by what was seen before."""
        self.cues.clear()
        await self.forecasting.tell_customers()
        return [(cue.remote, cue.standing.position) for *_, cue in self.cues if cue.standing]


async def announced(desk: TestDesk, *, standing: bool) -> None:
    can = Capabilities(kind="webchat", standing=standing)
    await desk.do(lambda work: work.tx.run(
        "announce_account", kind="webchat", account="site", address="", title="",
        capabilities=codec.encode(can).decode()))  # fmt: skip


@pytest.fixture
async def told(desk: TestDesk) -> Told:
    """Ana is full with one; two visitors wait and look at their page."""
    await desk.agent("ana", capacity=2)
    for number in range(3):
        await desk.chat(str(number), visitor=f"v{number}")
    made = Told(desk)
    for contact in (1, 2, 3):
        made.attendance.signal(contact, Signal(remote="", online=True))
    return made


async def test_who_waits_and_is_here_is_told_once_and_again_later(told: Told) -> None:
    await announced(told.desk, standing=True)
    assert await told.look() == [("v1", 1), ("v2", 2)]
    assert told.cues[0][:2] == ("webchat", "site")
    assert await told.tell() == []
    told.desk.clock += AGAIN
    assert await told.tell() == [("v1", 1), ("v2", 2)]


async def test_who_is_begun_hears_that_they_wait_no_more(told: Told) -> None:
    await announced(told.desk, standing=True)
    await told.look()
    await told.desk.agent("bob", capacity=2)
    assert sorted(await told.look()) == [("v1", 0), ("v2", 1)]


async def test_a_channel_that_cannot_show_it_is_told_nothing(told: Told) -> None:
    await announced(told.desk, standing=False)
    assert await told.look() == []


async def test_who_is_gone_is_told_nothing(told: Told) -> None:
    await announced(told.desk, standing=True)
    told.attendance.signal(2, Signal(remote="", online=False))
    assert await told.look() == [("v2", 2)]


async def test_an_agent_is_told_of_each_and_of_each_team(told: Told) -> None:
    told.forecasting.look()
    second = told.forecasting.standing(3)
    assert second is not None
    assert (second.position, second.seconds is not None) == (2, True)
    assert told.forecasting.standing(1) is None
    assert told.forecasting.teams == {"support": second}


async def test_a_router_that_starts_knows_how_fast_work_ended(told: Told) -> None:
    """Ana's first chat took an hour so far, and nothing has ended: slower than anybody thought."""
    told.desk.clock += 3_600.0
    told.forecasting.look()
    before = told.forecasting.standing(2)
    await told.forecasting._learn()
    told.forecasting.look()
    after = told.forecasting.standing(2)
    assert before is not None
    assert after is not None
    assert (after.seconds or 0.0) > 2 * (before.seconds or 0.0) > 0.0
