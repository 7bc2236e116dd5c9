"""Fetches what is on the screen: pages at first and after a gap, single rows that news named."""

import asyncio
import logging
from typing import Any, Protocol

from console.events import CardCame, Event, MessagesCame, PageCame, RowsCame, ThreadOpened
from console.view import View
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages import news
from wire.messages.verbs import (
    Ask,
    Changes,
    Colleagues,
    Contact,
    Offers,
    OffersPage,
    Queue,
    Rows,
    RowsOf,
    Timeline,
    Who,
)

log = logging.getLogger("cordboard.console")

PAGE = 200
MESSAGES = 100
# To a message that a search found: so many a page, so many pages.
REACH, FARTHEST = 500, 40
# News of a busy team are gathered for so long before their rows are asked for.
GATHER = 0.2
# Changes of who is here and what they hold.
PEOPLE = ("presence", "agent")


class Viewing(Protocol):
    @property
    def view(self) -> View: ...

    def tell(self, event: Event) -> None: ...

    def advance(self, event: Event) -> None:
        """As tell, but the view has it when this returns."""
        ...


class Asking(Protocol):
    async def call(self, ask: Ask) -> Any: ...


class Refreshing:
    def __init__(self, viewing: Viewing, desk: Asking) -> None:
        self._viewing = viewing
        self._desk = desk
        self._rows: set[int] = set()
        self._card = False
        self._anew = False
        self._later: asyncio.Task[None] | None = None
        self._paging = False

    # --- pages -----------------------------------------------------------------------------------

    async def everything(self) -> None:
        await self.list()
        if self._viewing.view.thread:
            await self.thread()

    async def list(self) -> None:
        view = self._viewing.view
        page = await self._ask(Queue(view=view.list, filter=view.filter, limit=PAGE))
        if page is not None:
            self._viewing.tell(PageCame(view.list, view.filter, page))

    async def more(self) -> None:
        """The next page of the list."""
        view = self._viewing.view
        if not view.after or self._paging:
            return
        self._paging = True
        ask = Queue(view=view.list, filter=view.filter, after=view.after, limit=PAGE)
        page = await self._ask(ask)
        self._paging = False
        if page is not None:
            self._viewing.tell(PageCame(view.list, view.filter, page, more=True))

    async def thread(self) -> None:
        """The open contact's newest messages, and the card beside them."""
        thread = self._viewing.view.thread
        if thread is None:
            return
        page = await self._ask(Timeline(contact=thread.contact, limit=MESSAGES))
        if page is not None:
            self._viewing.tell(MessagesCame(page))
        await self._fetch_card(thread.contact)

    async def older(self) -> None:
        thread = self._viewing.view.thread
        if thread is None or not thread.more or not thread.messages or self._paging:
            return
        self._paging = True
        first = thread.messages[0].id
        page = await self._ask(Timeline(contact=thread.contact, before=first, limit=MESSAGES))
        self._paging = False
        if page is not None:
            self._viewing.tell(MessagesCame(page, part="older"))

    async def reach(self, message: int) -> None:
        """Page back until the message is there."""
        for _page in range(FARTHEST):
            thread = self._viewing.view.thread
            if thread is None or not thread.more or thread.messages[0].id <= message:
                return
            ask = Timeline(contact=thread.contact, before=thread.messages[0].id, limit=REACH)
            page = await self._ask(ask)
            if page is None:
                return
            self._viewing.advance(MessagesCame(page, part="older"))

    async def _fetch_card(self, contact: int) -> None:
        card = await self._ask(Contact(contact=contact))
        if card is not None:
            self._viewing.tell(CardCame(card))

    # --- what news named -------------------------------------------------------------------------

    def heard(self, event: Event, view: View) -> None:
        """News that carry only ids: ask for what they name, if it is on the screen."""
        match event:
            case news.ConversationsMoved(moved=moved):
                self._rows |= {one.conversation for one in moved if self._matters(one, view)}
            case news.ContactChanged(contact=contact):
                if view.thread and view.thread.contact == contact:
                    self._card = True
            case news.ThreadChanged(contact=contact):
                if view.thread and view.thread.contact == contact:
                    self._anew = True
        if (self._rows or self._card or self._anew) and (self._later is None or self._later.done()):
            self._later = asyncio.ensure_future(self._gathered())

    def _matters(self, moved: news.Moved, view: View) -> bool:
        known = view.rows.get(moved.conversation)
        if known is not None:
            return moved.version > known.version
        if view.thread and view.thread.contact == moved.contact:
            return True
        return view.list in ("team", "all") or view.list == moved.status

    async def _gathered(self) -> None:
        await asyncio.sleep(GATHER)
        await self._fetch_rows()
        if self._anew:
            self._anew = False
            await self._read_anew()
        if self._card and self._viewing.view.thread:
            self._card = False
            await self._fetch_card(self._viewing.view.thread.contact)

    async def _read_anew(self) -> None:
        """Messages came from another thread or left: the strand may be another contact's now."""
        thread = self._viewing.view.thread
        if thread is None:
            return
        rows: Rows | None = await self._ask(RowsOf(ids=(thread.strand,)))
        if rows is not None and rows.rows:
            self._viewing.advance(RowsCame(rows.rows))
            self._viewing.advance(ThreadOpened(rows.rows[0].contact, thread.strand))
        contact = rows.rows[0].contact if rows is not None and rows.rows else thread.contact
        page = await self._ask(Timeline(contact=contact, limit=MESSAGES))
        if page is not None:
            self._viewing.tell(MessagesCame(page, part="anew"))
            await self._fetch_card(contact)

    async def _fetch_rows(self) -> None:
        while self._rows:
            ids = tuple(sorted(self._rows))[:PAGE]
            self._rows -= set(ids)
            rows: Rows | None = await self._ask(RowsOf(ids=ids))
            if rows is not None:
                missing = set(ids) - {row.id for row in rows.rows}
                self._viewing.tell(RowsCame(rows.rows, tuple(missing)))

    async def missed(self, changes: Changes) -> None:
        """The link had a gap: fetch what changed in it, and the numbers that follow from it."""
        view = self._viewing.view
        self._rows |= {change.conversation for change in changes.changes if change.conversation}
        await self._fetch_rows()
        await self.list()
        if any(change.what in PEOPLE for change in changes.changes):
            await self._fetch_people()
        if any(change.what == "offer" for change in changes.changes):
            await self._fetch_offers()
        contacts = {change.contact for change in changes.changes}
        if view.thread and view.thread.contact in contacts:
            await self.thread()

    async def _fetch_people(self) -> None:
        people: Colleagues | None = await self._ask(Who())
        if people is not None:
            self._viewing.tell(people)

    async def _fetch_offers(self) -> None:
        page: OffersPage | None = await self._ask(Offers())
        if page is not None:
            self._viewing.tell(news.OffersAre(offers=page.rows))

    async def _ask(self, ask: Ask) -> Any:
        try:
            return await self._desk.call(ask)
        except (BusError, Refused) as error:
            log.info("could not fetch %s: %s", ask.verb, error)
            return None
