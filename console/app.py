"""The console: one screen, a view that advances, and flows that its agent's keys begin."""

import asyncio
import gc
import logging
import os
import shlex
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult, SuspendNotSupported
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from console import answering, commands, keys, looks
from console.advancing.advance import advance
from console.drafts import Draft, DraftBook
from console.events import (
    CursorMoved,
    Event,
    Held,
    ListTurned,
    NoticesRead,
    PaneFocused,
    StrandChosen,
    ThreadClosed,
    ThreadOpened,
    Ticked,
)
from console.lines import Line, Span
from console.link import Link
from console.paint import head
from console.refreshing import Refreshing
from console.shield import Shield
from console.stage import Choice, Command, Given, Move, Suggest
from console.strips import Look
from console.typeahead import TypeAhead
from console.view import Pane, View
from console.widgets import drawer
from console.widgets.composer import Composer, Editor
from console.widgets.customer import Customer
from console.widgets.painted import OneLine, Painted
from console.widgets.queue import Queue
from console.widgets.rules import Across, Down
from console.widgets.thread import Thread
from console.words import catalogue, times
from console.words.catalogue import _, told
from wire import private_file
from wire.bus import Bus, BusError
from wire.desk_client import Refused
from wire.messages import news
from wire.messages.desk import MessageRow
from wire.messages.verbs import Ask, Changes, Welcome

log = logging.getLogger("cordboard.console")

FRAMES = 15
# With so few rows below the cursor the next page of the list is fetched.
NEAR_END = 30
# After so long without an answer the agent is told that we wait.
SLOW = 1.0
PLAIN_LOOK = Look()
SAVE_DRAFTS_EVERY = 1.0
SENTENCE_LASTS = 6.0
TWO_PANES, THREE_PANES = 110, 150
PANES: tuple[Pane, ...] = ("queue", "thread", "composer", "customer")


class Desk(Screen[None], inherit_bindings=False):
    """The one screen. Keys that no widget took end here, and the table says what they do."""

    BINDINGS: ClassVar[list[Any]] = []
    AUTO_FOCUS = "#queue"

    def compose(self) -> ComposeResult:
        yield OneLine(id="head")
        yield OneLine(id="strip")
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
    def console_app(self) -> "Console":
        app: Console = self.app  # type: ignore[assignment]
        return app

    def on_mount(self) -> None:
        self.console_app.begin()

    async def on_key(self, event: events.Key) -> None:
        if self.console_app.typed(event):
            event.stop()
            event.prevent_default()


