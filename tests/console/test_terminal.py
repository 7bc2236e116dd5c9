"""The console in a real terminal: what is written to it, byte for byte."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.hostile import MARK
from tests.servers.pty_console import PtyConsole

pytestmark = pytest.mark.journey


def terminal(folder: Path, *arguments: str, columns: int = 100, rows: int = 30) -> PtyConsole:
    command = [sys.executable, "-m", "tests.console.twin_console", str(folder), *arguments]
    return PtyConsole(command, columns=columns, rows=rows, env={"VISUAL": "true"})


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[PtyConsole]:
    with terminal(tmp_path, "hostile", columns=170, rows=40) as console:
        console.wait_for("Eve")
        yield console


def test_no_byte_of_a_customer_reaches_the_terminal_as_an_order(attacked: PtyConsole) -> None:
    attacked.press("enter")
    attacked.wait_for("EVE WAS HERE")
    attacked.press("k", "k", "k", "z")
    attacked.wait_for("▾")
    for keys, seen in (
        (("\\", "E", "V", "E"), "Search all history"),
        (("n",), "Note about"),
        (("l",), "known by"),
        (("x",), "Which?"),
    ):
        attacked.press(*keys)
        attacked.wait_for(seen)
        attacked.press("escape")  # alone: with a letter after it, it would be Alt
        attacked.wait_until_gone(seen)
    attacked.press("r", "/")
    attacked.wait_for("Which ready text?")
    attacked.press("enter")
    attacked.wait_for("Enter sends")
    raw = bytes(attacked.raw)
    for order in (b"\x1b]0;", b"\x1b]52;", b"\x1b[2J" + MARK.encode(), b"\xc2\x9b31m",
                  "\u202e".encode(), "\u2066".encode()):  # fmt: skip
        assert order not in raw, order
    assert MARK.encode() in raw  # it was shown, as text
    attacked.press("ctrl+q")
    attacked.wait_for("not sent")
    attacked.press("y")
    assert attacked.wait_for_exit() == 0


@pytest.mark.parametrize("keys", [("r", "e"), ("к", "у")])
def test_a_reply_and_a_resolve_by_latin_and_cyrillic_keys(
    tmp_path: Path, keys: tuple[str, str]
) -> None:
    with terminal(tmp_path, "olga", columns=80, rows=24) as console:
        console.wait_for("Olga Petrenko")
        console.press("enter")
        console.wait_for("Any news about my refund")
        console.press(keys[0])
        console.wait_for("Enter sends")
        console.send("Вже їде")
        console.press("enter")
        console.wait_for("goes out in")
        console.press("escape")
        console.wait_until(lambda: "^J new line" not in console.text(), "composer left")
        console.press(keys[1])
        console.wait_for("Resolved")


def test_it_works_without_colours_and_with_ascii_only(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.console.twin_console", str(tmp_path), "olga", "ascii"]
    with PtyConsole(command, columns=80, rows=24, env={"NO_COLOR": "1"}) as console:
        console.wait_for("Olga Petrenko")
        console.press("enter", "r")
        console.wait_for("Enter sends")
        assert all(row.isascii() for row in console.screen())
        raw = bytes(console.raw)
        assert b"\x1b[38;2;" not in raw or _grey(raw)


def _grey(raw: bytes) -> bool:
    """NO_COLOR leaves brightness: red, green and blue are the same everywhere."""
    import re

    colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", raw)
    return all(red == green == blue for red, green, blue in colours)


def test_a_resize_changes_the_layout_and_keeps_the_draft(tmp_path: Path) -> None:
    with terminal(tmp_path, "olga", columns=80, rows=24) as console:
        console.wait_for("Olga Petrenko")
        console.press("enter", "r")
        console.wait_for("Enter sends")
        console.send("stays")
        console.wait_for("stays")
        console.resize(170, 40)
        console.wait_for("Pays by card ending 12")
        console.wait_for("stays")
        console.wait_for("Jan Kowalski")


def test_new_work_rings_and_stands_in_the_title(tmp_path: Path) -> None:
    with terminal(tmp_path, "olga", "work") as console:
        console.wait_for("Late Comer")
        console.wait_until(lambda: b"\x1b]2;(1!) cordboard" in console.raw, "title")
        rest = bytes(console.raw).replace(b"cordboard \xc2\xb7 ana\x07", b"")
        assert b"\x07" in rest
