"""The list on the left: rows of fixed height, the cursor kept by identity."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from textual import events
from textual.message import Message

from console.lines import BLANK, Line
from console.paint import queue as paint
from console.paint.queue import RowState
from console.stage import Move
from console.view import View, in_list
from console.widgets.painted import Painted
from wire.messages.desk import ConversationRow

CACHED = 2_000
# Under so many rows of the terminal the blank line between rows is given up.
ROOMY = 30


class Queue(Painted, can_focus=True):
    class Chosen(Message):
        """The cursor went to another conversation; `open` when it was clicked twice."""

        def __init__(self, conversation: int, *, open: bool = False) -> None:
            super().__init__()
            self.conversation = conversation
            self.open = open

    class Released(Message):
        """What waits behind the list may come in."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.view = View()
        self.drafts: Mapping[int, str] = {}
        self._top = 0
        self._place = 0
        self._cache: OrderedDict[tuple[object, ...], tuple[Line, Line]] = OrderedDict()

    def show(self, view: View, drafts: Mapping[int, str]) -> None:
        self.view, self.drafts = view, drafts
        self.repaint()

    # --- what stands in the window ---------------------------------------------------------------

    def window(self, width: int, height: int) -> Sequence[Line]:
        view = self.view
        lines = [paint.title_line(view, self.has_focus, width), BLANK]
        if view.behind:
            lines[1] = paint.behind_line(len(view.behind))
        if not view.order:
            return [*lines, *paint.empty_lines(view, width)]
        pitch = self._pitch(height)
        room = max((height - len(lines) - 1) // pitch, 1)
        self._settle(room)
        for number in view.order[self._top : self._top + room]:
            lines += self._row(view.rows[number], width)
            lines += [BLANK] * (pitch - 2)
        lines += [BLANK] * (height - len(lines) - 1)
        return [*lines[: height - 1], paint.foot_line(view)]

    def _pitch(self, height: int) -> int:
        return 3 if height >= ROOMY - 4 else 2

    def _room(self) -> int:
        height = self.size.height
        return max((height - 3) // self._pitch(height), 1)

    def _settle(self, room: int) -> None:
        """While it is looked at, the cursor's row stays where it is on the screen, whatever came
        or went above it; otherwise the window stays, and what is late is seen at its top."""
        order = self.view.order
        index = order.index(self.view.cursor) if self.view.cursor in order else 0
        if self.view.held:
            top = index - min(max(self._place, 0), room - 1)
        else:
            top = max(min(self._top, index), index - room + 1)
        self._top = min(max(top, 0), max(len(order) - room, 0))
        self._place = index - self._top

    def _row(self, row: ConversationRow, width: int) -> tuple[Line, Line]:
        state = self._state(row)
        key = (row.id, row.version, state, row.status == "snoozed" and int(self.view.now // 60))
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = paint.row_lines(row, state, self.view.now)
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
        return found

    def _state(self, row: ConversationRow) -> RowState:
        clock, style = paint.clock_of(row, self.view.now)
        return RowState(
            selected=row.id == self.view.cursor,
            focused=self.has_focus,
            clock=clock,
            clock_style=style,
            draft=self.drafts.get(row.id, ""),
            others=not in_list(row, "mine", self.view) and self.view.list != "mine",
        )

    # --- moving ----------------------------------------------------------------------------------

    def move(self, way: Move) -> None:
        order = self.view.order
        if way == "top":
            self._top = self._place = 0
            self.post_message(self.Released())
        if not order:
            return
        index = order.index(self.view.cursor) if self.view.cursor in order else 0
        half = max(self._room() // 2, 1)
        steps = {"down": 1, "up": -1, "half down": half, "half up": -half}
        wanted = {"top": 0, "bottom": len(order) - 1}.get(way, index + steps.get(way, 0))
        chosen = min(max(wanted, 0), len(order) - 1)
        self._place += chosen - index
        self.post_message(self.Chosen(order[chosen]))

    def on_click(self, event: events.Click) -> None:
        if target := self.line_at(event.y).target:
            opens = target == self.view.cursor or event.chain > 1
            self.post_message(self.Chosen(target, open=opens))

    def on_mouse_scroll_down(self) -> None:
        self.move("down")

    def on_mouse_scroll_up(self) -> None:
        self.move("up")

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
