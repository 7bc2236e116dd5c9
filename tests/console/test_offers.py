"""What is offered is seen wherever one is, and taken or left with one key, typing or not."""

import pytest

from console.advancing.advance import advance
from console.events import Ticked
from console.flows.being import parse_limits
from console.lines import Line
from console.paint import head, naming
from console.view import View
from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.hands import Hands
from wire.messages import news
from wire.messages.base import say
from wire.messages.desk import AgentRow, ConversationRow, OfferRow
from wire.messages.verbs import Accept, Decline, HandOver, SetOwnLimits, SetPresence, Wrapped

pytestmark = pytest.mark.journey

ME = AgentRow(id="ana", name="Ana", presence="online")


def _offer(row: ConversationRow, now: float, number: int = 7) -> OfferRow:
    return OfferRow(
        id=number, conversation=row.id, contact=row.contact, contact_name=row.contact_name,
        kind=row.kind, team=row.team, at=now, until=now + 20.0, last_text="Is the blue one back?",
        said=say("team support, german 2"),
    )  # fmt: skip


def _waiting(desk: TwinDesk) -> OfferRow:
    row = desk.conversation("Jan Kowalski", status="waiting", owner="")
    return _offer(row, desk.now)


def _words(line: Line | None) -> str:
    assert line is not None
    return "".join(span.text for span in (*line.left, *line.right))


# --- seen -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [80, 120, 160])
def test_an_offer_says_who_about_what_how_long_and_which_keys(width: int) -> None:
    row = ConversationRow(id=1, version=1, contact=2, contact_name="Jan Kowalski", kind="webchat",
                          account="site", subject="", status="waiting", team="support")  # fmt: skip
    view = View(now=100.0, me=ME, offers=(_offer(row, 90.0), _offer(row, 95.0, 8)))
    said = _words(head.alert_line(view, width))
    for words in ("Jan Kowalski", "chat", "1 more", "0:10", "F5 ", "F8 "):
        assert words in said
    assert len(said) <= width
    assert ("Is the blue" in said) == (width > 80)


def test_it_turns_red_before_it_ends_and_rings_at_first_and_at_last() -> None:
    row = ConversationRow(id=1, version=1, contact=2, contact_name="Jan", kind="webchat",
                          account="site", subject="", status="waiting", team="support")  # fmt: skip
    view = advance(View(now=100.0, me=ME), news.OffersAre(offers=(_offer(row, 100.0),)))
    assert view.arrived == 1
    view = advance(view, news.OffersAre(offers=view.offers))
    assert view.arrived == 1, "the same one does not ring again"
    styles = []
    for now in (101.0, 111.0, 117.0, 119.0):
        view = advance(view, Ticked(now))
        line = head.alert_line(view, 80)
        assert line is not None
        styles.append(line.left[0].style)
    assert styles == ["title", "warn", "late", "late"]
    assert view.arrived == 2
    assert head.alert_line(advance(view, Ticked(121.0)), 80) is None


def test_how_somebody_is_has_its_reason_and_its_end() -> None:
    assert naming.presence_of(AgentRow(id="a", name="A", presence="break", reason="lunch"), 0.0) \
        == "on a break: lunch"  # fmt: skip
    wraps = AgentRow(id="a", name="A", presence="online", wraps_until=125.0)
    assert naming.presence_of(wraps, 100.0) == "finishing 0:25"
    assert naming.presence_of(wraps, 126.0) == "online"


# --- answered -------------------------------------------------------------------------------------


async def _offered(hands: Hands, desk: TwinDesk) -> OfferRow:
    offer = _waiting(desk)
    await desk.offers_to(offer)
    await hands.sees("offered: Jan Kowalski")
    return offer


async def test_one_key_takes_it_and_another_leaves_it(desk: TwinDesk, console: Opening) -> None:
    async with console() as hands:
        offer = await _offered(hands, desk)
        await hands.press("f8")
        await hands.sees("Somebody else is asked.")
        assert [ask.offer for ask in desk.asks(Decline)] == [offer.id]
        await hands.sees_no_more("offered: ")
        await _offered(hands, desk)
        await hands.press("f5")
        await hands.until(lambda: bool(desk.asks(Accept)))
        await hands.sees("Jan Kowalski")
        await hands.press("f5")
        await hands.sees("Nothing is offered to you.")


