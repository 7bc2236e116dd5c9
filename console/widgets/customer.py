"""The pane about the customer: a window of its lines."""

from collections.abc import Sequence

from textual import events
from textual.message import Message

from console.lines import Line
from console.paint.customer import customer_lines
from console.stage import Move
from console.view import View
from console.widgets.painted import Painted


class Customer(Painted, can_focus=True):
    class Chosen(Message):
        """Another conversation of the customer was clicked."""

        def __init__(self, conversation: int) -> None:
            super().__init__()
            self.conversation = conversation

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.view = View()
        self._top = 0

    def show(self, view: View) -> None:
        changed = (view.thread and view.thread.contact) != (
            self.view.thread and self.view.thread.contact
        )
        self.view = view
        if changed:
            self._top = 0
        self.repaint()

    def window(self, width: int, height: int) -> Sequence[Line]:
        lines = customer_lines(self.view, width, self.has_focus)
        self._top = min(max(self._top, 0), max(len(lines) - height, 0))
        return lines[self._top : self._top + height]

    def move(self, way: Move) -> None:
        half = max(self.size.height // 2, 1)
        steps = {"down": 1, "up": -1, "half down": half, "half up": -half}
        self._top = {"top": 0, "bottom": 1_000_000}.get(way, self._top + steps.get(way, 0))
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        if target := self.line_at(event.y).target:
            self.post_message(self.Chosen(target))

    def on_mouse_scroll_down(self) -> None:
        self.move("down")

    def on_mouse_scroll_up(self) -> None:
        self.move("up")

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()
