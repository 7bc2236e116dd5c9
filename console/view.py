"""What the console knows and shows: one frozen `View`, and questions to it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    OfferRow,
    TeamRow,
)

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
    # Nothing is sent until an operator says so.
    paused: bool = False
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
    # What is offered to me, oldest first.
    offers: tuple[OfferRow, ...] = ()
    # Conversations of mine that became so since the list was looked at: for bell and title.
    arrived: int = 0
    # The move that was made last and can be taken back.
    moved: int = 0

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


# --- questions ---------------------------------------------------------------------------------


def in_list(row: ConversationRow, name: ListName, view: View) -> bool:
    """As the desk's pages say it: what is known besides (a contact's others) stands in no list."""
    mine = row.owner == view.me.id
    ours = view.me.role != "agent" or row.team in view.me.teams
    match name:
        case "mine":
            return row.status == "assigned" and mine
        case "waiting":
            return row.status == "waiting" and ours
        case "snoozed" | "resolved":
            return row.status == name and (ours or mine)
        case "team":
            return row.status in ("waiting", "assigned") and ours
    return row.status in ("waiting", "assigned") and (ours or mine)


def next_offer(view: View) -> OfferRow | None:
    """Of those that still can be accepted the one that ends first."""
    open_ = [offer for offer in view.offers if offer.until > view.now]
    return min(open_, key=lambda offer: (offer.until, offer.id), default=None)


def wraps_up(view: View) -> bool:
    return view.me.wraps_until > view.now


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
