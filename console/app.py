"""The console: puts its parts together, and passes on what widgets and the link tell."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.screen import Screen

from console import commands, looks
from console.drafts import DraftBook
from console.events import Event
from console.layout import TWO_PANES
from console.link import Link
from console.parts.attention import Attention
from console.parts.commanding import Commanding
from console.parts.desk_calls import DeskCalls
from console.parts.drawers import Drawers
from console.parts.dressing import Dressing
from console.parts.frames import Frames
from console.parts.machine import Machine
from console.parts.panes import Panes
from console.parts.picture import Picture
from console.parts.reading import Reading
from console.parts.room import Desk, Room
from console.parts.turns import Turns
from console.parts.writing import Writing
from console.refreshing import Refreshing
from console.shield import Shield
from console.strips import Look
from console.typeahead import TypeAhead
from console.view import View
from console.widgets.composer import Composer, Editor
from console.widgets.customer import Customer
from console.widgets.queue import Queue
from console.words.catalogue import _, told
from wire import private_file
from wire.bus import Bus
from wire.messages import news
from wire.messages.verbs import Changes

FRAMES = 15
PLAIN_LOOK = Look()


class Console(App[None], inherit_bindings=False):
    """What flows stand on (`stage.Stage`), and what the link tells (`link.Listener`)."""

    CSS_PATH = "console.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[Any]] = []

    def __init__(
        self,
        connect: Callable[[], Awaitable[Bus]],
        agent: str,
        *,
        folder: Path,
        look: Look = PLAIN_LOOK,
        now: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        downloads: Path | None = None,
        frames: int = FRAMES,
    ) -> None:
        super().__init__()
        self._rate = frames
        self._welcomed = private_file.folder(folder) / "welcomed"
        self._ahead = TypeAhead()
        self._room = Room(self)
        self._turns = Turns(now, show=self._show, hear=self._heard)
        drafts = DraftBook(folder / "drafts")
        self._picture = Picture(self._room, self._turns, drafts.texts, steady)
        self._link = Link(connect, agent, self, now=now, steady=steady)
        self.desk = DeskCalls(self._room, self._link, self.say)
        self._refreshing = Refreshing(self._turns, self.desk)
        self.panes = Panes(self._room, self._turns)
        self.writing = Writing(self._room, self._turns, self.panes, drafts, self.say)
        self.reading = Reading(
            self._room,
            self._turns,
            self.panes,
            writing=self.writing,
            refreshing=self._refreshing,
            link=self._link,
        )
        self.looks = Dressing(self._room, look, self._show)
        self.drawers = Drawers(self._room, self.looks, self._ahead)
        files = downloads or Path.home() / "Downloads"
        self.machine = Machine(self._room, self.looks, self.say, files)
        self.commands = Commanding(self, self._room, self._ahead)
        self._frames = Frames(
            self._room,
            self._turns,
            self._picture,
            attention=Attention(self, self._turns, agent),
            writing=self.writing,
            machine=self.machine,
        )
        self._filters.append(Shield())
        for theme in looks.themes():
            self.register_theme(theme)
        self.theme = looks.theme_name(look.theme)

    # --- life ------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        return Desk(id="desk")

    def begin(self) -> None:
        """The screen is there: call the desk."""
        self._room.built = True
        self.writing.drafts.load()
        self.looks.dress(self.looks.look.theme)
        self.set_interval(1 / self._rate, self._frames.drain, name="drain")
        self._room.start(self._link.run(), name="link")
        self.panes.arrange()
        self._show()
        self._welcome()

    def _welcome(self) -> None:
        """Said once on this machine."""
        if self._room.wide >= TWO_PANES or self._welcomed.exists():
            return
        self.say(_("Widen the window for three panes; all of it works as it is, too."))
        self._welcomed.touch()

    def leave(self) -> None:
        self.writing.save()
        self.exit()

    async def on_unmount(self) -> None:
        self.writing.save()

    # --- the view --------------------------------------------------------------------------------

    @property
    def view(self) -> View:
        return self._turns.view

    def tell(self, event: Event) -> None:
        self._turns.tell(event)

    def say(self, sentence: str, style: str = "") -> None:
        self._picture.say(sentence, style)

    def _show(self) -> None:
        self._picture.show()

    def _heard(self, event: Event) -> None:
        self._refreshing.heard(event, self.view)
        if isinstance(event, news.Notice):
            self.say(told(event.said), "late" if event.urgent else "accent")

    # --- what the terminal and widgets tell ------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            waits = self._ahead.waits(event)
            if self._ahead.due:
                self.commands.serve_ahead()
            if waits:
                return
            self._ahead.passes(event, self.focused)
        await super().on_event(event)

    def typed(self, event: events.Key) -> bool:
        return self.commands.typed(event)

    def on_resize(self, event: events.Resize) -> None:
        self.panes.resized(*event.size)
        self._show()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.panes.clicked(event.widget.id or "")

    def on_queue_chosen(self, event: Queue.Chosen) -> None:
        self.reading.row_chosen(event.conversation, open=event.open)

    def on_queue_released(self) -> None:
        self.reading.released()

    def on_thread_older(self) -> None:
        self.reading.older()

    def on_customer_chosen(self, event: Customer.Chosen) -> None:
        self.reading.strand_chosen(event.conversation)

    def on_composer_changed(self, event: Composer.Changed) -> None:
        begun = self.writing.changed(event.draft)
        self._room.queue.show(self.view, self.writing.drafts.texts())
        if begun:
            self.reading.tell_where()

    def on_editor_wants(self, event: Editor.Wants) -> None:
        self.commands.start(commands.by_id(event.command))

    def on_editor_leave(self) -> None:
        self.writing.save()
        self.panes.focus("thread" if self.view.thread else "queue")

    def on_drawer_ready(self) -> None:
        self.commands.serve_ahead()

    # --- what the link asks ----------------------------------------------------------------------

    async def refresh_pages(self) -> None:
        await self._refreshing.everything()

    async def missed(self, changes: Changes) -> None:
        await self._refreshing.missed(changes)

    def standing(self) -> tuple[int, bool]:
        strand = self.view.thread.strand if self.view.thread else 0
        draft = self.writing.draft if self.is_running else None
        writing = self.view.pane == "composer" and draft is not None and not draft.empty
        return strand, writing
