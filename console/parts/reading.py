"""What is being read: the list, the open thread, and the way back from each."""

from console.events import CursorMoved, Held, ListTurned, StrandChosen, ThreadClosed, ThreadOpened
from console.link import Link
from console.parts.panes import Panes
from console.parts.room import Room
from console.parts.turns import Turns
from console.parts.writing import Writing
from console.refreshing import Refreshing
from console.view import ListName
from wire.messages.desk import MessageRow

# With so few rows below the cursor the next page of the list is fetched.
NEAR_END = 30


class Reading:
    def __init__(
        self,
        room: Room,
        turns: Turns,
        panes: Panes,
        *,
        writing: Writing,
        refreshing: Refreshing,
        link: Link,
    ) -> None:
        self.before: tuple[int, int] | None = None
        self._room = room
        self._turns = turns
        self._panes = panes
        self._writing = writing
        self._refreshing = refreshing
        self._link = link

    async def open(
        self, contact: int, strand: int, *, focus: bool = True, message: int = 0
    ) -> None:
        thread = self._turns.view.thread
        same = thread is not None and thread.contact == contact
        if thread is not None and thread.strand != strand:
            self.before = (thread.contact, thread.strand)
        self._turns.advance(ThreadOpened(contact, strand))
        if strand in self._turns.view.order:
            self._turns.advance(CursorMoved(strand))
            self._goes_on_below(strand)
        self._writing.resume(strand)
        if focus:
            self._panes.focus("thread")
        if not same:
            await self._refreshing.thread()
            self._turns.catch_up()
            self._writing.resume(strand)
        if message:
            await self._refreshing.reach(message)
            self._turns.catch_up()
            self._room.thread.point_at(message)
        self.tell_where()

    def tell_where(self) -> None:
        """Colleagues see at once in which conversation one is, and whether one writes."""
        self._room.start(self._link.stands_elsewhere())

    async def turn_list(self, name: ListName, words: str) -> None:
        self._turns.advance(ListTurned(name, words))
        await self._refreshing.list()

    def back(self) -> None:
        view = self._turns.view
        match view.pane:
            case "customer":
                self._panes.close_customer()
            case "composer":
                self._panes.focus("thread")
            case "thread":
                self._panes.focus("queue")
            case _ if view.filter:
                self._room.start(self.turn_list(view.list, ""))
            case _ if view.list != "mine":
                self._room.start(self.turn_list("mine", ""))
            case _ if view.thread is not None:
                self._turns.advance(ThreadClosed())
                self._writing.clear()

    def message_at_cursor(self) -> MessageRow | None:
        return self._room.thread.cursor

    def unfold(self) -> None:
        self._room.thread.unfold()

    # --- what widgets tell -----------------------------------------------------------------------

    def row_chosen(self, conversation: int, *, open: bool) -> None:
        self._turns.advance(Held(True))
        self._turns.advance(CursorMoved(conversation))
        self._goes_on_below(conversation)
        row = self._turns.view.rows.get(conversation)
        if open and row:
            self._room.start(self.open(row.contact, row.id))

    def _goes_on_below(self, conversation: int) -> None:
        if conversation in self._turns.view.order[-NEAR_END:]:
            self._room.start(self._refreshing.more(), name="more")

    def released(self) -> None:
        """To the top of the list: what waited behind it comes in."""
        self._turns.advance(Held(False))
        self._turns.advance(Held(self._turns.view.pane == "queue"))

    def older(self) -> None:
        self._room.start(self._refreshing.older(), group="older")

    def strand_chosen(self, conversation: int) -> None:
        if self._turns.view.thread:
            self._turns.advance(StrandChosen(conversation))
            self._writing.resume(conversation)
