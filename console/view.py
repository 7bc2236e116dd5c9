"""What the console knows and shows: a frozen `View`, and how each event makes the next one. Pure.

A row, message or card is taken only when its version is not older than what is there, so pages and
news may arrive in any order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from wire.messages import news
from wire.messages.base import Said
from wire.messages.capabilities import Capabilities
from wire.messages.desk import (
    AccountRow,
    AgentRow,
    CannedReply,
    ContactCard,
    ConversationRow,
    Counts,
    MessageRow,
    Note,
    TeamRow,
)
from wire.messages.verbs import Colleagues, QueuePage, TimelinePage, Welcome

ListName = Literal["mine", "waiting", "team", "snoozed", "resolved", "all"]
LISTS: tuple[ListName, ...] = ("mine", "waiting", "team", "snoozed", "resolved", "all")
Pane = Literal["queue", "thread", "composer", "customer"]
LinkState = Literal["connecting", "up", "down", "refused"]

TYPING_LASTS = 6.0
COLLEAGUE_LASTS = 12.0
NOBODY = AgentRow(id="", name="")
NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class LinkIs:
    """The line to the desk: since when it is so, and the seconds there and back."""

    state: LinkState = "connecting"
    since: float = 0.0
    rtt: float | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A colleague in a conversation, as last told."""

    conversation: int
    writing: bool
    at: float


@dataclass(frozen=True, slots=True)
class Thread:
    """The open contact. `strand` is the conversation that a reply goes to."""

    contact: int
    strand: int
    messages: tuple[MessageRow, ...] = ()
    conversations: tuple[int, ...] = ()
    card: ContactCard | None = None
    more: bool = False
    loaded: bool = False
    typing_at: float = 0.0
    online: bool | None = None
    page: str = ""

    @property
    def newest(self) -> int:
        return self.messages[-1].id if self.messages else 0


@dataclass(frozen=True, slots=True)
class View:
    now: float = 0.0
    link: LinkIs = LinkIs()
    me: AgentRow = NOBODY
    epoch: int = 0
    counts: Counts = NO_COUNTS
    teams: tuple[TeamRow, ...] = ()
    colleagues: Mapping[str, AgentRow] = field(default_factory=dict)
    accounts: tuple[AccountRow, ...] = ()
    canned: tuple[CannedReply, ...] = ()
    read_only: Said | None = None
    rows: Mapping[int, ConversationRow] = field(default_factory=dict)
    # The list on the left: which, filtered by what, in what order, and what waits behind it.
    list: ListName = "mine"
    filter: str = ""
    listed: frozenset[int] = frozenset()
    order: tuple[int, ...] = ()
    behind: tuple[int, ...] = ()
    total: int = 0
    after: str = ""
    loaded: bool = False
    held: bool = False
    cursor: int = 0
    pane: Pane = "queue"
    thread: Thread | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict)
    notices: tuple[news.Notice, ...] = ()
    # Conversations of mine that became so since the list was looked at: for bell and title.
    arrived: int = 0

    @property
    def ready(self) -> bool:
        """The desk greeted us once; with the link down one still reads and writes drafts."""
        return bool(self.me.id)

    @property
    def strand(self) -> ConversationRow | None:
        """The conversation that the thread's composer speaks to."""
        return self.rows.get(self.thread.strand) if self.thread else None

    @property
    def pointed(self) -> ConversationRow | None:
        """What a command acts on: the row under the cursor, or the open conversation."""
        if self.pane == "queue" or self.thread is None:
            return self.rows.get(self.cursor)
        return self.strand

    @property
    def live(self) -> tuple[ConversationRow, ...]:
        """My chats: the strip. They keep their digits while they last."""
        mine = (row for row in self.rows.values() if in_list(row, "mine", self))
        return tuple(sorted((row for row in mine if self.is_chat(row)), key=lambda row: row.id))

    def account(self, kind: str, account: str) -> AccountRow | None:
        return next((a for a in self.accounts if (a.kind, a.account) == (kind, account)), None)

    def capabilities(self, row: ConversationRow) -> Capabilities:
        found = self.account(row.kind, row.account)
        return (found and found.capabilities) or Capabilities(kind=row.kind)

    def is_chat(self, row: ConversationRow) -> bool:
        return self.capabilities(row).enter_sends

    def agent_name(self, agent: str) -> str:
        known = self.colleagues.get(agent)
        return known.name if known else agent


