"""A team that an agent helps: its work comes when their own has none, and they may see it."""

import pytest

from router.house import all_agents
from tests.router.doors.office import Office
from wire.messages.channel import MessageIn, Party
from wire.messages.verbs import Queue, SetAgent, SetPresence, Take, Who

pytestmark = pytest.mark.contract


@pytest.fixture
async def office(office: Office) -> Office:
    await office.desk.agent("root", role="admin", teams="[]", capacity=0)
    await office.desk.agent("sam", teams='["sales"]', capacity=1, presence="away")
    await office.desk.mail("1")  # older, of the team that sam may help
    return office


async def _helps(office: Office, *teams: str) -> None:
    await office.ask("root", SetAgent(agent="sam", secondary=teams))


async def test_whoever_helps_gets_work_when_their_own_team_has_none(office: Office) -> None:
    await office.ask("sam", SetPresence(presence="online"))
    assert (await office.ask("sam", Queue(view="mine"))).total == 0
    await _helps(office, "support")
    assert [row.id for row in (await office.ask("sam", Queue(view="mine"))).rows] == [1]


async def test_their_own_teams_work_comes_first_however_young_it_is(office: Office) -> None:
    await _helps(office, "support")
    jan = Party(address="jan@b.example")
    mail = MessageIn(id="2", remote=jan.address, sender=jan, at=2.0, text="hello")
    await office.desk.take(mail, account="offers")
    await office.ask("sam", SetPresence(presence="online"))
    rows = (await office.ask("sam", Queue(view="mine"))).rows
    assert [row.team for row in rows] == ["sales"]


async def test_they_see_and_hear_what_they_help(office: Office) -> None:
    assert (await office.ask("sam", Queue(view="waiting"))).total == 0
    await _helps(office, "support")
    assert (await office.ask("sam", Queue(view="waiting"))).total == 1
    await office.ask("sam", Take(conversation=1))
    sam = next(keys for keys in await all_agents(office.desk.store) if keys.agent == "sam")
    assert sam.teams == ("sales", "support")
    assert next(a for a in (await office.ask("sam", Who())).agents if a.id == "sam").secondary == (
        "support",)  # fmt: skip
