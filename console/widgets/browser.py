"""A list that is too long to be fetched at once: page by page, kept fresh, turned by letters."""

from collections.abc import Sequence
from typing import Any

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical

from console.keys import position
from console.lines import Line, Span
from console.stage import Choice, Fetch
from console.strips import Look
from console.widgets.drawer import Drawer
from console.widgets.listing import Listing
from console.widgets.painted import OneLine
from console.words.catalogue import _

# Seconds after which the first page is fetched anew.
FRESH = 3.0


class Page(Listing):
    """As high as there is room."""

    DEFAULT_CSS = "Page { height: 1fr; }"

    def show(self, choices: Sequence[Choice], cursor: int) -> None:
        self.choices, self.cursor = choices, cursor
        self.repaint()


class Browser(Drawer):
    """Answers (part, value) of what was chosen; a value has an `id`."""

    def __init__(
        self, title: str, parts: Sequence[Choice], part: Any, fetch: Fetch, look: Look
    ) -> None:
        super().__init__(title, look)
        self._parts, self._part, self._fetch = parts, part, fetch
        self._rows: list[Choice] = []
        self._cursor, self._pages, self._ended, self._loaded = 0, 0, False, False

    def compose(self) -> ComposeResult:
        with Vertical(id="drawer", classes="-whole"):
            yield self.heading()
            yield OneLine(id="browser-parts")
            yield Page(id="drawer-list")

    def on_mount(self) -> None:
        super().on_mount()
        self._turn(self._part)
        self.set_interval(FRESH, self._freshen)

    # --- fetching --------------------------------------------------------------------------------

    def _turn(self, part: Any) -> None:
        self._part, self._rows, self._cursor = part, [], 0
        self._pages, self._ended, self._loaded = 0, False, False
        self._show()
        self._load(None)

    def _freshen(self) -> None:
        """What is new comes in above; one who reads further down is not disturbed."""
        if self._pages <= 1:
            self._load(None)

    @work(exclusive=True, exit_on_error=False)
    async def _load(self, after: Any) -> None:
        part = self._part
        found = await self._fetch(part, after)
        if part != self._part:
            return
        self._loaded = True
        if after is None:
            self._first(found)
        else:
            self._rows += found
            self._pages += 1
            self._ended = not found
        self._show()

    def _first(self, found: Sequence[Choice]) -> None:
        """The cursor stays on its row wherever that stands now; at the top it stays there."""
        here = self._here
        self._rows, self._pages = list(found), 1
        numbers = [_number(row) for row in found]
        if self._cursor and here in numbers:
            self._cursor = numbers.index(here)
        self._cursor = min(self._cursor, max(len(self._rows) - 1, 0))

    @property
    def _here(self) -> int:
        return _number(self._rows[self._cursor]) if self._rows else 0

    # --- showing ---------------------------------------------------------------------------------

    def _show(self) -> None:
        spans: list[Span] = []
        for part in self._parts:
            style = "title" if part.value == self._part else "dim"
            spans += [Span(f" {part.key} ", "key"), Span(part.title + " ", style)]
        place = f"{self._cursor + 1}/{len(self._rows)}{'' if self._ended else '+'} "
        right = (Span(place if self._rows else "", "dim"),)
        self.query_one("#browser-parts", OneLine).show(Line(tuple(spans), right, "panel"))
        empty = _("Nothing here.") if self._loaded else _("Opening…")
        rows = self._rows or [Choice(None, empty, style="dim")]
        self.query_one(Page).show(rows, self._cursor if self._rows else -1)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = position(event.key, event.character)
        half = max(self.query_one(Page).size.height // 2, 1)
        steps = {"down": 1, "j": 1, "up": -1, "k": -1, "pagedown": half, "ctrl+d": half,
                 "space": half, "pageup": -half, "ctrl+u": -half, "home": -(10**6),
                 "g": -(10**6)}  # fmt: skip
        parts = {part.key: part.value for part in self._parts}
        if key in ("esc", "q"):
            self.dismiss(None)
        elif key == "enter":
            self._choose(self._cursor)
        elif key in parts:
            self._turn(parts[key])
        elif key in steps:
            self._move(steps[key])

    def _move(self, step: int) -> None:
        last = len(self._rows) - 1
        self._cursor = min(max(self._cursor + step, 0), max(last, 0))
        if self._cursor == last and step > 0 and not self._ended and last >= 0:
            self._load(self._rows[-1].value)
        self._show()

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self._rows) and self._rows[place].value is not None:
            self.dismiss((self._part, self._rows[place].value))

    def on_click(self, event: events.Click) -> None:
        listing = self.query_one(Page)
        target = listing.line_at(event.screen_y - listing.region.y).target
        if listing.region.contains(event.screen_x, event.screen_y) and target:
            self._choose(target - 1)


def _number(row: Choice) -> int:
    return int(getattr(row.value, "id", 0))