# --- events that do not come from the wire as they are -------------------------------------------


@dataclass(frozen=True, slots=True)
class Ticked:
    now: float


@dataclass(frozen=True, slots=True)
class WritingIs:
    """Whether the desk can write: why not, or None."""

    read_only: Said | None


@dataclass(frozen=True, slots=True)
class ListTurned:
    """Another list, or another filter on it; its page is on the way."""

    list: ListName
    filter: str = ""


@dataclass(frozen=True, slots=True)
class PageCame:
    list: ListName
    filter: str
    page: QueuePage
    more: bool = False


@dataclass(frozen=True, slots=True)
class RowsCame:
    rows: tuple[ConversationRow, ...]
    # Asked for but not given: gone, or not for our eyes.
    missing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CursorMoved:
    conversation: int


@dataclass(frozen=True, slots=True)
class Held:
    """Hold the list as it is (somebody looks at it), or let what waits come in."""

    on: bool


@dataclass(frozen=True, slots=True)
class PaneFocused:
    pane: Pane


@dataclass(frozen=True, slots=True)
class ThreadOpened:
    contact: int
    strand: int


@dataclass(frozen=True, slots=True)
class StrandChosen:
    conversation: int


@dataclass(frozen=True, slots=True)
class ThreadClosed:
    pass


@dataclass(frozen=True, slots=True)
class MessagesCame:
    page: TimelinePage
    # "newest" replaces what is there unless it joins it, "older" goes before it.
    part: Literal["newest", "older"] = "newest"


@dataclass(frozen=True, slots=True)
class CardCame:
    card: ContactCard


@dataclass(frozen=True, slots=True)
class NoticesRead:
    pass


Event = (
    Ticked
    | WritingIs
    | LinkIs
    | ListTurned
    | PageCame
    | RowsCame
    | CursorMoved
    | Held
    | PaneFocused
    | ThreadOpened
    | StrandChosen
    | ThreadClosed
    | MessagesCame
    | CardCame
    | NoticesRead
    | Welcome
    | Colleagues
    | Note
    | news.Body
)


def advance(view: View, event: Event) -> View:
    """The next view. Events that say nothing new give the same view."""
    match event:
        case Ticked(now):
            return replace(view, now=now)
        case LinkIs():
            return replace(view, link=event)
        case WritingIs(read_only):
            return replace(view, read_only=read_only)
        case Welcome():
            return _welcomed(view, event)
        case Colleagues():
            known = {agent.id: agent for agent in event.agents}
            return replace(view, colleagues=known, teams=event.teams or view.teams)
        case ListTurned() | PageCame() | RowsCame() | CursorMoved() | Held():
            return _listing(view, event)
        case PaneFocused(pane):
            return view if pane == view.pane else replace(view, pane=pane)
        case ThreadOpened() | StrandChosen() | ThreadClosed() | MessagesCame() | CardCame():
            return _reading(view, event)
        case Note():
            return _noted(view, event)
        case NoticesRead():
            return replace(view, notices=(), arrived=0)
    return _told(view, event)


def _welcomed(view: View, welcome: Welcome) -> View:
    known = {agent.id: agent for agent in welcome.colleagues} | {welcome.agent.id: welcome.agent}
    # Another epoch may count versions anew after a restore: nothing old outlives it.
    rows = view.rows if view.epoch == welcome.epoch else {}
    return replace(
        view,
        me=welcome.agent,
        epoch=welcome.epoch,
        rows=rows,
        counts=welcome.counts,
        teams=welcome.teams,
        colleagues=known,
        accounts=welcome.accounts,
        canned=welcome.canned,
        read_only=welcome.read_only,
    )