class Console(App[None], inherit_bindings=False):
    """What flows stand on (`stage.Stage`), and what turns events into pictures."""

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
        downloads: Path | None = None,
        frames: int = FRAMES,
    ) -> None:
        super().__init__()
        self.view = View(now=now())
        self.drafts = DraftBook(folder / "drafts")
        self.look = look
        self.downloads = downloads or Path.home() / "Downloads"
        self._agent = agent
        self._welcomed = private_file.folder(folder) / "welcomed"
        self._frames = frames
        self._now = now
        self._told: deque[Event] = deque()
        self._link = Link(connect, agent, self, now=now)
        self._refreshing = Refreshing(self)
        self._sentence: tuple[str, str, float] = ("", "", 0.0)
        self._sent: dict[int, Draft] = {}
        self._ahead = TypeAhead()
        self.before: tuple[int, int] | None = None
        self._written_as: dict[int, str] = {}
        self._paused = False
        self._second = 0
        self._wide, self._high = self.size
        self._skew = 0.0
        self._saved_at = 0.0
        self._frozen = False
        self._customer_open = False
        self._built = False
        self._filters.append(Shield())
        for theme in looks.themes():
            self.register_theme(theme)
        self.theme = looks.theme_name(look.theme)

    # --- life ------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        return Desk(id="desk")

    def begin(self) -> None:
        """The screen is there: call the desk."""
        self._built = True
        self.drafts.load()
        self.dress(self.look.theme)
        self.set_interval(1 / self._frames, self._drain, name="drain")
        self.run_worker(self._link.run(), name="link", exit_on_error=False)
        self._layout()
        self._show()
        self._welcome()

    def _welcome(self) -> None:
        """Said once on this machine."""
        if self._wide >= TWO_PANES or self._welcomed.exists():
            return
        self.say(_("Widen the window for three panes; all of it works as it is, too."))
        self._welcomed.touch()

    def leave(self) -> None:
        self.drafts.save()
        self.exit()

    async def on_unmount(self) -> None:
        self.drafts.save()

    # --- events in, pictures out -----------------------------------------------------------------

    def tell(self, event: Event) -> None:
        """From the link or a flow: applied with the next frame, in order."""
        self._told.append(event)

    def advance(self, event: Event) -> None:
        """From keys: applied at once."""
        self._drain_events()
        self.view = advance(self.view, event)
        self._show()

    def _drain(self) -> None:
        if self._paused or not self.is_running or self._terminal_is_behind():
            return
        try:
            self._turn()
        except Exception:  # a timer must not die: the next turn paints what comes then
            log.exception("a turn of the console")

    def _terminal_is_behind(self) -> bool:
        """On a slow line more pictures would only wait, and keys behind them."""
        writer = getattr(self._driver, "_writer_thread", None)
        return writer is not None and writer._queue.qsize() > 1

    def _turn(self) -> None:
        now = self._now() + self._skew
        changed = self._drain_events()
        if int(now) != self._second:
            self._second = int(now)
            self.view = advance(self.view, Ticked(now))
            changed = True
        if changed:
            self._attention()
            self._show()
        if now - self._saved_at > SAVE_DRAFTS_EVERY:
            self._saved_at = now
            self._save_drafts()

    def _drain_events(self) -> bool:
        if not self._told:
            return False
        while self._told:
            event = self._told.popleft()
            self.view = advance(self.view, event)
            self._refreshing.heard(event, self.view)
            if isinstance(event, Welcome):
                self._skew = event.now - self._now()  # countdowns run by the desk's clock
            if isinstance(event, news.Notice):
                self.say(told(event.said), "late" if event.urgent else "accent")
        return True

    def _save_drafts(self) -> None:
        try:
            self.drafts.save()
        except OSError as error:
            self.say(
                _("The draft could not be saved: {reason}", reason=error.strerror or ""), "late"
            )

    def _show(self) -> None:
        """Hand the view down. Each widget repaints only the rows that differ."""
        if not self._built:
            return
        view, texts = self.view, self.drafts.texts()
        self._panel(Queue).show(view, texts)
        self._panel(Thread).show(view)
        self._panel(Customer).show(view)
        self._panel(Composer).update(view)
        self._frame(texts)
        if not self._frozen and view.loaded:
            self._frozen = True
            gc.collect()
            gc.freeze()  # what was loaded stays: the collector need not look at it again

    def _frame(self, texts: dict[int, str]) -> None:
        width = self._wide
        desk = self.screen_stack[0]
        desk.query_one("#head", OneLine).show(head.head_line(self.view, width))
        strip = desk.query_one("#strip", OneLine)
        chats = head.strip_line(self.view, width, texts)
        strip.display = chats is not None
        if chats:
            strip.show(chats)
        desk.query_one("#hints", OneLine).show(self._hints(width))

    def _hints(self, width: int) -> Line:
        sentence, style, until = self._sentence
        if sentence and until > self._now():
            return Line((Span(f" {sentence}", style or "title"),), (), "bar")
        if self.view.link.state == "down":
            since = times.clock(self.view.link.since)
            words = _("As of {time}: the link is down. What you write is kept.", time=since)
            return Line((Span(f" {words}", "late"),), (), "bar")
        if self.view.link.state == "refused":
            return Line((Span(f" {self.view.link.said}", "late"),), (), "bar")
        known = commands.hints(self.view, self.view.pane)
        pairs = ((keys.shown(c.keys[0]), _(c.title)) for c in known)
        return head.hints_line(pairs, width)

    def _attention(self) -> None:
        """Bell and title for work that came."""
        late, mine = self.view.counts.mine_late, self.view.counts.mine
        mark = f"({late}!) " if late else f"({mine}) " if mine else ""
        title = f"{mark}cordboard · {self._agent}"
        if title != self.title:
            self.title = title
            self._write_title(title)
        if self.view.arrived:
            self.bell()
            self.view = advance(self.view, NoticesRead())

    def _write_title(self, title: str) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(f"\x1b]2;{title}\x07")

    def _panel(self, kind: type[Any]) -> Any:
        return self.screen_stack[0].query_one(kind)

    # --- keys ------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and self._ahead.holds(event):
            return
        await super().on_event(event)

    def typed(self, event: events.Key) -> bool:
        """A key that no widget took: the table says what it does, in the order of typing."""
        if self._ahead.holds(event):
            return True
        if self.screen is not self.screen_stack[0]:  # a drawer opened meanwhile: it is for that
            self.post_message(events.Key(event.key, event.character))
            return True
        key = keys.position(event.key, event.character)
        command = commands.for_key(key, self.view, self.view.pane)
        if command is None:
            if (known := commands.known_here(key, self.view.pane)) is None:
                return False
            self.say(_("Not possible here: {what}.", what=_(known.title)), "warn")
            return True
        self._ahead.hold()
        self._start(command)
        return True

    def _start(self, command: Command | None) -> None:
        if command is not None:
            self.run_worker(self._obey(command), name=command.id, exit_on_error=False)

    async def _obey(self, command: Command) -> None:
        try:
            await self.perform(command)
        finally:
            self.serve_ahead()

    def serve_ahead(self) -> None:
        """What the keys were waiting for is there: a drawer is open, or the command is done."""
        for event in self._ahead.release():
            self.post_message(events.Key(event.key, event.character))

    async def _asked(self, asking: Screen[Any]) -> Any:
        """What a drawer brought back; keys typed since it closed wait for its flow."""
        self._ahead.hold()
        given = await self.push_screen_wait(asking)
        self._ahead.hold()
        return given

    @property
    def commands(self) -> Sequence[Command]:
        return commands.COMMANDS

    async def perform(self, command: Command, words: str = "") -> None:
        if not command.possible(self.view):
            self.say(_("Not possible here: {what}.", what=_(command.title)), "warn")
            return
        log.info("command %s", command.id)
        try:
            await command.run(self, words)
        except Exception:  # a fault in one command must not end the console; it is in the log
            log.exception("command %s", command.id)
            self.say(_("That went wrong; the log has the details."), "late")

    # --- what flows may do -----------------------------------------------------------------------

    @property
    def draft(self) -> Draft | None:
        found: Draft | None = self._panel(Composer).draft
        return found

    async def call(self, ask: Ask, *, key: str = "") -> Any:
        late = self.set_timer(SLOW, self._say_slow)
        try:
            return await self._link.desk.call(ask, key=key)
        finally:
            late.stop()

    def _say_slow(self) -> None:
        self.say(_("The desk has not answered yet…"), "warn")

    async def do(self, ask: Ask) -> Any | None:
        try:
            return await self.call(ask)
        except Refused as refused:
            self.say(told(refused.no.said), "late")
        except BusError as error:
            log.info("%s: %s", ask.verb, error)
            self.say(_("The desk does not answer. Nothing was changed."), "late")
        return None

    def say(self, sentence: str, style: str = "") -> None:
        self._sentence = (sentence, style, self._now() + SENTENCE_LASTS)
        log.info("said: %s", sentence)
        if self._built:
            self._frame(self.drafts.texts())

    async def choose(
        self, title: str, choices: Sequence[Choice], above: Sequence[Line] = ()
    ) -> Any:
        return await self._asked(drawer.Menu(title, choices, above, self.look))

    async def prompt(
        self, title: str, suggest: Suggest, *, value: str = "", free: bool = False
    ) -> Given | None:
        asked = drawer.Prompt(title, suggest, self.look, value=value, free=free)
        given = await self._asked(asked)
        return given if isinstance(given, Given) else None

    async def sheet(self, title: str, lines: Sequence[Line]) -> None:
        await self._asked(drawer.Sheet(title, lines, self.look))

    async def edit(self, title: str, text: str, hint: str) -> str | None:
        given = await self._asked(drawer.NotePad(title, text, hint, self.look))
        return given if isinstance(given, str) else None

    async def in_editor(self, text: str, suffix: str) -> str | None:
        """The link goes on meanwhile, and nothing is painted into the editor's screen."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        with tempfile.NamedTemporaryFile("w+", suffix=suffix, encoding="utf-8") as file:
            file.write(text)
            file.flush()
            try:
                self._paused = True
                with self.batch_update(), self.suspend():
                    process = await asyncio.create_subprocess_exec(*shlex.split(editor), file.name)
                    status = await process.wait()
            except (OSError, ValueError, SuspendNotSupported):
                self.say(_("The editor {name} cannot be started here.", name=editor), "late")
                return None
            finally:
                self._paused = False
            self.redraw()
            if status != 0:
                self.say(_("The editor ended with a fault; the draft is as it was."), "late")
                return None
            return await asyncio.to_thread(Path(file.name).read_text, "utf-8", errors="replace")

    async def open(
        self, contact: int, strand: int, *, focus: bool = True, message: int = 0
    ) -> None:
        thread = self.view.thread
        same = thread is not None and thread.contact == contact
        if thread is not None and thread.strand != strand:
            self.before = (thread.contact, thread.strand)
        self.advance(ThreadOpened(contact, strand))
        if strand in self.view.order:
            self.advance(CursorMoved(strand))
        self._put_draft_of(strand)
        if focus:
            self.focus("thread")
        if not same:
            await self._refreshing.thread()
            self._drain_events()
            self._show()
            self._put_draft_of(strand)
        if message:
            await self._refreshing.reach(message)
            self._drain_events()
            self._panel(Thread).point_at(message)
        self.run_worker(self._link.stands_elsewhere(), exit_on_error=False)

    def _put_draft_of(self, strand: int) -> None:
        """What was being written there, in the mode that it was written in."""
        row = self.view.rows.get(strand)
        if row is None or self.view.thread is None or self.view.thread.strand != strand:
            return
        mode = self._written_as.get(strand, "reply")
        kept = self.drafts.get(f"{mode}-{strand}")
        fresh = answering.comment(self.view, row) if mode == "comment" else None
        begun = fresh or answering.reply(self.view, row)
        self._panel(Composer).write(kept if kept and not kept.empty else begun)

    async def turn_list(self, name: str, words: str) -> None:
        self.advance(ListTurned(name, words))  # type: ignore[arg-type]
        await self._refreshing.list()

    def focus(self, pane: Pane) -> None:
        if pane == "customer":
            self._customer_open = True
        if pane in ("thread", "composer", "customer") and self.view.thread is None:
            pane = "queue"
        desk = self.screen_stack[0]
        self.advance(PaneFocused(pane))
        self._layout()
        widget = desk.query_one("#editor" if pane == "composer" else f"#{pane}")
        desk.set_focus(widget)
        self.advance(Held(pane == "queue"))

    def turn_pane(self, step: int) -> None:
        able = [p for p in PANES if p == "queue" or self.view.thread is not None]
        if not self._customer_shown() and self._wide >= TWO_PANES:
            able = [p for p in able if p != "customer"]
        place = able.index(self.view.pane) if self.view.pane in able else 0
        self.focus(able[(place + step) % len(able)])

    def back(self) -> None:
        if self.view.pane == "customer":
            self._customer_open = False
            self.focus("thread")
        elif self.view.pane == "composer":
            self.focus("thread")
        elif self.view.pane == "thread":
            self.focus("queue")
        elif self.view.filter:
            self.run_worker(self.turn_list(self.view.list, ""), exit_on_error=False)
        elif self.view.list != "mine":
            self.run_worker(self.turn_list("mine", ""), exit_on_error=False)
        elif self.view.thread is not None:
            self.advance(ThreadClosed())
            self._panel(Composer).write(None)

    def move(self, way: Move) -> None:
        pane = self.view.pane
        if pane in ("queue", "thread", "customer"):
            self.screen_stack[0].query_one(f"#{pane}").move(way)  # type: ignore[attr-defined]

    def write(self, draft: Draft, *, focus: bool = True) -> None:
        self.drafts.keep(draft)
        if draft.mode in ("reply", "comment"):
            self._written_as[draft.conversation] = draft.mode
        self._panel(Composer).write(draft)
        if focus:
            self._focus_composer()

    def _focus_composer(self) -> None:
        self.advance(PaneFocused("composer"))
        self.advance(Held(False))
        self._layout()
        desk = self.screen_stack[0]
        desk.query_one(Composer).display = True
        desk.set_focus(desk.query_one(Editor))

    def put_down(self) -> None:
        draft = self.draft
        if draft is not None and draft.mode in ("forward", "compose"):
            self._written_as.pop(draft.conversation, None)
        thread = self.view.thread
        if thread is None:
            self._panel(Composer).write(None)
            self.focus("queue")
            return
        self._put_draft_of(thread.strand)
        if draft is not None and draft.mode != "reply":
            self.focus("thread")

    def sent(self, message: int) -> Draft | None:
        return self._sent.get(message)

    def was_sent(self, message: int, draft: Draft) -> None:
        """Drop the draft; what was typed since it was sent stays."""
        self._sent = {**dict(list(self._sent.items())[-20:]), message: draft}
        now = self.draft
        self.drafts.drop(draft.name)
        if now is not None and now.name == draft.name:
            rest = now.text.removeprefix(draft.text) if now.text != draft.text else ""
            self.put_down()
            if rest.strip():
                self.insert(rest)

    def insert(self, text: str) -> None:
        self._panel(Composer).editor.insert(text)

    def message_at_cursor(self) -> MessageRow | None:
        found: MessageRow | None = self._panel(Thread).cursor
        return found

    def unfold(self) -> None:
        self._panel(Thread).unfold()

    def copy(self, text: str) -> None:
        self.copy_to_clipboard(text)
        self.say(_("Sent to the terminal's clipboard."))

    def dress(self, theme: str) -> None:
        self.look = Look(theme, self.look.ascii)
        self.theme = looks.theme_name(theme)
        for screen in self.screen_stack:
            for painted in screen.query(Painted):
                painted.dress(self.look)
            for composer in screen.query(Composer):
                composer.dress(self.look)

    def speak(self, language: str) -> None:
        catalogue.use(language)
        self.redraw()

    def redraw(self) -> None:
        for painted in self.screen_stack[0].query(Painted):
            painted.forget()
        self._show()
        self.refresh(layout=True)

    # --- what widgets tell -----------------------------------------------------------------------

    def on_queue_chosen(self, event: Queue.Chosen) -> None:
        self.advance(Held(True))
        self.advance(CursorMoved(event.conversation))
        if event.conversation in self.view.order[-NEAR_END:]:
            self.run_worker(self._refreshing.more(), name="more", exit_on_error=False)
        row = self.view.rows.get(event.conversation)
        if event.open and row:
            self.run_worker(self.open(row.contact, row.id), exit_on_error=False)

    def on_queue_released(self) -> None:
        self.advance(Held(False))
        self.advance(Held(self.view.pane == "queue"))

    def on_thread_older(self) -> None:
        self.run_worker(self._refreshing.older(), group="older", exit_on_error=False)

    def on_customer_chosen(self, event: Customer.Chosen) -> None:
        if self.view.thread:
            self.advance(StrandChosen(event.conversation))
            self._put_draft_of(event.conversation)

    def on_composer_changed(self, event: Composer.Changed) -> None:
        begun = event.draft.empty != (self.drafts.get(event.draft.name) or event.draft).empty
        self.drafts.keep(event.draft)
        if event.draft.mode in ("reply", "comment"):
            self._written_as[event.draft.conversation] = event.draft.mode
        self._panel(Queue).show(self.view, self.drafts.texts())
        if begun:
            self.run_worker(self._link.stands_elsewhere(), exit_on_error=False)

    def on_drawer_ready(self) -> None:
        self.serve_ahead()

    def on_editor_send(self) -> None:
        self._start(commands.by_id("send"))

    def on_editor_leave(self) -> None:
        self.drafts.save()
        self.focus("thread" if self.view.thread else "queue")

    def on_editor_take_back(self) -> None:
        self._start(commands.by_id("undo"))

    def on_editor_canned(self) -> None:
        self._start(commands.by_id("canned"))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A click may focus a pane as well as a key."""
        pane = _pane_of(event.widget.id or "")
        if pane and pane != self.view.pane and self.screen is self.screen_stack[0]:
            self.advance(PaneFocused(pane))
            self.advance(Held(pane == "queue"))
            self._layout()

    def on_resize(self, event: events.Resize) -> None:
        self._wide, self._high = event.size
        self._layout()
        self._show()

    # --- the layout ------------------------------------------------------------------------------

    def _customer_shown(self) -> bool:
        wide = self._wide >= THREE_PANES
        return self.view.thread is not None and (
            wide or self._customer_open or self.view.pane == "customer"
        )

    def _layout(self) -> None:
        """Three panes, two with the customer over them, or one at a time."""
        if not self._built:
            return
        desk, width, pane = self.screen_stack[0], self._wide, self.view.pane
        panes = desk.query_one("#panes")
        one = width < TWO_PANES
        panes.set_class(one, "-one")
        panes.set_class(not one and width < THREE_PANES, "-two")
        panes.set_class(width >= THREE_PANES, "-three")
        customer = width >= THREE_PANES or self._customer_shown()
        # Between two and three panes the customer stands where the queue was.
        both = width >= THREE_PANES or (not one and not customer)
        desk.query_one("#queue").display = both or pane == "queue"
        desk.query_one("#rule-queue").display = both
        desk.query_one("#middle").display = not one or pane in ("thread", "composer")
        customer = customer and (width >= THREE_PANES or pane != "queue")
        desk.query_one("#customer").display = (not one and customer) or pane == "customer"
        desk.query_one("#rule-customer").display = not one and customer
        desk.query_one(Composer).tall = 8 if self._high >= 36 else 5

    # --- what the link asks ----------------------------------------------------------------------

    async def refresh_pages(self) -> None:
        await self._refreshing.everything()

    async def missed(self, changes: Changes) -> None:
        await self._refreshing.missed(changes)

    def standing(self) -> tuple[int, bool]:
        strand = self.view.thread.strand if self.view.thread else 0
        draft = self.draft if self.is_running else None
        writing = self.view.pane == "composer" and draft is not None and not draft.empty
        return strand, writing


def _pane_of(widget: str) -> Pane | None:
    if widget in ("queue", "thread", "customer"):
        return widget  # type: ignore[return-value]
    return "composer" if widget in ("editor", "recipients", "subject") else None
