"""Ways to ask the agent: a few choices, words with suggestions, something to read or to write."""

from collections.abc import Callable, Sequence
from typing import Any

from textual.screen import Screen

from console.lines import Line
from console.parts.dressing import Dressing
from console.parts.room import Room
from console.stage import Choice, Fetch, Given, Suggest
from console.typeahead import TypeAhead
from console.widgets import drawer
from console.widgets.browser import Browser


class Drawers:
    def __init__(self, room: Room, dressing: Dressing, ahead: TypeAhead) -> None:
        self._room = room
        self._dressing = dressing
        self._ahead = ahead

    async def choose(
        self, title: str, choices: Sequence[Choice], above: Sequence[Line] = ()
    ) -> Any:
        return await self._asked(drawer.Menu(title, choices, above, self._dressing.look))

    async def prompt(
        self, title: str, suggest: Suggest, *, value: str = "", free: bool = False
    ) -> Given | None:
        look = self._dressing.look
        given = await self._asked(drawer.Prompt(title, suggest, look, value=value, free=free))
        return given if isinstance(given, Given) else None

    async def browse(
        self, title: str, parts: Sequence[Choice], part: Any, fetch: Fetch
    ) -> tuple[Any, Any] | None:
        given = await self._asked(Browser(title, parts, part, fetch, self._dressing.look))
        return given if isinstance(given, tuple) else None

    async def sheet(self, title: str, lines: Sequence[Line]) -> None:
        await self._asked(drawer.Sheet(title, lines, self._dressing.look))

    async def leaf(
        self, title: str, paint: Callable[[int], Sequence[Line]], choices: Sequence[Choice]
    ) -> Any:
        return await self._asked(drawer.Leaf(title, paint, choices, self._dressing.look))

    async def edit(self, title: str, text: str, hint: str) -> str | None:
        given = await self._asked(drawer.NotePad(title, text, hint, self._dressing.look))
        return given if isinstance(given, str) else None

    async def _asked(self, asking: Screen[Any]) -> Any:
        """What the drawer brought back; keys typed since it closed wait for its flow."""
        self._ahead.hold()
        given = await self._room.app.push_screen_wait(asking)
        self._ahead.hold()
        return given
