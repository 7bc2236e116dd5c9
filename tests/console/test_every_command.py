"""Every command of the table is reached by keys, at 80×24, in a terminal."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.commands import COMMANDS
from console.stage import Command
from tests.console.test_terminal import terminal
from tests.servers.pty_console import PtyConsole

pytestmark = pytest.mark.journey

# Longer than the time between two frames of one change.
QUIET = 0.05
NAMES = {"esc": "escape", "f1": "f1", "space": "space"}
FUNCTION_KEYS = {
    "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f8": "\x1b[19~",
    "f9": "\x1b[20~",
}  # fmt: skip
# Where a command is pressed, when that is not the first place that the table names.
ELSEWHERE = {
    "take": "waiting",
    "reopen": "resolved",
    "undo": "sent",
    "back": "thread",
    "strand": "olga",
    "related": "olga",
}


class Walk:
    """Goes to a place of the console, presses a key, and sees in its log what was done."""

    def __init__(self, console: PtyConsole, log: Path) -> None:
        self.console = console
        self._log = log

    def go(self, place: str) -> None:
        self._home()
        if place in ("waiting", "resolved"):
            self.console.press("v", place[0])
            self.console.wait_for({"waiting": "Customer 0", "resolved": "Past"}[place])
            self._settle()
        elif place == "olga":
            self.console.press("1")
            self.console.wait_for("▎Invoice 4417")
        elif place in ("thread", "composer", "customer", "sent"):
            self.console.press("g", "enter")
            self.console.wait_for("╭ ")
            {"composer": self._write, "customer": self._look, "sent": self._send}.get(
                place, lambda: None
            )()

    def _write(self) -> None:
        self.console.press("r")
        self.console.wait_for("╰ ")

    def _look(self) -> None:
        self.console.press("c")
        self.console.wait_for("Notes")

    def _send(self) -> None:
        self._write()
        self.console.send("x")
        self.console.press("enter")
        self.console.wait_for("goes out in")
        self._escape()
        self.console.wait_until_gone("^J new line")

    def _home(self) -> None:
        for _try in range(8):
            self._settle()
            text = self.console.text()
            if "mine, by what is due" in text and "Esc" not in text:
                return
            self._escape()
        raise AssertionError(self.console.text())

    def _escape(self) -> None:
        size = len(self.console.raw)
        self.console.press("escape")
        self._until(lambda: len(self.console.raw) > size, 0.3)
        self._settle()

    def _settle(self) -> None:
        """Until nothing is painted any more."""
        quiet, size = 0, -1
        while quiet < 2:
            quiet = quiet + 1 if size == len(self.console.raw) else 0
            size = len(self.console.raw)
            time.sleep(QUIET)

    def press(self, command: Command) -> None:
        """Until it is in the log, and seen: the next key is for what it opened."""
        before, size = self.done(command), len(self.console.raw)
        if command.keys:
            key = command.keys[0]
            self.console.press(FUNCTION_KEYS.get(key, NAMES.get(key, key)))
        else:
            self.console.press(":")
            self.console.wait_for("Esc closes")
            self.console.send(command.id)
            self.console.press("enter")
        self._until(lambda: self.done(command) > before, 8.0)
        assert self.done(command) > before, f"{command.id}\n{self.console.text()}"
        self._until(lambda: len(self.console.raw) > size, 0.3)

    def done(self, command: Command) -> int:
        return self._log.read_text().splitlines().count(f"command {command.id}")

    @staticmethod
    def _until(so: Callable[[], bool], patience: float) -> None:
        give_up = time.monotonic() + patience
        while not so() and time.monotonic() < give_up:
            time.sleep(0.01)


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    with terminal(tmp_path, "busy", columns=80, rows=24) as console:
        console.wait_for("Olga Petrenko")
        yield Walk(console, tmp_path / "done")


def test_every_command_is_reached(walk: Walk) -> None:
    last = [command for command in COMMANDS if command.id == "quit"]
    for command in [c for c in COMMANDS if c.id != "quit"]:
        walk.go(ELSEWHERE.get(command.id) or _place(command))
        walk.press(command)
    walk.go("queue")
    walk.press(last[0])


def _place(command: Command) -> str:
    """Where it is possible: writing in the composer, reading in a thread, else the queue."""
    if command.places[0] == "composer":
        return "composer" if command.keys else "thread"
    needs_thread = command.when.__name__ in ("reading", "several_strands", "chatting")
    return "thread" if needs_thread or command.places == ("thread",) else "queue"
