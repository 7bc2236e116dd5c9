"""What is being written: drafts by conversation, one of them in the composer."""

from collections.abc import Callable

from console import answering
from console.drafts import Draft, DraftBook
from console.parts.panes import Panes
from console.parts.room import Room
from console.parts.turns import Turns
from console.words.catalogue import _

# So many sent texts can come back into the composer when their message is taken back.
SENT_KEPT = 20


class Writing:
    def __init__(
        self,
        room: Room,
        turns: Turns,
        panes: Panes,
        drafts: DraftBook,
        say: Callable[[str, str], None],
    ) -> None:
        self.drafts = drafts
        self._room = room
        self._turns = turns
        self._panes = panes
        self._say = say
        self._sent: dict[int, Draft] = {}
        # The mode in which each conversation was last written in.
        self._modes: dict[int, str] = {}

    @property
    def draft(self) -> Draft | None:
        return self._room.composer.draft

    def write(self, draft: Draft, *, focus: bool = True) -> None:
        self._keep(draft)
        self._room.composer.write(draft)
        if focus:
            self._panes.focus_composer()

    def changed(self, draft: Draft) -> bool:
        """Its agent typed. Says whether a text was begun or emptied by it."""
        begun = draft.empty != (self.drafts.get(draft.name) or draft).empty
        self._keep(draft)
        return begun

    def resume(self, strand: int) -> None:
        """What was being written there, in the mode that it was written in."""
        view = self._turns.view
        row = view.rows.get(strand)
        if row is None or view.thread is None or view.thread.strand != strand:
            return
        mode = self._modes.get(strand, "reply")
        kept = self.drafts.get(f"{mode}-{strand}")
        fresh = answering.comment(view, row) if mode == "comment" else None
        begun = fresh or answering.reply(view, row)
        self._room.composer.write(kept if kept and not kept.empty else begun)

    def put_down(self) -> None:
        draft, thread = self.draft, self._turns.view.thread
        if draft is not None and draft.mode in ("forward", "compose"):
            self._modes.pop(draft.conversation, None)
        if thread is None:
            self.clear()
            self._panes.focus("queue")
            return
        self.resume(thread.strand)
        if draft is not None and draft.mode != "reply":
            self._panes.focus("thread")

    def clear(self) -> None:
        self._room.composer.write(None)

    def insert(self, text: str) -> None:
        self._room.composer.editor.insert(text)

    def sent(self, message: int) -> Draft | None:
        return self._sent.get(message)

    def was_sent(self, message: int, draft: Draft) -> None:
        """Drop the draft; what was typed since it was sent stays."""
        self._sent = {**dict(list(self._sent.items())[-SENT_KEPT:]), message: draft}
        now = self.draft
        self.drafts.drop(draft.name)
        if now is None or now.name != draft.name:
            return
        rest = now.text.removeprefix(draft.text) if now.text != draft.text else ""
        self.put_down()
        if rest.strip():
            self.insert(rest)

    def save(self) -> None:
        try:
            self.drafts.save()
        except OSError as error:
            words = _("The draft could not be saved: {reason}", reason=error.strerror or "")
            self._say(words, "late")

    def _keep(self, draft: Draft) -> None:
        self.drafts.keep(draft)
        if draft.mode in ("reply", "comment"):
            self._modes[draft.conversation] = draft.mode
