"""A console at a desk of its own, driven by keys."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from console.app import PLAIN_LOOK, Console
from console.strips import Look
from console.words import catalogue
from tests.console.desk import TwinDesk
from tests.console.hands import Hands

Opening = Callable[..., AbstractAsyncContextManager[Hands]]


@pytest.fixture(autouse=True)
def _english_and_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Words and clocks are the same on every machine."""
    catalogue.use("en")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
async def desk() -> TwinDesk:
    twin = TwinDesk()
    await twin.open()
    return twin


@pytest.fixture
def console(desk: TwinDesk, tmp_path: Path) -> Opening:
    """`async with console(size=(120, 40)) as hands:`"""

    @asynccontextmanager
    async def opened(
        size: tuple[int, int] = (120, 40), look: Look = PLAIN_LOOK, until: str = "mine:"
    ) -> AsyncIterator[Hands]:
        app = Console(
            desk.connect, desk.agent, folder=tmp_path, look=look, now=lambda: desk.now,
            steady=lambda: desk.now, downloads=tmp_path / "downloads",
        )  # fmt: skip
        async with app.run_test(size=size) as pilot:
            hands = Hands(app, pilot, desk)
            await hands.sees(until)
            await hands.until(lambda: app.view.loaded)
            yield hands

    return opened
