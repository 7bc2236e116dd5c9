"""The thread: painted from an anchor, so that nothing moves under the eyes.

The window begins at a message (and a line in it), or ends at the bottom. Only what is in the window
is ever wrapped: 10,000 messages cost what 20 do.
"""

from collections import OrderedDict
from collections.abc import Sequence

from textual import events
from textual.message import Message

from console.lines import BLANK, Line, Span, line
from console.paint import thread as paint
from console.paint.thread import Item, Shown
from console.stage import Move
from console.view import View, customer_types
from console.widgets.painted import Painted
from console.words.catalogue import _, n_
from wire.messages.desk import MessageRow

CACHED = 1_000
# Longer lines are hard to read, however wide the window is.
WIDEST = 112
Key = tuple[str, int]
Place = tuple[int, int]


class Thread(Painted, can_focus=True):
    class Older(Message):
        """The top came into sight and there is more before it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.view = View()
        self._contact = 0
        self._items: list[Item] = []
        self._from: object = None
        self._anchor: Key | None = None
        self._skip = 0
        self._cursor = 0
        self._open: set[int] = set()
        self._read = 0
        self._places: dict[int, tuple[Key | None, int, int]] = {}
        self._cache: OrderedDict[tuple[object, ...], tuple[Line, ...]] = OrderedDict()

    def show(self, view: View) -> None:
        self.view = view
        thread = view.thread
        contact = thread.contact if thread else 0
        if contact != self._contact:
            self._change_to(contact)
        made_from = (thread and (thread.messages, thread.strand, thread.more), view.strand)
        if made_from != self._from:
            self._from = made_from
            self._items = paint.items(view)
        self.repaint()

    def _change_to(self, contact: int) -> None:
        """Scroll and cursor are kept per customer."""
        self._places[self._contact] = (self._anchor, self._skip, self._cursor)
        self._anchor, self._skip, self._cursor = self._places.get(contact, (None, 0, 0))
        self._contact = contact
        self._read = 0

    @property
    def at_bottom(self) -> bool:
        return self._anchor is None

    @property
    def cursor(self) -> MessageRow | None:
        """The message under the cursor; the newest one when nobody chose."""
        messages = self.view.thread.messages if self.view.thread else ()
        found = next((m for m in messages if m.id == self._cursor), None)
        said = [m for m in messages if m.by != "desk"]
        return found or (said[-1] if said else None)

    # --- what stands in the window ---------------------------------------------------------------

    def window(self, width: int, height: int) -> Sequence[Line]:
        width = self._width()
        title = [paint.title_line(self.view, self.has_focus, width), line()]
        if not self._items:
            return [*title, *paint.empty_lines(self.view, width)]
        body = self._body(width, height - len(title) - 1)
        return [*title, *body, self._foot()]

    def _body(self, width: int, room: int) -> list[Line]:
        begin, skip = self._start(width, room)
        if (begin, skip) >= self._bottom(width, room):
            self._anchor = None
        if self._anchor is None and self.view.thread:
            self._read = self.view.thread.newest
        if begin == 0 and skip == 0 and self.view.thread and self.view.thread.more:
            self.post_message(self.Older())
        found: list[Line] = []
        for item in self._items[begin:]:
            found.extend(self._lines(item, width)[skip:])
            skip = 0
            if len(found) >= room:
                break
        return found[:room] + [BLANK] * (room - len(found))

    def _start(self, width: int, room: int) -> Place:
        """The item at the top of the window, and how many of its lines are above it."""
        if self._anchor is not None:
            for number, item in enumerate(self._items):
                if item.key == self._anchor:
                    return number, min(self._skip, len(self._lines(item, width)) - 1)
        return self._bottom(width, room)

    def _bottom(self, width: int, room: int) -> Place:
        """The place from which the window just shows the end."""
        for number in range(len(self._items) - 1, -1, -1):
            room -= len(self._lines(self._items[number], width))
            if room <= 0:
                return number, -room
        return 0, 0

    def _foot(self) -> Line:
        """What is not in the window, and what the customer does now."""
        right: tuple[Span, ...] = ()
        if customer_types(self.view):
            row = self.view.strand
            name = row.contact_name.split(" ")[0] if row else ""
            right = (Span(_("{name} is typing", name=name) + " ", "dim"),)
        below = self._unread_below()
        if below:
            words = n_("{count} new below · G", "{count} new below · G", below)
            return Line((Span(f" ↓ {words}", "accent"),), right)
        return Line((Span(" ↓" if not self.at_bottom else "", "dim"),), right)

    def _unread_below(self) -> int:
        thread = self.view.thread
        if thread is None or self.at_bottom:
            return 0
        return sum(1 for m in thread.messages if m.id > self._read and m.by != "desk")

    def _lines(self, item: Item, width: int) -> tuple[Line, ...]:
        message = item.message
        number = message.id if message else 0
        state, style = paint.state_of(message, self.view.now) if message else ("", "dim")
        shown = Shown(
            width=width,
            cursor=bool(number) and number == self._cursor and self.has_focus,
            open=number in self._open,
            state=state,
            state_style=style,
            me=self.view.me.id,
        )
        key = (item.key, item.words, item.hue, message.version if message else 0, shown)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = paint.item_lines(item, shown)
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return found

    # --- moving ----------------------------------------------------------------------------------

    def move(self, way: Move) -> None:
        half = max((self.size.height - 3) // 2, 1)
        match way:
            case "bottom":
                self._anchor, self._skip, self._cursor = None, 0, 0
            case "top":
                self._to_top()
            case "half down" | "half up":
                self._scroll(half if way == "half down" else -half)
                self._cursor_into_window()
            case "down" | "up":
                self._step(1 if way == "down" else -1)
        self.repaint()

    def _to_top(self) -> None:
        if not self._items:
            return
        self._anchor, self._skip = self._items[0].key, 0
        said = (i.key[1] for i in self._items if i.message and i.message.by != "desk")
        self._cursor = next(said, 0)
        if self.view.thread and self.view.thread.more:
            self.post_message(self.Older())

    def _step(self, step: int) -> None:
        """The next message; a long one is scrolled through first."""
        said = [item for item in self._items if item.message and item.message.by != "desk"]
        if not said:
            return
        numbers = [item.key[1] for item in said]
        if self._cursor not in numbers:
            self._cursor = numbers[-1]
            self._show_cursor()
            return
        if self._cut_off(step):
            self._scroll(3 * step)
            return
        place = numbers.index(self._cursor) + step
        if 0 <= place < len(numbers):
            self._cursor = numbers[place]
            self._show_cursor()
        elif step > 0:
            self._anchor, self._skip = None, 0
        else:
            self._to_top()

    def _span(self) -> tuple[int, int]:
        """First and last row of the cursor's message, counted from the top of the window."""
        width, room = self._width(), self._room()
        begin, skip = self._start(width, room)
        place = next(
            (n for n, item in enumerate(self._items) if item.key == ("message", self._cursor)), 0
        )
        if place < begin:
            return -room, -1
        start = -skip
        for item in self._items[begin:place]:
            start += len(self._lines(item, width))
            if start > room:
                return room + 1, 2 * room
        return start, start + len(self._lines(self._items[place], width)) - 1

    def _width(self) -> int:
        return min(self.size.width, WIDEST)

    def _room(self) -> int:
        return max(self.size.height - 3, 1)

    def _cut_off(self, step: int) -> bool:
        start, end = self._span()
        if end - start < self._room():
            return False
        return end > self._room() if step > 0 else start < 0

    def _show_cursor(self) -> None:
        start, end = self._span()
        if start < 0 or start > self._room():
            self._anchor, self._skip = ("message", self._cursor), 0
        elif end > self._room():
            self._scroll(min(end - self._room(), start))

    def _scroll(self, lines: int) -> None:
        """Move the window, from wherever it is."""
        width, room = self._width(), self._room()
        place, skip = self._start(width, room)
        skip += lines
        while skip < 0 and place > 0:
            place -= 1
            skip += len(self._lines(self._items[place], width))
        while place < len(self._items) and skip >= len(self._lines(self._items[place], width)):
            skip -= len(self._lines(self._items[place], width))
            place += 1
        if (place, skip) >= self._bottom(width, room):
            self._anchor, self._skip = None, 0
        else:
            self._anchor, self._skip = self._items[place].key, max(skip, 0)

    def _cursor_into_window(self) -> None:
        targets = [row.target for row in self._painted[2:-1] if row.target]
        if targets and self._cursor not in targets:
            self._cursor = targets[len(targets) // 2]

    def point_at(self, message: int) -> None:
        self._cursor = message
        self._anchor, self._skip = ("message", message), 0
        self.repaint()

    def unfold(self) -> None:
        if message := self.cursor:
            self._cursor = message.id
            self._open ^= {message.id}
            self.repaint()

    def on_click(self, event: events.Click) -> None:
        if target := self.line_at(event.y).target:
            if target == self._cursor:
                self._open ^= {target}
            self._cursor = target
            self.repaint()

    def on_mouse_scroll_down(self) -> None:
        self._scroll(3)
        self.repaint()

    def on_mouse_scroll_up(self) -> None:
        self._scroll(-3)
        self.repaint()

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
