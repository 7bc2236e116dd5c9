"""What an agent relies on while answering: keys of any layout, undo, drafts, colleagues' words."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from console.keys import LATIN, RUSSIAN, UKRAINIAN
from tests.journeys.desk import WholeDesk
from tests.journeys.hands import Hands
from tests.journeys.letters import answer, first, letter, post, text_of
from wire.messages.desk import ConversationRow

pytestmark = pytest.mark.journey

LAYOUTS = {"latin": LATIN, "russian": RUSSIAN, "ukrainian": UKRAINIAN}


def help_with(subject: str) -> EmailMessage:
    """Each from another customer, so that each has a thread of its own."""
    customer = subject.casefold().replace(" ", ".")
    return letter(f"Olena <{customer}@home.test>", subject, "Please help.")


def about(house: WholeDesk, subject: str) -> ConversationRow:
    return next(row for row in house.conversations() if row.subject == subject)


def tried(house: WholeDesk, subject: str) -> list[tuple[str, str]]:
    """What agents wrote, and what became of it."""
    rows = house.thread(about(house, subject).contact)
    return [(row.text, row.state) for row in rows if row.by == "agent"]


def gone_out(house: WholeDesk, words: str) -> EmailMessage | None:
    return first(house.mailbox, lambda mail: words in text_of(mail))


@contextmanager
def answering(house: WholeDesk, mail: EmailMessage, text: str) -> Iterator[Hands]:
    """Ana at her console, with a reply to a new mail begun."""
    with house.console("ana") as ana:
        ana.goes_on_duty()
        post(house.smtp_port, mail)
        ana.sees(mail["Subject"])
        ana.opens(mail["Subject"])
        ana.sees("Please help.")
        ana.press("r")
        ana.sees("^S sends")
        ana.types(text)
        yield ana


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_mail_is_answered_and_resolved_on_any_keyboard(house: WholeDesk, layout: str) -> None:
    on_it = str.maketrans(LATIN, LAYOUTS[layout])
    subject, words = f"Order in {layout}", f"Sent today, {layout}."
    with house.console("ana") as ana:
        ana.goes_on_duty()
        post(house.smtp_port, help_with(subject))
        ana.sees(subject)
        ana.press("/".translate(on_it) if layout == "latin" else ".")
        ana.sees("Filter")
        ana.types(subject)
        ana.press("enter")
        ana.sees_no_more("Filter:")
        ana.press("enter")
        ana.sees("Please help.")
        ana.press("r".translate(on_it))
        ana.sees("^S sends")
        ana.types(words)
        ana.press("ctrl+s")
        ana.sees("goes out in")
        ana.press("escape")
        ana.sees("e resolve")
        ana.press("e".translate(on_it))
        house.until(lambda: about(house, subject).status == "resolved", f"{subject} resolved")
        house.until(lambda: gone_out(house, words), "the answer in the customer's mailbox")


def test_what_is_taken_back_in_time_never_goes_out(house: WholeDesk) -> None:
    with answering(house, help_with("Order 885"), "Too early.") as ana:
        ana.press("ctrl+s")
        ana.sees("goes out in")
        ana.press("ctrl+z")
        ana.sees("Taken back.")
        ana.types(" Now it is right.")
        ana.press("ctrl+s")
        ana.sees("goes out in")
        mail = house.until(lambda: gone_out(house, "Now it is right."), "the second try")
    assert text_of(mail).startswith("Too early. Now it is right.")
    house.until(
        lambda: (
            tried(house, "Order 885")
            == [("Too early.", "cancelled"), ("Too early. Now it is right.", "sent")]
        ),
        "one taken back and one sent",
    )


def test_nothing_goes_out_past_words_that_its_writer_has_not_seen(house: WholeDesk) -> None:
    asked = help_with("Stale")
    with answering(house, asked, "The old answer.") as ana:
        post(house.smtp_port, answer(asked["From"], asked, "It has come meanwhile!"))
        ana.sees("It has come meanwhile!")
        ana.press("ctrl+s")
        ana.sees("Somebody wrote since you began", "send it anyway")
        ana.press("e")
        ana.sees_no_more("Somebody wrote since you began")
        ana.types(" Or is it well?")
        ana.press("ctrl+s")
        ana.sees("goes out in")


def test_a_draft_is_there_after_the_console_was_killed(house: WholeDesk) -> None:
    with answering(house, help_with("Killed"), "Half a sen") as ana:
        drafts = house.home / "state" / "cordboard"
        house.until(
            lambda: any("Half a sen" in path.read_text() for path in drafts.rglob("*.json")),
            "a draft on disk",
        )
        os.kill(ana.terminal.pid, signal.SIGKILL)
        ana.terminal.wait_for_exit()
    with house.console("ana") as again:
        again.sees("draft: Half a sen")
        again.opens("Killed")
        again.press("r")
        again.sees("Half a sen")


def test_two_consoles_of_one_agent_stay_in_step(house: WholeDesk) -> None:
    with (
        answering(house, help_with("In step"), "Seen on both.") as one,
        house.console("ana", home="elsewhere") as other,
    ):
        other.sees("In step")
        other.opens("In step")
        other.sees("Please help.")
        one.press("ctrl+s")
        one.sees("goes out in")
        other.sees("Seen on both.", "goes out in")
        one.sees("sent ✓")
        other.sees("sent ✓")
        other.press("P")
        other.sees("How are you?")
        other.press("p")
        one.sees("on a break")
