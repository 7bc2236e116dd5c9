"""The ledger and the outbox on the screen: read, turned, opened, tried again, settled."""

import pytest

from console.paint.message import Shown, message_lines, state_of
from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.scene import scene
from wire.messages.desk import LedgerRow, MessageRow
from wire.messages.verbs import ReadLedger, Replay, Resend

pytestmark = pytest.mark.journey

SIZES = ((80, 24), (200, 60))


def _came(desk: TwinDesk, count: int = 3) -> None:
    """The newest is put aside, the one before came twice, the others are Olga's first message."""
    message = desk.messages[1][0].id
    lines = [
        LedgerRow(id=number, at=desk.now - 60 * (count - number), kind="email", account="support",
                  event=f"imap.INBOX.7.{number}", verdict="accepted", message=message)
        for number in range(count, 0, -1)
    ]  # fmt: skip
    why = "ValueError: no address"
    aside = LedgerRow(id=count + 1, at=desk.now, kind="email", account="support", event="imap.x",
                      verdict="quarantined", reason=why, kept=True)  # fmt: skip
    again = LedgerRow(id=count + 2, at=desk.now, kind="webchat", account="site", event="c1",
                      verdict="accepted", again=1, last_at=desk.now, message=message)  # fmt: skip
    desk.ledger = [again, aside, *lines]


@pytest.mark.parametrize("size", SIZES)
async def test_the_ledger_is_listed_turned_opened_and_tried_again(
    desk: TwinDesk, console: Opening, size: tuple[int, int]
) -> None:
    scene(desk)
    _came(desk)
    desk.raw_mail = "Subject: \x1b]52;c;aGk=\x07 hello [@click=app.quit]x[/]"
    async with console(size) as hands:
        await hands.press("L")
        await hands.sees("put aside")
        await hands.sees("accepted ×2")
        assert any("1/5" in row for row in hands.screen())
        await hands.press("s")
        await hands.sees_no_more("accepted ×2")
        await hands.press("enter")
        await hands.sees("ValueError: no address")
        await hands.sees("Subject:")
        assert "\x1b" not in hands.text()
        await hands.press("y")
        await hands.until(lambda: bool(desk.asks(Replay)))
        await hands.sees("Nothing here.")  # it is not aside any more
        await hands.press("escape")
        await hands.sees_no_more("Nothing here.")


async def test_from_a_line_one_goes_to_its_thread(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    _came(desk)
    async with console() as hands:
        await hands.press("L")
        await hands.sees("accepted ×2")
        await hands.press("enter")
        await hands.sees("open its thread")
        await hands.press("o")
        await hands.until(lambda: bool(hands.app.view.thread))
        assert hands.app.view.thread is not None
        assert hands.app.view.thread.contact == 1


async def test_further_pages_come_when_one_goes_there(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    _came(desk, 250)
    async with console((80, 24)) as hands:
        await hands.press("L")
        await hands.sees("1/100+")
        for _ in range(11):
            await hands.press("pagedown")
        await hands.sees("/200+")
        assert [ask.before for ask in desk.asks(ReadLedger)] == [0, 153]


async def test_what_comes_in_meanwhile_appears(
    desk: TwinDesk, console: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.widgets.browser.FRESH", 0.05)
    scene(desk)
    _came(desk)
    async with console() as hands:
        await hands.press("L")
        await hands.sees("1/5")
        await hands.press("j")  # onto the one that is put aside
        new = LedgerRow(id=99, at=desk.now, kind="email", account="support", event="new",
                        verdict="refused", reason="the sender is blocked")  # fmt: skip
        desk.ledger = [new, *desk.ledger]
        await hands.sees("the sender is blocked")
        await hands.sees("3/6")  # the cursor stays on its row


@pytest.mark.parametrize("size", SIZES)
async def test_the_outbox_leads_to_the_message_which_is_settled_there(
    desk: TwinDesk, console: Opening, size: tuple[int, int]
) -> None:
    chat = scene(desk)
    desk.message(chat, "Your refund is on its way", by="agent", state="ambiguous",
                 reason="its adapter stopped")  # fmt: skip
    async with console(size) as hands:
        await hands.press("O")
        await hands.sees("unsure whether it was sent")
        await hands.press("u", "enter")
        await hands.sees("Perhaps it arrived, perhaps not.")
        await hands.press("!", "s")
        await hands.until(lambda: bool(desk.asks(Resend)))
        assert desk.asks(Resend)[0].settle == "sent"


async def test_the_key_finds_what_is_not_settled_wherever_the_cursor_is(
    desk: TwinDesk, console: Opening
) -> None:
    chat = scene(desk)
    lost = desk.message(chat, "Lost words", by="agent", state="failed", reason="mailbox full")
    desk.message(chat, "Later words", by="agent", state="sent")
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("It did not arrive: mailbox full")
        await hands.press("!", "y")
        await hands.until(lambda: bool(desk.asks(Resend)))
        assert desk.asks(Resend)[0].message == lost.id


def _ours(state: str, **more: object) -> MessageRow:
    given = {"id": 1, "version": 1, "conversation": 1, "contact": 1, "by": "agent", "at": 0.0,
             "accepted": 0.0, "text": "hello", "state": state}  # fmt: skip
    return MessageRow(**(given | more))  # type: ignore[arg-type]


def test_a_message_says_in_words_what_it_waits_for() -> None:
    assert state_of(_ours("held", undo_until=10.0), 5.0)[0].startswith("goes out in 0:05")
    assert state_of(_ours("held", undo_until=10.0), 13.0)[0] == "waits for the message before it"
    assert state_of(_ours("ready", reason="mailbox busy"), 0.0)[0] == "sending…: mailbox busy"
    assert state_of(_ours("sent", reason="perhaps it arrived twice"), 0.0)[1] == "warn"
    assert state_of(_ours("sent"), 0.0) == ("sent ✓", "good")


@pytest.mark.parametrize("width", [40, 76, 120])
def test_the_banner_fits_its_pane(width: int) -> None:
    lines = message_lines(_ours("ambiguous"), 0, Shown(width=width))
    banner = [span for row in lines for span in row.left if "Perhaps" in span.text]
    assert len(banner) == 1
    assert any("! " in span.text for row in lines for span in row.left)
