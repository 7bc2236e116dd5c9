"""What a replay reads: where conversations stood, what rules know of them, who was there."""

import pytest

from router.doors import history
from tests.router.doors.office import Office
from wire.desk_client import Refused
from wire.messages.history import History
from wire.messages.verbs import ReadHistory, Reply, Resolve, SetPresence

pytestmark = pytest.mark.contract


async def whole(office: Office, agent: str) -> list[History]:
    pages, after = [], ""
    while True:
        page = await office.ask(agent, ReadHistory(since=0.0, until=9e9, after=after))
        pages.append(page)
        after = page.next
        if not after:
            return pages


@pytest.fixture
async def office(office: Office) -> Office:
    """One mail waits 50 s, is answered 30 s later and done after 20 more."""
    desk = office.desk
    await desk.agent("boss", role="admin", presence="away")
    await desk.mail("1", "Where is my parcel?", subject="Parcel")
    desk.clock += 50.0
    await desk.agent("ana")
    desk.clock += 30.0
    await office.ask("ana", Reply(conversation=1, text="Here.", anyway=True))
    desk.clock += 20.0
    await office.ask("ana", Resolve(conversation=1))
    await office.ask("ana", SetPresence(presence="break"))
    return office


async def test_each_stay_of_a_conversation_is_told_with_its_times(office: Office) -> None:
    passages = [row for page in await whole(office, "boss") for row in page.passages]
    assert [(row.at, row.status, row.owner, row.replied) for row in passages] == [
        (1_000.0, "waiting", "", None),
        (1_050.0, "assigned", "ana", 1_080.0),
        (1_100.0, "resolved", "ana", None),
    ]


async def test_who_was_there_is_told(office: Office) -> None:
    presences = [row for page in await whole(office, "boss") for row in page.presences]
    assert (1_100.0, "ana", "break") in [(row.at, row.agent, row.presence) for row in presences]


async def test_words_are_told_to_admins_only(office: Office) -> None:
    await office.desk.agent("lea", role="lead", presence="away")
    [told] = (await office.ask("boss", ReadHistory(since=0.0, until=9e9))).conversations
    [kept] = (await office.ask("lea", ReadHistory(since=0.0, until=9e9))).conversations
    assert (told.subject, told.text, told.sender) == (
        "Parcel", "Where is my parcel?", "olga@kvit.example")  # fmt: skip
    assert (kept.subject, kept.text, kept.kind) == ("", "", "email")


async def test_pages_join_without_a_gap(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    once = [row for page in await whole(office, "boss") for row in page.passages]
    monkeypatch.setattr(history, "ROWS", 1)
    assert [row for page in await whole(office, "boss") for row in page.passages] == once


@pytest.mark.parametrize("after", ["nowhere:1", "work:x", "work:" + "9" * 30])
async def test_a_place_that_does_not_exist_is_refused(office: Office, after: str) -> None:
    with pytest.raises(Refused, match="does not exist"):
        await office.ask("boss", ReadHistory(since=0.0, after=after))


async def test_agents_do_not_ask_it(office: Office) -> None:
    with pytest.raises(Refused, match="role lead"):
        await office.ask("ana", ReadHistory(since=0.0))