async def test_it_is_taken_while_typing_and_what_is_typed_stays(
    desk: TwinDesk, console: Opening
) -> None:
    desk.conversation("Olga Petrenko", unanswered=1, due=desk.now + 30, last_text="Hi")
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        await hands.press("enter", "r")
        await hands.types("half an answ")
        await _offered(hands, desk)
        await hands.press("f5")
        await hands.until(lambda: bool(desk.asks(Accept)))
        await hands.types("er")
        await hands.until(lambda: hands.draft is not None and hands.draft.text == "half an answer")


async def test_nothing_jumps_when_an_offer_comes_and_goes(desk: TwinDesk, console: Opening) -> None:
    desk.conversation("Olga Petrenko", unanswered=1, due=desk.now + 30, last_text="Hi")
    async with console() as hands:
        await hands.sees("mine, by what is due")
        before = hands.row_of("mine, by what is due")
        offer = await _offered(hands, desk)
        assert hands.row_of("offered: ") == before - 1
        assert hands.row_of("mine, by what is due") == before
        await hands.press("f8")
        await hands.sees_no_more("offered: ")
        assert hands.row_of("mine, by what is due") == before
        assert desk.asks(Decline)[0].offer == offer.id


async def test_too_late_is_said_where_the_eyes_are(desk: TwinDesk, console: Opening) -> None:
    desk.refuses["accept"] = "The offer ended 4 s ago; Bo has it now."
    async with console() as hands:
        await _offered(hands, desk)
        await hands.press("f5")
        await hands.sees("Bo has it now.")


async def test_who_did_not_answer_cannot_miss_that_and_comes_back_with_one_key(
    desk: TwinDesk, console: Opening
) -> None:
    async with console() as hands:
        await hands.sees("online")
        await desk.is_present("not-responding")
        await hands.sees("You did not answer: nothing new comes to you.")
        await hands.press("f9")
        await hands.sees_no_more("You did not answer")
        assert [ask.presence for ask in desk.asks(SetPresence)] == ["online"]


async def test_finishing_is_ended_by_the_same_key(desk: TwinDesk, console: Opening) -> None:
    async with console() as hands:
        desk.me = AgentRow(id="ana", name="Ana", presence="online", wraps_until=desk.now + 90)
        await desk.tell(news.AgentIs(row=desk.me))
        await hands.sees("finishing 1:")
        await hands.press("f9")
        await hands.until(lambda: bool(desk.asks(Wrapped)))
        await hands.sees_no_more("finishing")


async def test_an_offer_is_there_when_the_console_starts(desk: TwinDesk, console: Opening) -> None:
    desk.offered = (_waiting(desk),)
    async with console() as hands:
        await hands.sees("offered: Jan Kowalski")


# --- being there ----------------------------------------------------------------------------------


async def test_a_reason_is_said_by_words_or_by_keys(desk: TwinDesk, console: Opening) -> None:
    async with console() as hands:
        await hands.press(":")
        await hands.types("presence break lunch")
        await hands.press("enter")
        await hands.sees("on a break: lunch")
        await hands.press("P", "r")
        await hands.sees("Why? Colleagues see it.")
        await hands.types("dentist")
        await hands.press("enter")
        await hands.sees("How are you?")
        await hands.press("a")
        await hands.sees("away: dentist")


async def test_less_is_taken_for_a_day(desk: TwinDesk, console: Opening) -> None:
    async with console() as hands:
        await hands.press(":")
        await hands.types("limits 4 webchat=1")
        await hands.press("enter")
        await hands.until(lambda: bool(desk.asks(SetOwnLimits)))
        assert desk.asks(SetOwnLimits) == [SetOwnLimits(capacity=4, limits={"webchat": 1})]


def test_what_is_no_limit_is_none() -> None:
    assert parse_limits("off") == SetOwnLimits()
    for words in ("", "many", "-3", "webchat=", "4 4x"):
        assert parse_limits(words) is None


async def test_all_that_one_has_is_handed_over(desk: TwinDesk, console: Opening) -> None:
    async with console() as hands:
        await hands.press("H")
        await hands.sees("Hand everything over to whom?")
        await hands.types("Bo")
        await hands.press("enter")
        await hands.sees("Handed over: 2.")
        await hands.press(":")
        await hands.types("hand-over cy billing")
        await hands.press("enter")
        await hands.until(lambda: len(desk.asks(HandOver)) == 2)
        assert desk.asks(HandOver) == [HandOver(agent="ana", owner="bo"),
                                       HandOver(agent="cy", team="billing")]  # fmt: skip
