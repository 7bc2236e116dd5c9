"""The console without a picture: everything said line by line, commands read line by line.

For screen readers, for slow lines and for whoever likes it so.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, TextIO

import msgspec

from console import answering
from console.advancing.advance import advance
from console.drafts import asked
from console.events import Event, ListTurned, PageCame, ThreadOpened, Ticked
from console.lines import cut
from console.link import Link
from console.paint import naming
from console.paint.message import state_of
from console.paint.queue import clock_of
from console.refreshing import Refreshing
from console.view import LinkIs, View, next_offer
from console.words import times
from console.words.catalogue import N_, _, n_, told
from wire.bus import Bus, BusError
from wire.desk_client import Refused
from wire.messages import news, verbs
from wire.messages.desk import ConversationRow, MessageRow, OfferRow

# What is typed, and what it does.
HELP = (
    ("list [mine|waiting|team|snoozed|resolved|all]", N_("say a list")),
    ("open NUMBER", N_("read a conversation of the list")),
    ("reply WORDS", N_("answer the customer")),
    ("comment WORDS", N_("words for colleagues; the customer never sees them")),
    ("take", N_("assign it to yourself")),
    ("resolve", N_("it is done")),
    ("reopen", N_("it is not done after all")),
    ("undo", N_("take back what you just sent")),
    ("presence online|busy|break|wrap-up|away|offline [WHY]", N_("say whether you are there")),
    ("accept", N_("have what is offered to you")),
    ("decline [WHY]", N_("leave it to somebody else")),
    ("ready", N_("you take new work")),
    ("quit", N_("leave")),
)


def run_plain(connect: Callable[[], Awaitable[Bus]], agent: str) -> int:
    plain = Plain(connect, agent, out=sys.stdout)
    try:
        asyncio.run(plain.run(_stdin()))
    except KeyboardInterrupt:
        return 130
    return 0


def _stdin() -> Callable[[], Awaitable[str]]:
    async def read() -> str:
        return await asyncio.to_thread(sys.stdin.readline)

    return read


class Plain:
    """The same view and link as the painted console, told in lines."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Bus]],
        agent: str,
        *,
        out: TextIO,
        now: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.view = View(now=now())
        self._now = now
        self._out = out
        self._link = Link(connect, agent, self, now=now, steady=steady)
        self._refreshing = Refreshing(self, self)
        self._said_list = ""
        self._said_offers: set[int] = set()
        self._link_state = "connecting"

    async def run(self, read: Callable[[], Awaitable[str]]) -> None:
        link = asyncio.create_task(self._link.run(), name="link")
        try:
            while words := await read():
                if words.strip() in ("quit", "q"):
                    return
                await self.obey(words.strip())
        finally:
            link.cancel()
            await asyncio.gather(link, return_exceptions=True)

    def say(self, words: str) -> None:
        self._out.write(words + "\n")
        self._out.flush()

    # --- what the link wants of us ---------------------------------------------------------------

    def tell(self, event: Event) -> None:
        self.view = advance(advance(self.view, Ticked(self._now())), event)
        self._refreshing.heard(event, self.view)
        self._follow(event)

    def advance(self, event: Event) -> None:
        self.tell(event)

    async def call(self, ask: verbs.Ask, *, key: str = "") -> Any:
        return await self._link.desk.call(ask, key=key)

    async def refresh_pages(self) -> None:
        await self._refreshing.everything()

    async def missed(self, changes: verbs.Changes) -> None:
        await self._refreshing.missed(changes)

    def standing(self) -> tuple[int, bool]:
        return (self.view.thread.strand if self.view.thread else 0), False

    def _follow(self, event: Event) -> None:
        """News as lines."""
        match event:
            case LinkIs(state=state) if state != self._link_state:
                self._link_state = state
                self.say(_link_words(event))
            case PageCame() if self._said_list != event.list:
                self._said_list = event.list
                self.say_list()
            case news.MessageIs(row=row):
                self.say(message_words(row, self.view))
            case news.OffersAre() | verbs.Welcome():
                self._say_offers()
            case news.PresenceIs(agent=agent, presence="not-responding"):
                if agent == self.view.me.id:
                    self.say(_("You did not answer: nothing new comes to you. ready: you do."))
            case news.Notice(said=said):
                self.say(told(said))
            case news.ConversationIs(row=row) if row.unanswered and row.owner == self.view.me.id:
                self.say(_("waits for you: {row}", row=row_words(row, self.view.now)))

    def _say_offers(self) -> None:
        for offer in self.view.offers:
            if offer.id not in self._said_offers:
                self._said_offers.add(offer.id)
                left = times.countdown(offer.until - self.view.now)
                about = cut(offer.subject or offer.last_text, 80)
                words = ", ".join((offer.contact_name, naming.channel(offer.kind), left, about))
                self.say(_("offered to you (accept, decline): {row}", row=words))

    # --- commands --------------------------------------------------------------------------------

    async def obey(self, words: str) -> None:
        name, _space, rest = words.partition(" ")
        act = getattr(self, f"_do_{name}", None)
        if act is None:
            for usage, meaning in HELP:
                self.say(f"{usage}: {_(meaning)}")
            return
        try:
            await act(rest.strip())
        except Refused as refused:
            self.say(told(refused.no.said))
        except BusError:
            self.say(_("The desk does not answer. Nothing was changed."))

    def say_list(self) -> None:
        count = n_("{count} conversation", "{count} conversations", len(self.view.order))
        self.say(f"{_(naming.LISTS[self.view.list])}: {count}")
        for number, conversation in enumerate(self.view.order, 1):
            row = self.view.rows[conversation]
            self.say(f"{number}. {row_words(row, self.view.now)}")

    async def _do_list(self, words: str) -> None:
        self._said_list = ""
        if words in naming.LISTS:
            self.tell(ListTurned(words))  # type: ignore[arg-type]
        await self._refreshing.list()

    async def _do_open(self, words: str) -> None:
        number = int(words) if words.isdigit() else 0
        if not 1 <= number <= len(self.view.order):
            self.say(_("There is no such line in the list."))
            return
        row = self.view.rows[self.view.order[number - 1]]
        self.tell(ThreadOpened(row.contact, row.id))
        await self._refreshing.thread()
        thread = self.view.thread
        for message in thread.messages[-30:] if thread else ():
            self.say(message_words(message, self.view))

    async def _do_reply(self, words: str) -> None:
        await self._write(words, comment=False)

    async def _do_comment(self, words: str) -> None:
        await self._write(words, comment=True)

    async def _write(self, words: str, *, comment: bool) -> None:
        row, thread = self.view.strand, self.view.thread
        if row is None or thread is None or not words:
            self.say(_("Open a conversation first, and write words after it."))
            return
        begun = answering.comment(self.view, row) if comment else answering.reply(self.view, row)
        text = words.replace("\\n", "\n")
        await self.call(asked(msgspec.structs.replace(begun, text=text, seen=thread.newest)))

    async def _do_take(self, words: str) -> None:
        await self._on_open(verbs.Take)

    async def _do_resolve(self, words: str) -> None:
        await self._on_open(verbs.Resolve)

    async def _do_reopen(self, words: str) -> None:
        await self._on_open(verbs.Reopen)

    async def _on_open(
        self, verb: type[verbs.Take] | type[verbs.Resolve] | type[verbs.Reopen]
    ) -> None:
        if row := self.view.strand:
            await self.call(verb(conversation=row.id))
            self.say(_("Done."))

    async def _do_undo(self, words: str) -> None:
        messages = self.view.thread.messages if self.view.thread else ()
        held = [m for m in messages if m.state == "held" and m.agent == self.view.me.id]
        if held:
            await self.call(verbs.Undo(message=held[-1].id))
            self.say(_("Taken back."))

    async def _do_presence(self, words: str) -> None:
        name, _space, why = words.partition(" ")
        if name in naming.PRESENCES:
            await self.call(verbs.SetPresence(presence=name, reason=why))  # type: ignore[arg-type]
            self.say(naming.presence(name))

    async def _do_accept(self, words: str) -> None:
        if offer := self._offer():
            await self.call(verbs.Accept(offer=offer.id))
            self.say(_("{name} is yours.", name=offer.contact_name))

    async def _do_decline(self, words: str) -> None:
        if offer := self._offer():
            await self.call(verbs.Decline(offer=offer.id, reason=words))
            self.say(_("Somebody else is asked."))

    def _offer(self) -> OfferRow | None:
        offer = next_offer(self.view)
        if offer is None:
            self.say(_("Nothing is offered to you."))
        return offer

    async def _do_ready(self, words: str) -> None:
        await self.call(verbs.Wrapped())
        await self.call(verbs.SetPresence(presence="online"))
        self.say(_("You take new work."))


def _link_words(link: LinkIs) -> str:
    if link.state == "up":
        return _("The link is up.")
    return link.said or _("link down")


def row_words(row: ConversationRow, now: float) -> str:
    clock, _style = clock_of(row, now)
    due = _("due {time}", time=clock) if clock else naming.status(row.status)
    about = cut(row.subject or row.last_text, 80)
    return ", ".join((row.contact_name, naming.channel(row.kind), due, about))


def message_words(message: MessageRow, view: View) -> str:
    """A message in one breath: when, who, by what, what became of it, the words."""
    if message.by == "desk":
        return f"{times.clock(message.at)} · {told(message.said) or message.text}"
    who = _("you") if message.agent == view.me.id else message.author or message.agent
    what = naming.channel(message.kind)
    if message.by == "comment":
        what = _("comment, not sent to the customer")
    state, _style = state_of(message, view.now)
    head = ", ".join(part for part in (times.clock(message.at), who, what, state) if part)
    return f"{head}: {message.text}"
