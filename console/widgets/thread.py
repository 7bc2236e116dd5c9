"""The thread: a window on its lines, a cursor on one of its messages, some of them unfolded."""

from collections import OrderedDict
from collections.abc import Sequence

from textual import events
from textual.message import Message

from console.lines import BLANK, Line, Span, line
from console.paint import thread as paint
from console.paint.message import Shown, state_of
from console.paint.thread import Item, Key
from console.stage import Move
from console.view import View, customer_types
from console.widgets.painted import Painted
from console.widgets.window import Rows, Window
from console.words.catalogue import _, n_
from wire.messages.desk import MessageRow

CACHED = 1_000
# Longer lines are hard to read, however wide the window is.
WIDEST = 112
# Title and foot.
AROUND = 3


class Thread(Painted, can_focus=True):
    class Older(Message):
        """The top came into sight and there is more before it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.view = View()
        self._contact = 0
        self._items: list[Item] = []
        self._from: object = None
        self._window = Window()
        self._cursor = 0
        self._open: set[int] = set()
        self._read = 0
        self._places: dict[int, tuple[tuple[Key | None, int], int]] = {}
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
        self._places[self._contact] = (self._window.place, self._cursor)
        place, self._cursor = self._places.get(contact, ((None, 0), 0))
        self._window.go(*place)
        self._contact = contact
        self._read = 0

    @property
    def at_bottom(self) -> bool:
        return self._window.at_bottom

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
        body = self._body(self._rows(height - AROUND))
        return [*title, *body, self._foot()]

    def _rows(self, room: int) -> Rows:
        return Rows(self._items, lambda item: len(self._lines(item)), room)

    def _body(self, rows: Rows) -> list[Line]:
        begin, skip = self._window.settle(rows)
        if self.at_bottom and self.view.thread:
            self._read = self.view.thread.newest
        if begin == 0 and skip == 0 and self.view.thread and self.view.thread.more:
            self.post_message(self.Older())
        found: list[Line] = []
        for item in self._items[begin:]:
            found.extend(self._lines(item)[skip:])
            skip = 0
            if len(found) >= rows.room:
                break
        return found[: rows.room] + [BLANK] * (rows.room - len(found))

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

    def _lines(self, item: Item) -> tuple[Line, ...]:
        message = item.message
        number = message.id if message else 0
        state, style = state_of(message, self.view.now) if message else ("", "dim")
        shown = Shown(
            width=self._width(),
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
        half = max((self.size.height - AROUND) // 2, 1)
        match way:
            case "bottom":
                self._window.go(None)
                self._cursor = 0
            case "top":
                self._to_top()
            case "half down" | "half up":
                self._window.scroll(self._seen(), half if way == "half down" else -half)
                self._cursor_into_window()
            case "down" | "up":
                self._step(1 if way == "down" else -1)
        self.repaint()

    def _to_top(self) -> None:
        if not self._items:
            return
        self._window.go(self._items[0].key)
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
            self._point(numbers[-1])
            return
        if self._window.cuts_off(self._seen(), ("message", self._cursor), step):
            self._window.scroll(self._seen(), 3 * step)
            return
        place = numbers.index(self._cursor) + step
        if 0 <= place < len(numbers):
            self._point(numbers[place])
        elif step > 0:
            self._window.go(None)
        else:
            self._to_top()

    def _point(self, message: int) -> None:
        self._cursor = message
        self._window.show(self._seen(), ("message", message))

    def _width(self) -> int:
        return min(self.size.width, WIDEST)

    def _seen(self) -> Rows:
        """As the window is now, outside of painting."""
        return self._rows(max(self.size.height - AROUND, 1))

    def _cursor_into_window(self) -> None:
        targets = [row.target for row in self._painted[2:-1] if row.target]
        if targets and self._cursor not in targets:
            self._cursor = targets[len(targets) // 2]

    def point_at(self, message: int) -> None:
        self._cursor = message
        self._window.go(("message", message))
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
        self._window.scroll(self._seen(), 3)
        self.repaint()

    def on_mouse_scroll_up(self) -> None:
        self._window.scroll(self._seen(), -3)
        self.repaint()

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