# --- the list ------------------------------------------------------------------------------------


def in_list(row: ConversationRow, name: ListName, view: View) -> bool:
    match name:
        case "mine":
            return row.status == "assigned" and row.owner == view.me.id
        case "waiting" | "snoozed" | "resolved":
            return row.status == name
        case "team":
            return row.status in ("waiting", "assigned") and row.team in view.me.teams
    return True


def matches(row: ConversationRow, words: str) -> bool:
    """Every word of the filter stands somewhere in the row; "!word" must not."""
    text = " ".join(
        (row.contact_name, row.subject, row.last_text, row.kind, row.owner, row.team, *row.tags)
    ).casefold()
    return all(
        (word[1:] not in text) if word.startswith("!") and word[1:] else word in text
        for word in words.casefold().split()
    )


def _rank(row: ConversationRow, name: ListName) -> tuple[float, float, int]:
    if name in ("snoozed", "resolved"):
        return (-row.last_at, 0.0, -row.id)
    due = float("inf") if row.due is None else row.due
    return (due, -row.last_at, row.id)


def _merged(
    view: View, rows: Iterable[ConversationRow], gone: Iterable[int] = ()
) -> dict[int, ConversationRow]:
    known = dict(view.rows)
    for row in rows:
        if row.id not in known or row.version >= known[row.id].version:
            known[row.id] = row
    for lost in gone:
        known.pop(lost, None)
    return known


def _ordered(view: View) -> View:
    """Put the list in order; while it is held, what is new waits behind it."""
    wanted = sorted(
        (
            row
            for row in view.rows.values()
            if in_list(row, view.list, view)
            and (row.id in view.listed or not view.filter or matches(row, view.filter))
        ),
        key=lambda row: _rank(row, view.list),
    )
    ids = tuple(row.id for row in wanted)
    behind: tuple[int, ...] = ()
    if view.held and view.order:
        there = set(ids)
        kept = tuple(known for known in view.order if known in there)
        if kept:
            behind = tuple(known for known in ids if known not in set(kept))
            ids = kept
    return replace(view, order=ids, behind=behind, cursor=_cursor(view, ids))


def _cursor(view: View, ids: tuple[int, ...]) -> int:
    """The same conversation, or the one that took its place."""
    if view.cursor in ids or not ids:
        return view.cursor if ids else 0
    if view.cursor not in view.order:
        return ids[0]
    there = set(ids)
    place = view.order.index(view.cursor)
    after = (known for known in view.order[place:] if known in there)
    before = (known for known in reversed(view.order[:place]) if known in there)
    return next(after, next(before, ids[0]))


def _listing(view: View, event: ListTurned | PageCame | RowsCame | CursorMoved | Held) -> View:
    match event:
        case ListTurned(name, words):
            turned = replace(view, list=name, filter=words, listed=frozenset(), loaded=False)
            return _ordered(replace(turned, held=False, order=(), behind=(), total=0, after=""))
        case PageCame():
            return _paged(view, event)
        case RowsCame(rows, missing):
            return _ordered(replace(view, rows=_merged(view, rows, missing)))
        case CursorMoved(conversation):
            return replace(view, cursor=conversation) if conversation in view.order else view
        case Held(on):
            return view if on == view.held else _ordered(replace(view, held=on))


def _paged(view: View, came: PageCame) -> View:
    page = came.page
    if (came.list, came.filter) != (view.list, view.filter):  # another list was turned to since
        return replace(view, rows=_merged(view, page.rows))
    ids = frozenset(row.id for row in page.rows)
    if came.more:  # what lies further down is no news: it is not held back
        view = replace(
            view, order=(*view.order, *(row.id for row in page.rows if row.id not in view.order))
        )
    return _ordered(
        replace(
            view,
            rows=_merged(view, page.rows, () if came.more else _vanished(view, page, ids)),
            listed=view.listed | ids if came.more else ids,
            counts=page.counts,
            total=page.total,
            after=page.next,
            loaded=True,
        )
    )


