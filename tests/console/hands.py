"""An agent's hands and eyes in a test: presses keys, reads what is painted."""

import asyncio
import time
from collections.abc import Callable

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from console.app import Console
from console.drafts import Draft
from tests.console.desk import TwinDesk

PATIENCE = 8.0


class Hands:
    def __init__(self, app: Console, pilot: Pilot[None], desk: TwinDesk) -> None:
        self.app = app
        self.desk = desk
        self._pilot = pilot

    async def press(self, *pressed: str) -> None:
        """Keys by name or by what is on them ("r", "к")."""
        for key in pressed:
            self._key(key)
            await self._pilot.pause()

    async def types(self, text: str) -> None:
        for character in text:
            self._key("space" if character == " " else character)
        await self._pilot.pause()

    def _key(self, key: str) -> None:
        name = _character_to_key(key) if len(key) == 1 else key
        character = " " if key == "space" else key if len(key) == 1 else None
        self.app.post_message(events.Key(name, character))

    @property
    def draft(self) -> Draft | None:
        """What stands in the composer."""
        return self.app.writing.draft

    def screen(self) -> list[str]:
        """The rows as they are painted."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        return "\n".join(self.screen())

    async def sees(self, words: str) -> None:
        await self.until(lambda: words in self.text(), words)

    async def sees_no_more(self, words: str) -> None:
        await self.until(lambda: words not in self.text(), f"no {words}")

    async def until(self, so: Callable[[], bool], what: str = "") -> None:
        give_up = time.monotonic() + PATIENCE
        while not so():
            if time.monotonic() > give_up:
                raise AssertionError(f"never seen: {what}\n{self.text()}")
            await self._pilot.pause()
            await asyncio.sleep(0.01)

    async def resize(self, width: int, height: int) -> None:
        await self._pilot.resize_terminal(width, height)

    def row_of(self, words: str) -> int:
        """The number of the row on which the words stand."""
        return next(number for number, row in enumerate(self.screen()) if words in row)
