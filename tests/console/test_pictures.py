"""The pictures: a few screens as they were when they were looked at, and words that are longer."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from console.app import Console
from console.strips import Look
from console.words import catalogue
from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.hands import Hands
from tests.console.scene import scene
from wire.memory_bus import MemoryBus

pytestmark = pytest.mark.journey

Compare = Callable[..., bool]


def afternoon(folder: Path, look: Look) -> tuple[Console, TwinDesk]:
    desk = TwinDesk()
    scene(desk)
    opened: list[bool] = []

    async def connect() -> MemoryBus:
        if not opened:
            opened.append(True)
            await desk.open()
        return await desk.connect()

    (folder / "welcomed").touch()
    app = Console(
        connect, "ana", folder=folder, look=look, now=lambda: desk.now, steady=lambda: desk.now
    )
    return app, desk


def press(app: Console, desk: TwinDesk, *steps: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Keys, each followed by what must be seen before the next."""

    async def run(pilot: Pilot[Any]) -> None:
        hands = Hands(app, pilot, desk)
        await hands.sees("Olga Petrenko")
        for key, seen in zip(steps[::2], steps[1::2], strict=True):
            await hands.press(key)
            await hands.sees(seen)

    return run


READ = ("enter", "Any news about my refund")


@pytest.mark.parametrize(
    ("size", "theme", "steps"),
    [
        ((80, 24), "dark", ()),
        ((80, 24), "dark", READ),
        ((120, 40), "light", READ),
        ((160, 48), "dark", READ),
        ((160, 48), "contrast", (*READ, "i", "comment for colleagues")),
        ((120, 40), "dark", ("A", "● Bo")),
        ((80, 24), "dark", (*READ, "c", "Notes")),
    ],
    ids=[
        "80-queue",
        "80-thread",
        "120-light",
        "160-dark",
        "160-comment",
        "120-drawer",
        "80-customer",
    ],
)
def test_it_looks_as_it_did(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int], theme: str, steps: tuple[str, ...]
) -> None:
    app, desk = afternoon(tmp_path, Look(theme))
    assert snap_compare(app, terminal_size=size, run_before=press(app, desk, *steps))


@pytest.mark.parametrize("language", [catalogue.PSEUDO, "uk", "ru"])
@pytest.mark.parametrize("keys", [(), ("enter",), ("enter", "r"), ("w",), ("?",), ("P",)])
async def test_longer_words_fit_at_80_columns(
    desk: TwinDesk, console: Opening, language: str, keys: tuple[str, ...]
) -> None:
    scene(desk)
    catalogue.use(language)
    async with console((80, 24), until="Olga Petrenko") as hands:
        await hands.press(*keys)
        await hands.until(lambda: hands.app.view.loaded)
        # The clock, the load and the countdown stand where they stood: nothing was pushed out.
        head = hands.screen()[0]
        assert "ana" in head
        if not keys or keys[0] == "enter":
            assert head.endswith("14:32")
            assert "−2:12" in hands.text()