def _vanished(view: View, page: QueuePage, ids: frozenset[int]) -> tuple[int, ...]:
    """What we thought to be in the list and a whole fresh page does not have: known no more."""
    if page.next or view.filter:
        return ()
    open_strand = view.thread.strand if view.thread else 0
    return tuple(k for k in view.order if k not in ids and k != open_strand)


# --- the thread ----------------------------------------------------------------------------------


def _reading(
    view: View,
    event: ThreadOpened | StrandChosen | ThreadClosed | MessagesCame | CardCame,
) -> View:
    match event:
        case ThreadOpened(contact, strand):
            if view.thread and view.thread.contact == contact:
                return replace(view, thread=replace(view.thread, strand=strand))
            return replace(view, thread=Thread(contact, strand))
        case ThreadClosed():
            return replace(view, thread=None)
    if view.thread is None:
        return view
    match event:
        case StrandChosen(conversation):
            return replace(view, thread=replace(view.thread, strand=conversation))
        case MessagesCame():
            return _turned(view, view.thread, event)
        case CardCame(card):
            return _carded(view, view.thread, card)
    return view


def _turned(view: View, thread: Thread, came: MessagesCame) -> View:
    page = came.page
    if page.contact != thread.contact:
        return view
    fresh = came.part == "newest" and not _joins(thread.messages, page.messages)
    # What news told while the page was on its way must not be lost by it.
    late = tuple(m for m in thread.messages if not page.messages or m.id > page.messages[-1].id)
    messages = _with_messages(late if fresh else thread.messages, page.messages)
    begins = not thread.messages or fresh or messages[0].id < thread.messages[0].id
    more = page.more if begins else thread.more
    thread = replace(
        thread,
        messages=messages,
        more=more,
        loaded=True,
        conversations=tuple(row.id for row in page.conversations) or thread.conversations,
    )
    return _ordered(replace(view, thread=thread, rows=_merged(view, page.conversations)))


def _joins(known: tuple[MessageRow, ...], came: tuple[MessageRow, ...]) -> bool:
    """Whether the page overlaps with what is there, so that nothing is missing between them."""
    return bool(known and came and known[0].id <= came[0].id <= known[-1].id)


def _with_messages(
    known: tuple[MessageRow, ...], came: Iterable[MessageRow]
) -> tuple[MessageRow, ...]:
    by_id = {message.id: message for message in known}
    for message in came:
        if message.id not in by_id or message.version >= by_id[message.id].version:
            by_id[message.id] = message
    return tuple(by_id[number] for number in sorted(by_id))


def _carded(view: View, thread: Thread, card: ContactCard) -> View:
    old = thread.card
    if card.id != thread.contact or (old and old.version > card.version):
        return view
    # Whether somebody is there comes as news only when it changes; the card tells how it is now.
    online = card.online if thread.online is None else thread.online
    thread = replace(thread, card=card, online=online)
    return _ordered(replace(view, thread=thread, rows=_merged(view, card.conversations)))


def _noted(view: View, note: Note) -> View:
    thread = view.thread
    if thread is None or thread.card is None or thread.contact != note.contact:
        return view
    old = thread.card.note
    if old and old.revision > note.revision:
        return view
    card = _card_with_note(thread.card, note)
    return replace(view, thread=replace(thread, card=card))


def _card_with_note(card: ContactCard, note: Note) -> ContactCard:
    return msgspec.structs.replace(card, note=note)


# --- news ----------------------------------------------------------------------------------------


