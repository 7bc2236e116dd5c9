"""The terminal that the journeys type on behaves as a terminal does."""

import sys
from collections.abc import Iterator

import pytest

from tests.servers.pty_console import FRAME_BEGINS, FRAME_ENDS, PtyConsole, whole_frames

pytestmark = pytest.mark.contract

ECHO = """
import os, shutil, signal, sys, termios, tty
tty.setcbreak(0)

def size(*_):
    print("size %dx%d" % shutil.get_terminal_size(), flush=True)

signal.signal(signal.SIGWINCH, size)
sys.stdout.write("\\x1b[?2026$p\\x1b[>1u\\x1b[<u")
print("ready", os.environ["TERM"], flush=True)
size()
while (data := os.read(0, 1024)) != b"q":
    print("got", data, data.decode(errors="replace"), flush=True)
raise SystemExit(3)
"""


@pytest.fixture
def console() -> Iterator[PtyConsole]:
    with PtyConsole([sys.executable, "-c", ECHO], columns=60, rows=12) as running:
        running.wait_for("ready xterm-256color")
        yield running


def test_a_query_for_frames_is_answered_and_nothing_unknown_is_printed(
    console: PtyConsole,
) -> None:
    console.wait_for(r"got b'\x1b[?2026;2$y'")
    assert console.screen()[0] == "ready xterm-256color"


def test_what_is_typed_arrives_in_any_alphabet(console: PtyConsole) -> None:
    console.send("возврат")
    console.wait_for("возврат")


def test_keys_arrive_as_a_terminal_sends_them(console: PtyConsole) -> None:
    # One after the other: a program may read two keys at once or in two pieces.
    console.press("ctrl+p")
    console.wait_for(r"\x10")
    console.press("up")
    console.wait_for(r"\x1b[A")


def test_the_program_knows_its_size_and_hears_of_a_new_one(console: PtyConsole) -> None:
    console.wait_for("size 60x12")
    console.resize(100, 30)
    console.wait_for("size 100x30")


def test_every_byte_is_kept_for_a_search(console: PtyConsole) -> None:
    assert b"\x1b[>1u" in console.raw


def test_the_exit_status_is_known(console: PtyConsole) -> None:
    console.wait_for(r"got b'\x1b[?2026;2$y'")  # read alone, so that the key is as well
    console.press("q")
    assert console.wait_for_exit() == 3


def test_text_that_never_comes_fails_with_a_picture(console: PtyConsole) -> None:
    with pytest.raises(AssertionError, match=r"(?s)no 'sunshine'.*│ready"):
        console.wait_for("sunshine", timeout=0.05)


@pytest.mark.parametrize(
    ("data", "painted"),
    [
        (b"plain", b"plain"),
        (b"old" + FRAME_BEGINS + b"half", b"old"),
        (FRAME_BEGINS + b"whole" + FRAME_ENDS, FRAME_BEGINS + b"whole" + FRAME_ENDS),
        (b"cut\x1b[38;5", b"cut"),
        (b"cut\x1b", b"cut"),
    ],
)
def test_only_whole_frames_and_whole_sequences_are_painted(data: bytes, painted: bytes) -> None:
    ready, waiting = whole_frames(data)
    assert ready == painted
    assert ready + waiting == data
