"""What strangers write cannot steer the terminal, whichever way it comes to be painted."""

from email.header import Header

import pytest

from tests.journeys.desk import WholeDesk
from tests.journeys.letters import letter, post

pytestmark = pytest.mark.journey

# A title, a clipboard, colours and a cleared screen; an 8-bit CSI; a turned text; Textual's markup.
MARKS = (
    "\x1b]0;FORGED\x07",
    "\x1b]52;c;Rk9SR0VE\x07",
    "\x1b[31mFORGED\x1b[2J",
    "\x9b31mFORGED",
    "\u202eFORGED\u2066",
    "[/nope][bold]FORGED[/]",
    "[@click=app.quit]FORGED[/]",
    "\r\x08\x08FORGED",
)
# What would have to reach the terminal for any of them to work.
SIGNS = (b"\x1b]0;FORGED", b"\x1b]52", b"\x1b[31mFORGED", b"\x08", b"FORGED\x1b[2J")
TURNING = ("\u202e", "\u2066", "\x9b")


def hostile(number: int, mark: str) -> bytes:
    """The mark in each place of a mail that is shown somewhere."""
    hidden = Header(f"who{number}{mark}", "utf-8", maxlinelen=900).encode()
    subject = Header(f"topic{number}{mark}", "utf-8", maxlinelen=900).encode()
    name = Header(f"file{mark}.txt", "utf-8", maxlinelen=900).encode()
    return (
        f"From: {hidden} <who{number}@home.test>\r\n"
        "To: support@desk.test\r\n"
        f"Subject: {subject}\r\n"
        f"Message-ID: <hostile{number}@home.test>\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"body{number} {mark} end{number}\r\n"
        f'--b\r\nContent-Type: text/plain; name="{name}"\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\nx\r\n--b--\r\n'
    ).encode()


def test_nothing_that_a_stranger_writes_reaches_the_terminal_as_a_command(
    house: WholeDesk,
) -> None:
    with house.console("ana") as ana:
        ana.goes_on_duty()
        for number, mark in enumerate(MARKS):
            post(house.smtp_port, hostile(number, mark))
            ana.sees(f"topic{number}")
            ana.opens(f"topic{number}")
            ana.sees(f"body{number}", f"end{number}", ".txt 1 byte")
            # Whose it is, why it is here, and what hangs on it are painted from the same words.
            ana.press("w")
            ana.sees("who")
            ana.press("escape")
            house.typed("resolve", str(house.conversations()[number].id))
        raw = bytes(ana.terminal.raw)
        post(house.smtp_port, letter("Olena <olena@home.test>", "All is well", "Indeed."))
        ana.sees("All is well")
        ana.opens("All is well")
        ana.sees("Indeed.")
    assert [sign for sign in SIGNS if sign in raw] == []
    text = raw.decode("utf-8")
    assert [sign for sign in TURNING if sign in text] == []
    assert text.count("FORGED") >= len(MARKS)
