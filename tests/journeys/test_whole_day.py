"""A whole day: mail in, answered by keys, answered again, then the same customer in the chat."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.journeys.desk import WholeDesk, whole_desk
from tests.journeys.hands import Hands
from tests.journeys.letters import answer, files_of, letter, read, text_of
from tests.journeys.shop import shop, visitor
from tests.servers.chromium import chromium
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.journey

IVAN = "Ivan Petrov <ivan@home.test>"


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Dovecot]:
    with Dovecot.start(tmp_path) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, mail: Dovecot) -> Iterator[WholeDesk]:
    with whole_desk(tmp_path, mail) as running:
        running.hire("ana")
        yield running


async def test_a_customer_writes_by_mail_is_answered_and_goes_on_in_the_chat(
    desk: WholeDesk, mail: Dovecot, tmp_path: Path
) -> None:
    with desk.console("ana") as ana:
        ana.goes_on_duty()
        asked = letter(IVAN, "Where is my order", "Hello, order 881 has not come.")
        mail.deliver("support", asked.as_bytes(), sender="ivan@home.test")
        label = tmp_path / "label.txt"
        label.write_text("a label")
        answered = answered_by_mail(ana, mail, label)
        assert answered["In-Reply-To"] == asked["Message-ID"]
        assert answered["References"].split()[-1] == asked["Message-ID"]
        assert answered["To"] == IVAN
        assert text_of(answered).startswith("It left today.")
        assert "> Hello, order 881 has not come." in text_of(answered)
        assert files_of(answered) == {"label.txt": b"a label"}

        again = answer(IVAN, answered, "It is the wrong one.")
        mail.deliver("support", again.as_bytes(), sender="ivan@home.test")
        ana.sees("It is the wrong one.")
        (conversation,) = desk.conversations()
        assert (conversation.owner, conversation.unanswered) == ("ana", 1)

        await goes_on_in_the_chat(desk, ana, tmp_path)

    mailed, chatted = desk.conversations()
    assert (mailed.kind, chatted.kind) == ("email", "webchat")
    assert mailed.contact == chatted.contact
    assert chatted.came_from == "email"
    assert (mailed.owner, chatted.owner) == ("ana", "ana")
    said = [(m.kind, m.by, m.text) for m in desk.thread(mailed.contact) if m.by != "desk"]
    assert said == [
        ("email", "customer", "Hello, order 881 has not come."),
        ("email", "agent", "It left today."),
        ("email", "customer", "It is the wrong one."),
        ("webchat", "customer", "I am in the chat now."),
        ("webchat", "agent", "We swap it."),
    ]


def answered_by_mail(ana: Hands, mail: Dovecot, label: Path) -> EmailMessage:
    """The mail that the customer has, after keys only."""
    ana.sees("Where is my order")
    ana.press("enter")
    ana.sees("Hello, order 881 has not come.")
    ana.press("r")
    ana.sees("^S sends")
    ana.types("It left today.")
    ana.press("ctrl+l")
    ana.sees("Attach which file?")
    ana.types(str(label))
    ana.press("enter")
    ana.sees("label.txt 7 bytes")
    ana.press("ctrl+s")
    ana.sees("goes out in")
    (raw,) = mail.wait_for_mail("ivan", seconds=45)
    ana.sees("sent ✓")
    return read(raw)


async def goes_on_in_the_chat(desk: WholeDesk, ana: Hands, folder: Path) -> None:
    async with chromium(folder) as browser, shop(desk, "ivan@home.test", "Ivan Petrov"):
        ivan = await visitor(browser, desk.shop_url)
        await ivan.writes("I am in the chat now.")
        # In the same thread, which is open, below what was written by mail.
        ana.sees("I am in the chat now.", "It is the wrong one.")
        ana.press("ctrl+n")
        ana.sees("Ivan Petrov · chat · online")
        ana.sees("Enter sends")
        ana.types("We swap it.")
        ana.press("enter")
        await ivan.sees("We swap it.")
        ana.sees("you · chat · read ✓✓")
