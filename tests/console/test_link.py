"""The line to the desk: gaps, forgeries, silence, and what the agent sees of it."""

import msgspec
import pytest

from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.scene import scene
from wire import codec
from wire.messages import news
from wire.messages.desk import ConversationRow
from wire.messages.verbs import Hello, Ok, Queue, Since, Who

pytestmark = pytest.mark.program


async def test_news_change_the_list_without_a_key(desk: TwinDesk, console: Opening) -> None:
    async with console() as hands:
        await hands.sees("Nothing waits for you.")
        row = desk.conversation("Jan Kowalski")
        await desk.writes(row, "Is the blue one back?")
        await hands.sees("Is the blue one back?")


async def test_a_gap_in_the_news_is_noticed_and_filled(desk: TwinDesk, console: Opening) -> None:
    chat = scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        row = desk.rows[110]
        desk.rows[110] = _renamed(row, "Jan Nowak")
        desk._changed("conversation", conversation=110, contact=row.contact)
        await desk.tell(news.ConversationIs(row=desk.rows[110]), lost=True)
        await desk.becomes(chat.id, priority=3)
        await hands.sees("Jan Nowak")
        assert desk.asks(Since)


async def test_a_heartbeat_shows_a_gap_at_the_end_of_the_news(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        await desk.becomes(104, priority=3)
        desk.rows[110] = _renamed(desk.rows[110], "Jan Nowak")
        desk._changed("conversation", conversation=110, contact=desk.rows[110].contact)
        await desk.tell(news.ConversationIs(row=desk.rows[110]), lost=True)
        await desk.beat()
        await hands.sees("Jan Nowak")


async def test_a_gap_that_swallowed_who_is_here_is_filled_too(
    desk: TwinDesk, console: Opening
) -> None:
    chat = scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        desk._changed("presence")
        await desk.tell(news.PresenceIs(agent="bo", presence="away", at=desk.now), lost=True)
        await desk.becomes(chat.id, priority=3)
        await hands.until(lambda: bool(desk.asks(Who)), "the colleagues asked for anew")


async def test_what_is_not_news_is_dropped(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        forged = desk.rows[104]
        await desk.raw(codec.encode(Ok(body=msgspec.Raw(codec.encode(_renamed(forged, "FORGED"))))))
        await desk.raw(codec.encode(news.ConversationIs(row=_renamed(forged, "FORGED"))))
        await desk.raw(b"\xff{not json")
        await desk.becomes(110, contact_name="Jan Nowak")
        await hands.sees("Jan Nowak")
        assert "FORGED" not in hands.text()


async def test_team_news_carry_ids_only_and_the_row_is_asked_for(
    desk: TwinDesk, console: Opening
) -> None:
    row = desk.conversation("Jan Kowalski", status="waiting", owner="")
    async with console() as hands:
        await hands.press("v", "w")
        await hands.sees("Jan Kowalski")
        desk.rows[row.id] = _renamed(row, "Jan Nowak")
        moved = news.Moved(conversation=row.id, contact=row.contact, version=2, status="waiting")
        await desk.tell(news.ConversationsMoved(moved=(moved,)), subject="news.team.support")
        await hands.sees("Jan Nowak")


async def test_a_link_that_is_down_is_said_and_fresh_pages_come_when_it_is_up(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "r")
        await hands.types("half")
        desk.last.connected = False
        await hands.sees("the link is down")
        await hands.sees("half")
        desk.rows[110] = _renamed(desk.rows[110], "Jan Nowak")
        before = len(desk.asks(Queue))
        desk.last.connected = True
        await hands.sees("Jan Nowak")
        assert len(desk.asks(Queue)) > before
        assert hands.draft is not None
        assert hands.draft.text == "half"


async def test_a_desk_that_falls_silent_counts_as_down(desk: TwinDesk, console: Opening) -> None:
    async with console() as hands:
        await hands.until(lambda: hands.app.view.ready)
        desk.now += 60
        await hands.until(lambda: len(desk.asks(Queue)) >= 2)  # it called again


async def test_another_epoch_begins_anew(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        desk.epoch = 2
        desk.rows = {110: _renamed(desk.rows[110], "Jan Nowak", version=1)}
        await desk.beat()
        await hands.sees("Jan Nowak")
        await hands.sees_no_more("Olga Petrenko")


async def test_the_heartbeat_says_where_its_agent_is(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "r")
        await hands.types("He")
        await hands.until(lambda: getattr(desk, "standing", None) is not None)
        await hands.until(
            lambda: (desk.standing.conversation, desk.standing.writing) == (104, True)
        )


async def test_two_consoles_of_one_agent_stay_in_step(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("Any news about my refund")
        # The other console answers: the desk tells both.
        message = desk.message(desk.rows[104], "From my other console", by="agent", state="sent")
        await desk.tell(news.MessageIs(row=message))
        await desk.tell(news.PresenceIs(agent="ana", presence="busy", at=desk.now))
        await hands.sees("From my other console")
        await hands.sees("busy")


def _renamed(row: ConversationRow, name: str, *, version: int = 0) -> ConversationRow:
    return msgspec.structs.replace(row, contact_name=name, version=version or row.version + 1)


async def test_with_other_teams_everything_is_fetched_anew(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        before = len(desk.asks(Hello))
        desk.rows.pop(110)
        desk.me = msgspec.structs.replace(desk.me, teams=("sales",))
        await desk.tell(news.AgentIs(row=desk.me))
        await hands.sees_no_more("Jan Kowalski")
        assert len(desk.asks(Hello)) == before + 1
