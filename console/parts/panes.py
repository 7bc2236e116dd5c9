"""Which pane has the keys, and which are shown."""

from typing import Protocol

from console.events import Held, PaneFocused
from console.layout import layout, reachable
from console.parts.room import Room
from console.parts.turns import Turns
from console.stage import Move
from console.view import Pane
from console.widgets.composer import Editor


class Moving(Protocol):
    def move(self, way: Move) -> None: ...


class Panes:
    def __init__(self, room: Room, turns: Turns) -> None:
        self._room = room
        self._turns = turns
        self._customer_open = False

    def focus(self, pane: Pane) -> None:
        if pane == "customer":
            self._customer_open = True
        if pane != "queue" and self._turns.view.thread is None:
            pane = "queue"
        self.entered(pane)
        widget = "editor" if pane == "composer" else pane
        self._room.screen.set_focus(self._room.screen.query_one(f"#{widget}"))

    def focus_composer(self) -> None:
        """Also without a thread: one may write first."""
        self.entered("composer")
        self._room.composer.display = True
        self._room.screen.set_focus(self._room.screen.query_one(Editor))

    def entered(self, pane: Pane) -> None:
        self._turns.advance(PaneFocused(pane))
        self._turns.advance(Held(pane == "queue"))
        self.arrange()

    def clicked(self, widget: str) -> None:
        """A click may focus a pane as well as a key."""
        pane = _pane_of(widget)
        if pane and pane != self._turns.view.pane and not self._room.covered:
            self.entered(pane)

    def close_customer(self) -> None:
        self._customer_open = False
        self.focus("thread")

    def turn(self, step: int) -> None:
        view = self._turns.view
        able = reachable(view, self._room.wide, customer_open=self._customer_open)
        place = able.index(view.pane) if view.pane in able else 0
        self.focus(able[(place + step) % len(able)])

    def move(self, way: Move) -> None:
        room, pane = self._room, self._turns.view.pane
        if pane != "composer":
            moving: Moving = room.screen.query_one(f"#{pane}")  # type: ignore[assignment]
            moving.move(way)

    def resized(self, wide: int, high: int) -> None:
        self._room.wide, self._room.high = wide, high
        self.arrange()

    def arrange(self) -> None:
        room = self._room
        if not room.built:
            return
        now = layout(self._turns.view, room.wide, room.high, customer_open=self._customer_open)
        panes = room.screen.query_one("#panes")
        for name in ("one", "two", "three"):
            panes.set_class(now.panes == name, f"-{name}")
        shown = {
            "queue": now.queue, "rule-queue": now.queue_rule, "middle": now.middle,
            "customer": now.customer, "rule-customer": now.customer_rule,
        }  # fmt: skip
        for name, so in shown.items():
            room.screen.query_one(f"#{name}").display = so
        room.composer.tall = now.tall


def _pane_of(widget: str) -> Pane | None:
    if widget in ("queue", "thread", "customer"):
        return widget  # type: ignore[return-value]
    return "composer" if widget in ("editor", "recipients", "subject") else None
