"""What an agent does with keys, against a desk: writing, handing over, settling, finding."""

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.hands import Hands
from tests.console.scene import scene
from wire.messages.base import say
from wire.messages.channel import Attachment
from wire.messages.desk import MessageRow, Note
from wire.messages.rulebook import Problem
from wire.messages.verbs import (
    Assign,
    Block,
    Comment,
    Compose,
    Forward,
    Prioritise,
    Release,
    Reopen,
    Reply,
    Resend,
    Resolve,
    SetPresence,
    Snooze,
    Tag,
    Take,
    Transfer,
    Undo,
    Unlink,
    WhyIs,
    WriteNote,
)

pytestmark = pytest.mark.journey


# --- writing -------------------------------------------------------------------------------------


async def test_a_comment_never_looks_or_sends_like_a_reply(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "i")
        await hands.sees("not sent to the customer")
        await hands.sees("Enter adds the comment")
        await hands.types("look at this")
        await hands.press("enter")
        await hands.until(lambda: bool(desk.asks(Comment)))
        assert desk.asks(Reply) == []
        await hands.until(lambda: hands.app.view.pane == "thread")
        # The mode is sticky: what is written next here is a comment as well.
        assert hands.draft is not None
        assert hands.draft.mode == "comment"


async def test_mail_breaks_lines_with_enter_and_is_sent_with_ctrl_s(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("j", "j", "j", "enter")
        await hands.until(lambda: hands.app.view.strand is not None)
        await hands.press("r")
        await hands.sees("to: acme@kvit.example")
        await hands.types("Dear all,")
        await hands.press("enter")
        await hands.types("yes.")
        await hands.press("ctrl+s")
        await hands.until(lambda: bool(desk.asks(Reply)))
        (reply,) = desk.asks(Reply)
        assert reply.text == "Dear all,\nyes."
        assert [party.address for party in reply.to] == ["acme@kvit.example"]


async def test_recipients_can_be_edited(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("j", "j", "j", "enter", "r")
        await hands.sees("to: acme@kvit.example")
        await hands.press("up")
        await hands.types(" cc: boss@x.example")
        await hands.press("down")
        await hands.types("yes")
        await hands.press("ctrl+s")
        await hands.until(lambda: bool(desk.asks(Reply)))
        (reply,) = desk.asks(Reply)
        assert [party.address for party in reply.cc] == ["boss@x.example"]


async def test_what_goes_out_is_looked_at_once_more(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("j", "j", "j", "enter", "r")
        await hands.types("yes")
        await hands.press("f2")
        await hands.sees("Ready?")
        await hands.press("н")  # y on a Cyrillic layout
        await hands.until(lambda: bool(desk.asks(Reply)))


async def test_a_customer_who_wrote_meanwhile_is_shown_before_it_goes(
    desk: TwinDesk, console: Opening
) -> None:
    chat = scene(desk)
    async with console() as hands:
        await hands.press("enter", "r")
        await hands.sees("Enter sends")
        await hands.types("It left us.")
        await desk.writes(chat, "Never mind, found it!")
        await hands.press("enter")
        await hands.sees("Somebody wrote since you began")
        await hands.sees("Never mind, found it!")
        await hands.press("e")
        await hands.sees_no_more("Somebody wrote")
        assert hands.draft is not None
        assert hands.draft.text == "It left us."
        await hands.press("enter")
        await hands.until(lambda: len(desk.asks(Reply)) == 2)
        await hands.sees("goes out in")


@pytest.mark.parametrize(("key", "sent"), [("y", True), ("d", False)])
async def test_a_stale_reply_can_be_sent_anyway_or_dropped(
    desk: TwinDesk, console: Opening, key: str, sent: bool
) -> None:
    chat = scene(desk)
    async with console() as hands:
        await hands.press("enter", "r")
        await hands.types("It left us.")
        await desk.writes(chat, "Hello?")
        await hands.press("enter")
        await hands.sees("send it anyway")
        await hands.press(key)
        await hands.sees_no_more("send it anyway")
        await hands.until(lambda: len(desk.asks(Reply)) == (2 if sent else 1))
        await hands.until(lambda: hands.draft is not None and hands.draft.empty)


async def test_what_was_sent_is_taken_back_into_the_composer(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "r")
        await hands.types("Wrong!")
        await hands.press("enter")
        await hands.sees("^Z takes it back")
        await hands.press("ctrl+z")
        await hands.until(lambda: bool(desk.asks(Undo)))
        await hands.until(lambda: hands.draft is not None and hands.draft.text == "Wrong!")


@pytest.mark.parametrize("clock", [2, -7_200])  # which somebody may set back
async def test_a_draft_is_there_again_after_a_crash_and_sends_once(
    desk: TwinDesk, console: Opening, clock: float
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "r")
        await hands.types("half a sen")
        desk.now += clock
        await hands.until(lambda: not hands.app.writing.drafts._dirty)
    async with console() as hands:
        await hands.sees("draft: half a sen")
        await hands.press("enter")
        await hands.until(lambda: hands.draft is not None)
        assert hands.draft is not None
        assert hands.draft.text == "half a sen"


async def test_ready_texts_have_their_places_filled(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "r", "/")
        await hands.sees("Which ready text?")
        await hands.types("hel")
        await hands.press("enter")
        await hands.sees("Hello Olga, I am Ana.")


async def test_a_place_that_nobody_filled_is_not_sent(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "r", "/")
        await hands.types("track")
        await hands.press("enter")
        await hands.sees("It is on its way: {{parcel.link}}")
        await hands.press("enter")
        await hands.sees("is not filled yet")
        assert desk.asks(Reply) == []


async def test_a_file_is_attached_from_a_path(
    desk: TwinDesk, console: Opening, tmp_path: Path
) -> None:
    scene(desk)
    file = tmp_path / "price list.pdf"
    file.write_bytes(b"%PDF" * 100_000)
    async with console() as hands:
        await hands.press("j", "j", "j", "enter", "r", "ctrl+l")
        await hands.sees("Attach which file?")
        await hands.types(str(file))
        await hands.press("enter")
        await hands.sees("▤ price list.pdf 400 kB")
        await hands.types("Here it is")
        await hands.press("ctrl+s")
        await hands.until(lambda: bool(desk.asks(Reply)))
        (attachment,) = desk.asks(Reply)[0].attachments
        assert desk.blobs[attachment.sha256] == file.read_bytes()


async def test_one_moment_please_leaves_the_draft_alone(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "r")
        await hands.types("Good news")
        await hands.press("ctrl+o")
        await hands.until(lambda: bool(desk.asks(Reply)))
        assert hands.draft is not None
        assert hands.draft.text == "Good news"


async def test_one_writes_first(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("C")
        await hands.sees("Write to")
        await hands.types("new@x.example")
        await hands.press("enter")
        await hands.sees("to new@x.example")
        await hands.types("Hello")
        await hands.press("ctrl+s")
        await hands.until(lambda: bool(desk.asks(Compose)))
        assert desk.asks(Compose)[0].to[0].address == "new@x.example"


async def test_a_message_is_forwarded(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "f")
        await hands.sees("Forward to")
        await hands.types("boss@x.example")
        await hands.press("enter")
        await hands.types("see below")
        await hands.press("ctrl+s")
        await hands.until(lambda: bool(desk.asks(Forward)))
        assert desk.asks(Forward)[0].message == desk.messages[1][-1].id


async def test_writing_to_somebody_else_shows_no_clock_of_who_is_waiting(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("2:12 late")
        await hands.press("f")
        await hands.types("boss@x.example")
        await hands.press("enter")
        await hands.sees("forward to boss@x.example")
        assert "2:12 late" not in hands.text()


async def test_reply_to_all_takes_everybody_but_us(desk: TwinDesk, console: Opening) -> None:
    from wire.messages.channel import Party

    mail = desk.conversation("Olga", kind="email", subject="Hi", unanswered=1, due=desk.now + 9)
    desk.message(
        mail, "Hello all", to=(Party(address="support@desk.example"), Party(address="ihor@x")),
        cc=(Party(address="boss@x"),),
    )  # fmt: skip
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("Hello all")
        await hands.press("R")
        await hands.sees("mail to all")
        await hands.press("b")
        await hands.types("ok")
        await hands.press("ctrl+s")
        await hands.until(lambda: bool(desk.asks(Reply)))
        (reply,) = desk.asks(Reply)
        assert [party.address for party in reply.to] == ["olga@kvit.example"]
        assert [party.address for party in reply.cc] == ["ihor@x", "boss@x"]


# --- handing over and settling -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (("e",), Resolve), (("у",), Resolve), (("U",), Release), (("E",), Resolve),
        (("p", "u"), Prioritise), (("P", "b"), SetPresence), (("b",), Block),
        (("s", "enter"), Snooze),
    ],
)  # fmt: skip
async def test_one_key_or_two_settle_it(
    desk: TwinDesk, console: Opening, keys: tuple[str, ...], asked: type
) -> None:
    desk.conversation("Jan Kowalski", unanswered=1, due=desk.now + 30, last_text="Hi")
    async with console() as hands:
        await hands.sees("Jan Kowalski")
        await hands.press(*keys)
        await hands.until(lambda: bool(desk.asks(asked)), str(asked))


async def test_what_waits_is_taken_from_its_list(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("v", "w")
        await hands.sees("Customer 0")
        await hands.press("a")
        await hands.until(lambda: bool(desk.asks(Take)))
        await hands.sees_no_more("Customer 0")


async def test_who_opens_one_below_the_other_comes_to_the_end_of_a_list_of_several_pages(
    desk: TwinDesk, console: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.refreshing.PAGE", 40)
    last = [desk.conversation(f"Customer {number:02}") for number in range(60)][-1]
    async with console() as hands:
        await hands.sees("Customer 00")
        await hands.press("enter")
        for number in range(1, 60):
            await hands.press("J")
            at = hands.app.view.order[number]
            await hands.until(lambda at=at: _open_strand(hands) == at)  # type: ignore[misc]
        assert _open_strand(hands) == last.id


def _open_strand(hands: Hands) -> int:
    thread = hands.app.view.thread
    return thread.strand if thread else 0


async def test_a_resolved_one_is_opened_again(desk: TwinDesk, console: Opening) -> None:
    desk.conversation("Jan Kowalski", status="resolved")
    async with console() as hands:
        await hands.press("v", "r")
        await hands.sees("Jan Kowalski")
        await hands.press("o")
        await hands.until(lambda: bool(desk.asks(Reopen)))


async def test_it_is_assigned_to_a_colleague(desk: TwinDesk, console: Opening) -> None:
    desk.conversation("Jan Kowalski")
    async with console() as hands:
        await hands.sees("Jan Kowalski")
        await hands.press("A")
        await hands.sees("● Bo")
        await hands.types("bo")
        await hands.press("enter")
        await hands.until(lambda: bool(desk.asks(Assign)))
        assert desk.asks(Assign)[0].agent == "bo"


async def test_it_is_transferred_to_a_skill_with_a_word(desk: TwinDesk, console: Opening) -> None:
    desk.conversation("Jan Kowalski")
    async with console() as hands:
        await hands.sees("Jan Kowalski")
        await hands.press("T")
        await hands.sees("german")
        await hands.types("germ")
        await hands.press("enter")
        await hands.sees("A word for them")
        await hands.types("speaks German")
        await hands.press("enter")
        await hands.until(lambda: bool(desk.asks(Transfer)))
        (transfer,) = desk.asks(Transfer)
        assert (transfer.skill, transfer.note) == ("german", "speaks German")


async def test_tags_come_and_go_by_one_line(desk: TwinDesk, console: Opening) -> None:
    desk.conversation("Jan Kowalski", tags=("new",))
    async with console() as hands:
        await hands.sees("#new")
        await hands.press(":")
        await hands.types("tag refund -new")
        await hands.press("enter")
        await hands.sees("#refund")
        (tag,) = desk.asks(Tag)
        assert (tag.add, tag.remove) == (("refund",), ("new",))


async def test_the_next_one_opens_when_this_one_is_done(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("Any news about my refund")
        await hands.press("E")
        await hands.until(lambda: bool(desk.asks(Resolve)))
        await hands.until(
            lambda: bool(hands.app.view.thread and hands.app.view.thread.strand == 110)
        )


async def test_a_failed_message_is_sent_again(desk: TwinDesk, console: Opening) -> None:
    chat = scene(desk)
    desk.message(chat, "Lost words", by="agent", state="failed", reason="mailbox full")
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("✗ not delivered: mailbox full")
        await hands.press("!", "y")
        await hands.until(lambda: bool(desk.asks(Resend)))


# --- knowing and finding -------------------------------------------------------------------------


async def test_why_it_is_here_is_told(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("w")
        await hands.sees("is no longer asked")
        await hands.sees("at 6 of 6 units")
        await hands.sees("is on a break: lunch")
        await hands.press("escape")
        await hands.sees_no_more("at 6 of 6 units")


async def test_decisions_before_are_opened_by_their_digit_and_left_again(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("w")
        await hands.sees("the customer wrote: bo was chosen")
        await hands.press("2")
        await hands.sees("longest idle of those who can: 4:12, next cy with 2:10")
        await hands.press("0")
        await hands.sees("at 6 of 6 units")
        assert [ask.decision for ask in desk.asks(WhyIs)] == [0, 5, 0]


async def test_many_with_the_same_reason_are_one_line_until_they_are_unfolded(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("w")
        await hands.sees("is not in team support: eve, fay, gus, hal")
        await hands.press("x")
        await hands.sees("hal  is not in team support")


async def test_a_note_is_written_and_seen(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console((160, 48)) as hands:
        await hands.press("enter", "n")
        await hands.sees("Note about Olga Petrenko")
        await hands.press("enter")
        await hands.types("Speaks Czech.")
        await hands.press("ctrl+s")
        await hands.until(lambda: bool(desk.asks(WriteNote)))
        await hands.sees("Speaks Czech.")


async def test_keeping_a_note_sends_no_reply_that_is_half_written(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console((160, 48)) as hands:
        await hands.press("enter", "r")
        await hands.types("Half a")
        await hands.press("escape", "n")
        await hands.sees("Note about Olga Petrenko")
        await hands.press("ctrl+s")
        await hands.sees_no_more("Note about Olga Petrenko")
        await hands.press("n")
        await hands.sees("Note about Olga Petrenko")
        assert desk.asks(Reply) == []
        assert hands.app.writing.drafts.texts() == {104: "Half a"}


async def test_a_colleagues_change_of_other_lines_is_merged(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    old = desk.cards[1].note
    assert old
    async with console() as hands:
        await hands.press("enter", "n")
        await hands.sees("Note about")
        await hands.press("enter")
        await hands.types("Speaks Czech.")
        text = old.text.replace("Pays by card", "Pays by invoice")
        desk.noted(Note(contact=1, revision=4, text=text, by="bo"))
        await hands.press("ctrl+s")
        await hands.until(lambda: len(desk.asks(WriteNote)) == 2)
        note = desk.cards[1].note
        assert note
        assert note.text == text + "\nSpeaks Czech."


async def test_a_conflict_of_notes_is_shown_side_by_side(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "n")
        await hands.sees("Note about")
        await hands.types(" or long ones")
        desk.noted(Note(contact=1, revision=4, text="Everything else", by="bo"))
        await hands.press("ctrl+s")
        await hands.sees("bo changed the same lines")
        await hands.sees("Everything else")
        await hands.press("m")
        await hands.until(lambda: len(desk.asks(WriteNote)) == 2)
        note = desk.cards[1].note
        assert note
        assert "or long ones" in note.text


async def test_an_address_goes_back_to_where_it_was(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "l", "b", "u")
        await hands.until(lambda: bool(desk.asks(Unlink)))
        assert desk.asks(Unlink)[0].identity == 12


async def test_all_history_is_searched_and_the_place_opened(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    jan = desk.rows[110]
    old = [desk.message(jan, f"line {n}", at=desk.now - 9_000) for n in range(300)]
    async with console() as hands:
        await hands.press("\\")
        await hands.types("line 42")
        await hands.sees("Jan Kowalski: line 42")
        await hands.press("enter")
        await hands.until(lambda: hands.app.reading.message_at_cursor() is not None)
        await hands.until(lambda: _at(hands.app.reading.message_at_cursor(), old[42]))
        await hands.sees("line 42")


def _at(message: MessageRow | None, wanted: MessageRow) -> bool:
    return message is not None and message.id == wanted.id


async def test_the_filter_is_live_and_esc_clears_it(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("/")
        await hands.types("jan")
        await hands.until(lambda: hands.app.view.order == (110,))
        await hands.press("enter")
        await hands.sees("/jan")
        await hands.press("escape")
        await hands.until(lambda: len(hands.app.view.order) == 4)


async def test_a_file_is_saved_under_a_name_that_stays_in_its_folder(
    desk: TwinDesk, console: Opening, tmp_path: Path
) -> None:
    chat = desk.conversation("Jan Kowalski")
    desk.message(chat, "see", attachments=(Attachment(
        sha256=desk.file(b"hello"), name="../../x\x1b.txt", media_type="text/plain", size=5,
    ),))  # fmt: skip
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("▤ ../../x")
        await hands.press("x")
        await hands.sees("Save as")
        await hands.press("enter")
        await hands.sees("Saved as")
        await hands.press("d")
        (saved,) = (tmp_path / "downloads").iterdir()
        assert saved.name == "x\u241b.txt"
        assert saved.read_bytes() == b"hello"


async def test_the_palette_and_help_find_commands_and_run_them(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("?")
        await hands.types("resolve")
        await hands.press("enter")
        await hands.until(lambda: bool(desk.asks(Resolve)))
        await hands.press("ctrl+p")
        await hands.types("Priya")
        await hands.press("enter")
        await hands.until(
            lambda: bool(hands.app.view.thread and hands.app.view.thread.strand == 111)
        )


async def test_ctrl_n_goes_to_the_next_due_from_the_composer_and_drafts_stay(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "r")
        await hands.types("for Olga")
        await hands.press("ctrl+n")
        await hands.until(
            lambda: bool(hands.app.view.thread and hands.app.view.thread.strand == 110)
        )
        assert hands.app.view.pane == "composer"
        await hands.until(lambda: hands.draft is not None and hands.draft.conversation == 110)
        await hands.types("for Jan")
        await hands.press("escape", "1")
        await hands.until(lambda: hands.draft is not None and hands.draft.text == "for Olga")
        assert hands.app.writing.drafts.texts() == {104: "for Olga", 110: "for Jan"}


async def test_words_typed_right_after_r_go_to_the_composer_and_nowhere_else(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        await hands.types("reee")
        await hands.until(lambda: hands.draft is not None and hands.draft.text == "eee")
        assert desk.asks(Resolve) == []


async def test_one_goes_back_to_where_one_came_from(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter", "ctrl+n", "ctrl+t")
        await hands.until(lambda: _strand(hands) == 104)
        await hands.press("ctrl+t")
        await hands.until(lambda: _strand(hands) == 110)


def _strand(hands: Hands) -> int:
    return hands.app.view.thread.strand if hands.app.view.thread else 0


async def test_a_key_that_is_not_possible_now_says_so(desk: TwinDesk, console: Opening) -> None:
    desk.conversation("Jan Kowalski")
    async with console() as hands:
        await hands.sees("Jan Kowalski")
        await hands.press("o")
        await hands.sees("Not possible here: reopen.")


async def test_a_long_list_comes_in_pages(desk: TwinDesk, console: Opening) -> None:
    for number in range(230):
        desk.conversation(f"Customer {number}", due=desk.now + number)
    async with console() as hands:
        await hands.press("G")
        await hands.until(lambda: len(hands.app.view.order) == 230)


async def test_a_filter_is_a_query_and_tells_what_is_wrong_under_its_column(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("/")
        await hands.types("jan ownr:me")
        await hands.sees('    ^ "ownr" cannot be asked here')
        await hands.press(*["backspace"] * 7)
        await hands.types("own")
        await hands.sees("who has it; me, none")
        await hands.press("tab")
        await hands.until(lambda: hands.app.screen.query_one(Input).value == "jan owner:")
        await hands.press("escape")


async def test_what_waits_for_nobody_is_told_and_its_oldest_opened(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    desk.problems = [Problem(team="support", said=say("nobody is in team {team}", team="support"),
                             waiting=4, conversation=110)]  # fmt: skip
    async with console() as hands:
        await hands.press(":")
        await hands.types("problems")
        await hands.press("enter")
        await hands.sees("nobody is in team support")
        await hands.sees("4 wait")
        await hands.press("enter")
        await hands.until(lambda: hands.app.view.thread is not None)
        thread = hands.app.view.thread
        assert thread is not None
        assert thread.strand == 110
