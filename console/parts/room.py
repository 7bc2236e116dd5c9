"""The one screen, and where its widgets are."""

from collections.abc import Coroutine
from typing import Any, ClassVar, Protocol

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from console.widgets.composer import Composer
from console.widgets.customer import Customer
from console.widgets.painted import OneLine
from console.widgets.queue import Queue
from console.widgets.rules import Across, Down
from console.widgets.thread import Thread


class Owner(Protocol):
    def begin(self) -> None: ...

    def typed(self, event: events.Key) -> bool:
        """Whether the key was for a command."""
        ...


class Desk(Screen[None], inherit_bindings=False):
    """The screen. Keys that no widget took end here, and the table says what they do."""

    BINDINGS: ClassVar[list[Any]] = []
    AUTO_FOCUS = "#queue"

    def compose(self) -> ComposeResult:
        yield OneLine(id="head")
        yield OneLine(id="strip")
        yield OneLine(id="alert")
        yield Across(id="rule")
        with Horizontal(id="panes"):
            yield Queue(id="queue")
            yield Down(classes="rule", id="rule-queue")
            with Vertical(id="middle"):
                yield Thread(id="thread")
                yield Composer(id="composer")
            yield Down(classes="rule", id="rule-customer")
            yield Customer(id="customer")
        yield OneLine(id="hints")

    @property
    def owner(self) -> Owner:
        app: Owner = self.app  # type: ignore[assignment]
        return app

    def on_mount(self) -> None:
        self.owner.begin()

    async def on_key(self, event: events.Key) -> None:
        if self.owner.typed(event):
            event.stop()
            event.prevent_default()


class Room:
    """What the parts of the console know of Textual's app: its screen, its size, its workers."""

    def __init__(self, app: App[Any]) -> None:
        self.app = app
        self.built = False
        self.wide, self.high = app.size

    def start(self, work: Coroutine[Any, Any, Any], *, name: str = "", group: str = "") -> None:
        """Beside what goes on. A fault in it must not end the console."""
        self.app.run_worker(work, name=name, group=group or "default", exit_on_error=False)

    @property
    def screen(self) -> Screen[Any]:
        """The desk's, whatever drawer lies over it."""
        return self.app.screen_stack[0]

    @property
    def covered(self) -> bool:
        return self.app.screen is not self.screen

    @property
    def queue(self) -> Queue:
        return self.screen.query_one(Queue)

    @property
    def thread(self) -> Thread:
        return self.screen.query_one(Thread)

    @property
    def customer(self) -> Customer:
        return self.screen.query_one(Customer)

    @property
    def composer(self) -> Composer:
        return self.screen.query_one(Composer)

    def line(self, name: str) -> OneLine:
        return self.screen.query_one(f"#{name}", OneLine)
