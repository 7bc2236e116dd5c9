"""The console in a real terminal: what is written to it, byte for byte."""

import sys
from pathlib import Path

import pytest

from tests.servers.pty_console import PtyConsole

pytestmark = pytest.mark.journey


def terminal(folder: Path, *arguments: str, columns: int = 100, rows: int = 30) -> PtyConsole:
    command = [sys.executable, "-m", "tests.console.twin_console", str(folder), *arguments]
    return PtyConsole(command, columns=columns, rows=rows, env={"VISUAL": "true"})


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
