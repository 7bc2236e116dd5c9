"""Where one writes: a text area in a frame that says to whom it goes."""

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, TextArea

from console.drafts import Draft, parties_shown, with_parties
from console.lines import BLANK
from console.paint import composer as paint
from console.paint.customer import pinned_line
from console.strips import Look
from console.view import View
from console.widgets.painted import OneLine
from console.words.catalogue import _
from wire.text import clean

SMALL, LARGE = 1, 8


class Editor(TextArea):
    """The stock text area with the keys of a conversation."""

    class Leave(Message):
        pass

    class Wants(Message):
        """A command of the table, by its id."""

        def __init__(self, command: str) -> None:
            super().__init__()
            self.command = command

    enter_sends = False

    async def _on_key(self, event: events.Key) -> None:
        match event.key:
            case "enter" if self.enter_sends:
                self._took(event, self.Wants("send"))
            case "ctrl+s" | "alt+enter" | "ctrl+enter":
                self._took(event, self.Wants("send"))
            case "ctrl+j" | "shift+enter":
                event.stop()
                event.prevent_default()
                self.insert("\n")
            case "escape":
                self._took(event, self.Leave())
            case "ctrl+z" if not self.text:  # nothing of one's own to undo
                self._took(event, self.Wants("undo"))
            case "slash" if self._line_is_empty():
                self._took(event, self.Wants("canned"))
            case "tab" | "shift+tab":
                event.prevent_default()  # on to the screen, which turns the pane
            case _:
                await super()._on_key(event)

    def _took(self, event: events.Key, message: Message) -> None:
        event.stop()
        event.prevent_default()
        self.post_message(message)

    def _line_is_empty(self) -> bool:
        return not self.document.get_line(self.cursor_location[0])

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert(clean(event.text))


class Composer(Vertical):
    """Shows one draft and tells when its agent changes it."""

    class Changed(Message):
        def __init__(self, draft: Draft) -> None:
            super().__init__()
            self.draft = draft

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.view = View()
        self.draft: Draft | None = None
        self._showing = False
        self.tall = LARGE

    def compose(self) -> ComposeResult:
        yield OneLine(id="pinned")
        yield OneLine(id="composer-top")
        with Vertical(id="composer-body"):
            yield Input(id="recipients", compact=True, select_on_focus=False)
            yield Input(id="subject", placeholder=_("Subject"), compact=True, select_on_focus=False)
            yield Editor(
                id="editor", compact=True, show_line_numbers=False, highlight_cursor_line=False
            )
            yield OneLine(id="chips")
        yield OneLine(id="composer-bottom")

    @property
    def editor(self) -> Editor:
        return self.query_one(Editor)

    @property
    def writing(self) -> bool:
        return self.has_focus_within

    def write(self, draft: Draft | None) -> None:
        """Put a draft in place of what stands here."""
        self._showing = True
        try:
            same = self.draft and draft and self.draft.name == draft.name
            self.draft = draft
            text = draft.text if draft else ""
            if self.editor.text != text:
                self.editor.load_text(text)
                self.editor.move_cursor(self.editor.document.end)
            elif not same:
                self.editor.history.clear()
            self._recipients(draft)
        finally:
            self._showing = False
        self.update(self.view)

    def _recipients(self, draft: Draft | None) -> None:
        recipients, subject = (
            self.query_one("#recipients", Input),
            self.query_one("#subject", Input),
        )
        with self.prevent(Input.Changed):
            recipients.value = f"to: {parties_shown(draft)}" if draft else ""
            subject.value = draft.subject if draft else ""

    def update(self, view: View) -> None:
        """The view changed: title, clock, keys."""
        self.view = view
        draft, writing, width = self.draft, self.writing, self.size.width
        self.display = view.thread is not None or draft is not None
        if draft:
            self.editor.enter_sends = paint.enter_sends(view, draft)
        self._sizes(draft, writing)
        self._frame(draft, writing, width)

    def _frame(self, draft: Draft | None, writing: bool, width: int) -> None:
        top = paint.top_line(self.view, draft, width, writing)
        bottom = paint.bottom_line(self.view, draft, width, writing)
        self.query_one("#composer-top", OneLine).show(top)
        self.query_one("#composer-bottom", OneLine).show(bottom)
        self.query_one("#chips", OneLine).show(paint.chips_line(draft) or BLANK)
        ink = paint.edge(draft, writing)
        for name in ("accent", "comment", "faint"):
            self.set_class(name == ink, f"-{name}")

    def _sizes(self, draft: Draft | None, writing: bool) -> None:
        mail = draft is not None and draft.mode != "comment" and self._has_recipients(draft)
        self.query_one("#recipients").display = writing and mail
        fresh = draft is not None and draft.mode == "compose"
        self.query_one("#subject").display = writing and mail and fresh
        self.query_one("#chips").display = bool(draft and draft.attachments)
        least = 3 if writing else SMALL
        wanted = min(max(self.editor.wrapped_document.height, least), self.tall if writing else 2)
        if self.editor.styles.height is None or self.editor.styles.height.value != wanted:
            self.editor.styles.height = wanted
        self._pin()

    def _pin(self) -> None:
        customer = self.screen.query("#customer")
        hidden = not customer or not customer.first().display
        pinned = pinned_line(self.view) if hidden else None
        line = self.query_one("#pinned", OneLine)
        line.display = pinned is not None
        line.show(pinned or BLANK)

    def _has_recipients(self, draft: Draft) -> bool:
        if draft.mode == "forward":
            return True
        account = self.view.account(draft.kind, draft.account)
        return bool(account and account.capabilities and account.capabilities.recipients)

    def dress(self, look: Look) -> None:
        for line in self.query(OneLine):
            line.dress(look)
        self.set_class(look.ascii, "-ascii")

    def on_resize(self) -> None:
        self.update(self.view)

    def on_descendant_focus(self) -> None:
        self.update(self.view)

    def on_descendant_blur(self) -> None:
        self.update(self.view)

    # --- what its agent does ---------------------------------------------------------------------

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.draft is None or self._showing or event.text_area.text == self.draft.text:
            return
        thread = self.view.thread
        begun = self.draft.empty and thread is not None
        seen = thread.newest if begun and thread else self.draft.seen
        self._change(text=event.text_area.text, seen=seen)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.draft is None or self._showing:
            return
        if event.input.id == "recipients":
            changed = with_parties(self.draft, event.value)
            self._change(to=changed.to, cc=changed.cc, bcc=changed.bcc)
        else:
            self._change(subject=event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.editor.focus()

    def on_key(self, event: events.Key) -> None:
        """Between the lines of the frame: up from the text to the recipients, down again."""
        focused = self.screen.focused
        if focused is self.editor and event.key == "up" and self.editor.cursor_at_first_line:
            if self.query_one("#recipients").display:
                event.stop()
                event.prevent_default()
                self.query_one("#recipients").focus()
        elif isinstance(focused, Input) and event.key in ("down", "escape"):
            event.stop()
            self.editor.focus()

    def _change(self, **changes: object) -> None:
        if self.draft is None:
            return
        self.draft = msgspec.structs.replace(self.draft, **changes)
        self.update(self.view)
        self.post_message(self.Changed(self.draft))
