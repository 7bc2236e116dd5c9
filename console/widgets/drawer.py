"""What opens at the bottom and asks one thing: a menu of letters, a line with suggestions, a sheet.

Each returns an answer, or None when its agent turns away with Esc.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import cast

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from console.keys import position
from console.lines import BLANK, Line, Span
from console.stage import Choice, Given, Suggest
from console.strips import Look
from console.widgets.composer import Editor
from console.widgets.listing import Lines, Listing
from console.widgets.painted import OneLine, Painted, keep_no_picture
from console.words.catalogue import _

# Lines that a key goes through what is to be read.
STEPS = {"down": 1, "j": 1, "up": -1, "k": -1, "pagedown": 10, "space": 10, "pageup": -10}


class Drawer(ModalScreen[object]):
    """What all of them share: the place at the bottom, a title, Esc."""

    def __init__(self, title: str, look: Look) -> None:
        super().__init__()
        self._heading = title
        self.look = look

    def heading(self) -> OneLine:
        line = OneLine(id="drawer-title")
        hint = (Span(_("Esc closes") + " ", "dim"),)
        line.show(Line((Span(f" {self._heading}", "title"),), hint, "panel"))
        return line

    class Ready(Message):
        """It is open and has the keys."""

    def on_mount(self) -> None:
        for painted in self.query(Painted):
            painted.look = self.look
        self.call_after_refresh(self.post_message, self.Ready())

    def on_unmount(self) -> None:
        keep_no_picture(self)


class Menu(Drawer):
    """A few choices, each with a letter; arrows and Enter as well."""

    def __init__(
        self, title: str, choices: Sequence[Choice], above: Sequence[Line], look: Look
    ) -> None:
        super().__init__(title, look)
        self._choices = choices
        self._above = above
        self._cursor = 0

    def compose(self) -> ComposeResult:
        with Vertical(id="drawer"):
            yield self.heading()
            yield Lines(self._above, 16, id="drawer-above")
            yield Listing(id="drawer-list", letters=True)

    def on_mount(self) -> None:
        super().on_mount()
        self._show()

    def _show(self) -> None:
        self.query_one(Listing).show(self._choices, self._cursor)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = position(event.key, event.character)
        match key:
            case "esc":
                self.dismiss(None)
            case "enter" if self._choices:
                self.dismiss(self._choices[self._cursor].value)
            case "down" | "j" | "tab":
                self._move(1)
            case "up" | "k" | "shift+tab":
                self._move(-1)
            case "pagedown" | "ctrl+d" | "space":
                self.query_one(Lines).scroll(8)
            case "pageup" | "ctrl+u":
                self.query_one(Lines).scroll(-8)
            case _:
                found = [choice for choice in self._choices if choice.key == key]
                if found:
                    self.dismiss(found[0].value)

    def _move(self, step: int) -> None:
        self._cursor = (self._cursor + step) % max(len(self._choices), 1)
        self._show()

    def on_click(self, event: events.Click) -> None:
        listing = self.query_one(Listing)
        target = listing.line_at(event.screen_y - listing.region.y).target
        if listing.region.contains(event.screen_x, event.screen_y) and target:
            self.dismiss(self._choices[target - 1].value)


class Prompt(Drawer):
    """A line to type, with what could be meant below it."""

    def __init__(self, title: str, suggest: Suggest, look: Look, *, value: str, free: bool) -> None:
        super().__init__(title, look)
        self._suggest = suggest
        self._value = value
        self._free = free
        self._choices: Sequence[Choice] = ()
        # With free words nothing is chosen until the agent goes down to it.
        self._cursor = -1 if free else 0

    def compose(self) -> ComposeResult:
        with Vertical(id="drawer"):
            yield self.heading()
            yield Input(self._value, id="drawer-input", compact=True, select_on_focus=False)
            yield Listing(id="drawer-list")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Input).focus()
        self._ask(self._value)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._cursor = -1 if self._free else 0
        self._ask(event.value)

    def _ask(self, typed: str) -> None:
        if inspect.iscoroutinefunction(self._suggest):
            # Typing on ends the question before; not begun, it must not have been made either.
            self._later(typed)
        else:
            self._show(cast(Sequence[Choice], self._suggest(typed)))

    @work(exclusive=True, exit_on_error=False)
    async def _later(self, typed: str) -> None:
        choices = await cast(Awaitable[Sequence[Choice]], self._suggest(typed))
        if self.query_one(Input).value == typed:
            self._show(choices)

    def _show(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self._cursor = min(self._cursor, len(choices) - 1)
        self.query_one(Listing).show(choices, self._cursor)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        chosen = self._choices[self._cursor] if 0 <= self._cursor < len(self._choices) else None
        if chosen is not None and chosen.value is None:
            chosen = None  # it says something, and is nothing to choose
        if chosen or self._free:
            self.dismiss(Given(event.value, chosen))

    def on_key(self, event: events.Key) -> None:
        match event.key:
            case "escape":
                self.dismiss(None)
            case "down" | "ctrl+n":
                self._move(1)
            case "up" | "ctrl+p":
                self._move(-1)
            case "tab":
                self._complete()
            case _:
                return
        event.stop()
        event.prevent_default()

    def _move(self, step: int) -> None:
        least = -1 if self._free else 0
        self._cursor = min(max(self._cursor + step, least), len(self._choices) - 1)
        self.query_one(Listing).show(self._choices, self._cursor)

    def _complete(self) -> None:
        """Tab takes the words of the first suggestion."""
        if not self._choices:
            return
        choice = self._choices[max(self._cursor, 0)]
        if choice.value is None:
            return
        if isinstance(choice.value, str) or self._free:
            line = self.query_one(Input)
            head = line.value.rpartition(" ")[0] if isinstance(choice.value, str) else ""
            line.value = f"{head} {choice.title}".strip()
            line.cursor_position = len(line.value)

    def on_click(self, event: events.Click) -> None:
        listing = self.query_one(Listing)
        target = listing.line_at(event.screen_y - listing.region.y).target
        if listing.region.contains(event.screen_x, event.screen_y) and target:
            self.dismiss(Given(self.query_one(Input).value, self._choices[target - 1]))


class Sheet(Drawer):
    """Something to read."""

    def __init__(self, title: str, lines: Sequence[Line], look: Look) -> None:
        super().__init__(title, look)
        self._text = lines

    def compose(self) -> ComposeResult:
        with Vertical(id="drawer"):
            yield self.heading()
            yield Lines(self._text or [BLANK], 18, id="drawer-above")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = position(event.key, event.character)
        if key in ("esc", "enter", "q"):
            self.dismiss(None)
        elif key in STEPS:
            self.query_one(Lines).scroll(STEPS[key])


class Leaf(Drawer):
    """Something long to read, as high as it needs; keys turn to another."""

    def __init__(
        self,
        title: str,
        paint: Callable[[int], Sequence[Line]],
        choices: Sequence[Choice],
        look: Look,
    ) -> None:
        super().__init__(title, look)
        self._paint = paint
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(id="drawer"):
            yield self.heading()
            # A fifth of the screen stays, and the drawer's edge, its title and its keys are in it.
            room = max(self.app.size.height * 4 // 5 - 3, 4)
            lines = self._paint(self.app.size.width) or [BLANK]
            yield Lines(lines, room, id="drawer-above")
            bottom = OneLine(id="drawer-hint")
            bottom.show(Line(tuple(self._hints(long=len(lines) > room)), (), "panel"))
            yield bottom

    def _hints(self, *, long: bool) -> Iterator[Span]:
        if long:
            yield Span(" j k", "key")
            yield Span(f" {_('down and up')} ", "dim")
        for choice in self._choices:
            if choice.title:
                yield Span(f" {choice.key}", "key")
                yield Span(f" {choice.title} ", "dim")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        key = position(event.key, event.character)
        chosen = next((choice for choice in self._choices if choice.key == key), None)
        if chosen is not None:
            self.dismiss(chosen.value)
        elif key in ("esc", "enter", "q"):
            self.dismiss(None)
        elif key in STEPS:
            self.query_one(Lines).scroll(STEPS[key])


class NotePad(Drawer):
    """Several lines to write; ^S keeps them."""

    def __init__(self, title: str, text: str, hint: str, look: Look) -> None:
        super().__init__(title, look)
        self._text = text
        self._hint = hint

    def compose(self) -> ComposeResult:
        with Vertical(id="drawer"):
            yield self.heading()
            yield Editor(self._text, id="notepad", compact=True, show_line_numbers=False)
            bottom = OneLine(id="drawer-hint")
            bottom.show(Line((Span(f" {self._hint}", "dim"),), (), "panel"))
            yield bottom

    def on_mount(self) -> None:
        super().on_mount()
        pad = self.query_one(TextArea)
        pad.focus()
        pad.move_cursor(pad.document.end)

    def on_editor_wants(self, event: Editor.Wants) -> None:
        event.stop()  # the composer beneath is not meant
        if event.command == "send":
            self.dismiss(self.query_one(TextArea).text)
        elif event.command == "canned":
            self.query_one(TextArea).insert("/")

    def on_editor_leave(self, event: Editor.Leave) -> None:
        event.stop()
        self.dismiss(None)