def _told(view: View, body: news.Body) -> View:
    match body:
        case news.ConversationIs(row=row):
            return _row_told(view, row)
        case news.MessageIs(row=message):
            return _message_told(view, message)
        case news.NoteIs(note=note):
            return _noted(view, note)
        case news.CountsAre(counts=counts):
            return replace(view, counts=counts)
        case news.CustomerDoes():
            return _customer_does(view, body)
        case news.AgentDoes(agent=agent, conversation=conversation, writing=writing):
            seen = {**view.seen, agent: Seen(conversation, writing, view.now)}
            return replace(view, seen=seen)
        case news.PresenceIs() | news.AgentIs() | news.TeamIs():
            return _people(view, body)
        case news.Notice():
            return replace(view, notices=(*view.notices, body)[-20:])
    return view


def _row_told(view: View, row: ConversationRow) -> View:
    old = view.rows.get(row.id)
    if old and old.version > row.version:
        return view
    was_mine = old is not None and in_list(old, "mine", view)
    arrived = view.arrived + (in_list(row, "mine", view) and not was_mine)
    known = replace(view, rows={**view.rows, row.id: row}, arrived=arrived)
    thread = view.thread
    if thread and row.contact == thread.contact and row.id not in thread.conversations:
        known = replace(
            known, thread=replace(thread, conversations=(*thread.conversations, row.id))
        )
    return _ordered(known)


def _message_told(view: View, message: MessageRow) -> View:
    thread = view.thread
    if thread is None or thread.contact != message.contact:
        return view
    messages = _with_messages(thread.messages, (message,))
    typing = 0.0 if message.by == "customer" else thread.typing_at
    return replace(view, thread=replace(thread, messages=messages, typing_at=typing))


def _customer_does(view: View, does: news.CustomerDoes) -> View:
    thread = view.thread
    if thread is None or thread.contact != does.contact:
        return view
    typing = thread.typing_at
    if does.typing is not None:
        typing = view.now if does.typing else 0.0
    online = thread.online if does.online is None else does.online
    page = does.page or thread.page
    return replace(view, thread=replace(thread, typing_at=typing, online=online, page=page))


def _people(view: View, body: news.PresenceIs | news.AgentIs | news.TeamIs) -> View:
    if isinstance(body, news.TeamIs):
        teams = tuple(body.row if team.id == body.row.id else team for team in view.teams)
        return replace(view, teams=teams)
    if isinstance(body, news.AgentIs):
        row = body.row
    else:
        known = view.colleagues.get(body.agent)
        if known is None:
            return view
        row = msgspec.structs.replace(known, presence=body.presence, since=body.at)
    me = row if row.id == view.me.id else view.me
    return replace(view, colleagues={**view.colleagues, row.id: row}, me=me)


# --- questions -----------------------------------------------------------------------------------


def customer_types(view: View) -> bool:
    thread = view.thread
    return bool(thread and thread.typing_at and view.now - thread.typing_at < TYPING_LASTS)


def colleagues_in(view: View, conversation: int) -> tuple[tuple[str, bool], ...]:
    """Colleagues who look at it now: (agent, writes)."""
    return tuple(
        (agent, seen.writing)
        for agent, seen in view.seen.items()
        if seen.conversation == conversation
        and agent != view.me.id
        and view.now - seen.at < COLLEAGUE_LASTS
    )


def undoable(view: View) -> MessageRow | None:
    """My newest message that can still be taken back."""
    if view.thread is None:
        return None
    return next(
        (
            message
            for message in reversed(view.thread.messages)
            if message.agent == view.me.id
            and message.state == "held"
            and message.undo_until is not None
            and message.undo_until > view.now
        ),
        None,
    )


def next_due(view: View) -> ConversationRow | None:
    """Mine with the least time left, other than the open one unless it is the only one."""
    mine = [row for row in view.rows.values() if in_list(row, "mine", view) and row.due is not None]
    open_strand = view.thread.strand if view.thread else 0
    others = [row for row in mine if row.id != open_strand] or mine
    return min(others, key=lambda row: (row.due or 0.0, row.id), default=None)
