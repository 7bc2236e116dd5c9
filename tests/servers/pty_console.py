"""A terminal for tests: starts a program in a pty, types on it and reads its screen.

The screen is right for Latin and Cyrillic; scripts with joiners need `tmux capture-pane`.
"""

import contextlib
import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

from tests.servers.needs import program

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    **{f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{f"alt+{letter}": f"\x1b{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789"},
}

FRAME_BEGINS, FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
ASKS_FOR_FRAMES, OFFERS_FRAMES = b"\x1b[?2026$p", b"\x1b[?2026;2$y"

# Sequences that real terminals swallow and pyte would print.
NOT_FOR_PYTE = re.compile(rb"\x1b\[[<>=?][0-9;]*u|\x1b\[\?[0-9;]*\$p")
UNFINISHED = re.compile(rb"\x1b(\[[0-?]*[ -/]*)?\Z")

# Set by the terminal that runs the tests; they would reach into the one that we play.
NOT_INHERITED = ("COLUMNS", "LINES", "NO_COLOR", "TMUX", "COLORTERM", "TERM_PROGRAM")


class PtyConsole:
    """A program in a terminal of its own. Everything it ever wrote stays in `raw`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> None:
        self.raw = bytearray()
        self._pending = b""
        self._lock = threading.Condition()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._terminal, inside = os.openpty()
        set_size(inside, columns, rows)
        self._program = subprocess.Popen(
            # Its controlling terminal must be ours, or it never hears of a resize.
            [program("setsid"), "--ctty", *command],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=environment(env or {}),
            cwd=cwd,
        )
        os.close(inside)
        self._reader = threading.Thread(target=self._read, name="pty")
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        return self._program.pid

    def send(self, text: str) -> None:
        """Type the text as it stands."""
        os.write(self._terminal, text.encode())

    def press(self, *keys: str) -> None:
        """Press keys by name (`enter`, `ctrl+p`, `alt+1`), or by what is on them (`r`, `к`)."""
        for key in keys:
            self.send(KEYS.get(key, key))

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self._screen.resize(rows, columns)
            set_size(self._terminal, columns, rows)

    def screen(self) -> list[str]:
        """The rows as they are painted, whole frames only, without trailing spaces."""
        with self._lock:
            return [row.rstrip() for row in self._screen.display]

    def text(self) -> str:
        return "\n".join(self.screen())

    def wait_for(self, text: str, timeout: float = 10) -> None:
        """Return once the text is on the screen."""
        self.wait_until(lambda: text in self.text(), f"{text!r} on the screen", timeout)

    def wait_until_gone(self, text: str, timeout: float = 10) -> None:
        self.wait_until(lambda: text not in self.text(), f"{text!r} off the screen", timeout)

    def wait_until(self, there: Callable[[], bool], what: str, timeout: float = 10) -> None:
        """Return once it is so; looked at after everything that the program writes."""
        give_up = time.monotonic() + timeout
        with self._lock:
            while not there():
                left = give_up - time.monotonic()
                if left <= 0 or not self._lock.wait(timeout=left):
                    raise AssertionError(f"no {what} within {timeout} s:\n{framed(self.screen())}")

    def wait_for_exit(self, timeout: float = 10) -> int:
        """The exit status of the program."""
        return self._program.wait(timeout)

    def close(self) -> None:
        """End the program, politely first, and close the terminal."""
        if self._program.poll() is None:
            self._program.send_signal(signal.SIGHUP)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._program.wait(5)
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait()
        self._reader.join(5)
        os.close(self._terminal)

    def _read(self) -> None:
        # A pty whose other end is closed answers with an I/O error instead of an end.
        with contextlib.suppress(OSError):
            while data := os.read(self._terminal, 65536):
                with self._lock:
                    self.raw += data
                    self._paint(data)
                    self._lock.notify_all()

    def _paint(self, data: bytes) -> None:
        self._pending += data
        ready, self._pending = whole_frames(self._pending)
        for _ in range(ready.count(ASKS_FOR_FRAMES)):
            os.write(self._terminal, OFFERS_FRAMES)
        self._stream.feed(NOT_FOR_PYTE.sub(b"", ready))


def whole_frames(data: bytes) -> tuple[bytes, bytes]:
    """What may be painted now, and what must wait for the rest of its frame or sequence."""
    begin = data.rfind(FRAME_BEGINS)
    if begin > data.rfind(FRAME_ENDS):
        return data[:begin], data[begin:]
    unfinished = UNFINISHED.search(data)
    end = unfinished.start() if unfinished else len(data)
    return data[:end], data[end:]


def environment(wanted: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return inherited | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | dict(wanted)


def set_size(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def framed(rows: list[str]) -> str:
    return "\n".join(["┌", *(f"│{row}" for row in rows), "└"])
