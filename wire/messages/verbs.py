"""What a console asks of the router: one struct a verb, with the type of its answer.

`VERBS` is the table that the router's doors, the console's client and the protocol page read.
A verb that changes the desk is a command: its call carries a key, and the same key gives the same
answer for seven days.
"""

from typing import Any, ClassVar, Literal

import msgspec

from wire.messages.base import Said, Wire, starred
from wire.messages.channel import Attachment, BlobHave, BlobPiece, Health, Party, Standing
from wire.messages.desk import (
    AccountRow,
    AgentRow,
    AuditRow,
    CannedReply,
    Change,
    ConsoleRow,
    ContactCard,
    ConversationRow,
    Counts,
    Hit,
    LedgerRow,
    MergeField,
    MessageRow,
    Note,
    OfferRow,
    OutboxRow,
    Presence,
    Role,
    TeamRow,
    Why,
)
from wire.messages.history import History
from wire.messages.rulebook import Fault, Problem


class Ask(Wire, frozen=True):
    """A verb. `answer` is what comes back, `changes` whether it goes through the lane."""

    verb: ClassVar[str] = ""
    answer: ClassVar[Any] = None
    changes: ClassVar[bool] = False
    # The least role that may ask it.
    role: ClassVar[Role] = "agent"


class Done(Wire, frozen=True):
    """It is committed. `seq` is the event after which every page shows it."""

    seq: int = 0
    conversation: int = 0
    message: int = 0
    version: int = 0
    said: Said | None = None
    # Of a move: the number by which it is moved back.
    move: int = 0


# --- reading -----------------------------------------------------------------------------------


class Welcome(Wire, frozen=True):
    """All that a console needs before its first paint, but for the pages."""

    agent: AgentRow
    epoch: int
    seq: int
    now: float
    release: str
    counts: Counts
    teams: tuple[TeamRow, ...] = ()
    colleagues: tuple[AgentRow, ...] = ()
    accounts: tuple[AccountRow, ...] = ()
    canned: tuple[CannedReply, ...] = ()
    offers: tuple[OfferRow, ...] = ()
    read_only: Said | None = None
    # Nothing is sent until an operator says so.
    paused: bool = False


class Hello(Ask, frozen=True):
    verb, answer = "hello", Welcome
    release: str = ""


class QueuePage(Wire, frozen=True):
    """A window of a list, in its order; `next` goes on, "" at the end."""

    seq: int
    rows: tuple[ConversationRow, ...]
    counts: Counts
    next: str = ""
    total: int = 0
    # How those that wait stand, by their numbers.
    standings: dict[int, Standing] = {}


class Queue(Ask, frozen=True):
    """A list of conversations, what is due first (snoozed and resolved: newest first)."""

    verb, answer = "queue", QueuePage
    view: Literal["mine", "waiting", "team", "snoozed", "resolved", "all"] = "mine"
    filter: str = ""
    after: str = ""
    limit: int = 200


class Rows(Wire, frozen=True):
    seq: int
    rows: tuple[ConversationRow, ...]


class RowsOf(Ask, frozen=True):
    """Conversations by id (at most 200); those that one may not see are left out."""

    verb, answer = "rows", Rows
    ids: tuple[int, ...]


class TimelinePage(Wire, frozen=True):
    """A window of a contact's thread in the lane's order, and its conversations."""

    seq: int
    contact: int
    messages: tuple[MessageRow, ...]
    conversations: tuple[ConversationRow, ...]
    more: bool = False


class Timeline(Ask, frozen=True):
    """The newest messages of a contact's thread; `before` pages back, `after` goes on.

    Asking it also says that this agent has the thread open: its news come until another is opened.
    """

    verb, answer = "timeline", TimelinePage
    contact: int
    before: int = 0
    after: int = 0
    limit: int = 100
    watch: bool = True


class Contact(Ask, frozen=True):
    verb, answer = "contact", ContactCard
    contact: int


class SetContact(Ask, frozen=True):
    """What is known of a contact: tags to add and to remove, facts; None leaves as it is."""

    verb, answer, changes = "contact_set", Done, True
    contact: int
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    name: str | None = None
    company: str | None = None
    # Two letters, as "uk".
    language: str | None = None


class Contacts(Wire, frozen=True):
    rows: tuple[ContactCard, ...]


class FindContacts(Ask, frozen=True):
    """Contacts whose name or address begins with the words (for compose and link)."""

    verb, answer = "find_contacts", Contacts
    words: str
    limit: int = 20


class Hits(Wire, frozen=True):
    hits: tuple[Hit, ...]
    more: bool = False


class Search(Ask, frozen=True):
    verb, answer = "search", Hits
    query: str
    limit: int = 50
    offset: int = 0


class StandingOf(Ask, frozen=True):
    """Where a conversation stands in the queue, and how long it will wait."""

    verb, answer = "standing", Standing
    conversation: int


class WhyIs(Ask, frozen=True):
    """A decision about it by its number; 0: how it stands now, -1: the newest decision."""

    verb, answer = "why", Why
    conversation: int
    decision: int = 0


class Changes(Wire, frozen=True):
    """What happened since; `far` when that is too long ago: fetch new pages instead."""

    seq: int
    changes: tuple[Change, ...] = ()
    far: bool = False


class Since(Ask, frozen=True):
    verb, answer = "since", Changes
    seq: int


class Colleagues(Wire, frozen=True):
    agents: tuple[AgentRow, ...]
    teams: tuple[TeamRow, ...]
    skills: tuple[str, ...] = ()


class Who(Ask, frozen=True):
    verb, answer = "who", Colleagues


class Ledger(Wire, frozen=True):
    rows: tuple[LedgerRow, ...]


class ReadLedger(Ask, frozen=True):
    """The newest inbound items; `verdict`, `account` and `since` keep only those."""

    verb, answer, role = "ledger", Ledger, "lead"
    verdict: str = ""
    account: str = ""
    since: float = 0.0
    before: int = 0
    limit: int = 100


class LedgerItem(Wire, frozen=True):
    """An inbound item whole. `text` is what came, as text that nobody has cleaned."""

    row: LedgerRow
    contact: int = 0
    conversation: int = 0
    text: str = ""
    # There is more of it than `text` shows.
    cut: bool = False


class ReadItem(Ask, frozen=True):
    """One line of the ledger with what came: the raw mail, or the request that was put aside."""

    verb, answer, role = "ledger_item", LedgerItem, "lead"
    line: int


class Replay(Ask, frozen=True):
    """Try an item again that was put aside or refused. What was taken is not taken twice."""

    verb, answer, changes, role = "replay", Done, True, "lead"
    line: int


class Missing(Wire, frozen=True):
    """Something that is in the mailbox and not in the ledger."""

    event: str
    at: float
    said: str = ""


class Reconciled(Wire, frozen=True):
    """A mailbox compared with the ledger."""

    # So many items the channel has, and so many accepted ones of ours it has no more.
    upstream: int
    gone: int
    missing: tuple[Missing, ...] = ()
    # Missing ones that were fetched now.
    taken: int = 0
    # There was more than one comparison looks at: say `since`.
    more: bool = False


class Reconcile(Ask, frozen=True):
    """Compare a mailbox with the ledger; `fetch` hands over what is missing."""

    verb, answer, role = "reconcile", Reconciled, "lead"
    account: str
    since: float = 0.0
    fetch: bool = False


class Outbox(Wire, frozen=True):
    rows: tuple[OutboxRow, ...]


class ReadOutbox(Ask, frozen=True):
    """Messages of ours on their way, newest first; `state` "" are all that are not settled."""

    verb, answer = "outbox", Outbox
    state: str = ""
    account: str = ""
    conversation: int = 0
    before: int = 0
    limit: int = 100


class Audit(Wire, frozen=True):
    """Newest first; `next` goes on (as `before`), 0 at the end."""

    rows: tuple[AuditRow, ...]
    next: int = 0


class ReadAudit(Ask, frozen=True):
    """Who saw, sent and changed what; `who` and `contact` keep only theirs."""

    verb, answer, role = "audit", Audit, "lead"
    who: str = ""
    contact: int = 0
    since: float = 0.0
    before: int = 0
    limit: int = 100


class Consoles(Wire, frozen=True):
    rows: tuple[ConsoleRow, ...]


class ConsolesOf(Ask, frozen=True):
    """The consoles that are let in as an agent: one's own; for an admin anybody's."""

    verb, answer = "consoles", Consoles
    agent: str = ""


class DeskStatus(Wire, frozen=True):
    """How the desk does, for `cordboard status` and the demo's report."""

    epoch: int
    now: float
    read_only: Said | None
    messages: int
    conversations: int
    waiting: int
    assigned: int
    outbox: dict[str, int]
    ledger: dict[str, int]
    accounts: tuple[AccountRow, ...] = ()
    health: dict[str, Health] = {}
    search_behind: int = 0
    # Since when nothing is sent; None: it sends.
    paused: float | None = None
    # Of each team, how whoever came last stands.
    waits: dict[str, Standing] = {}


class Status(Ask, frozen=True):
    verb, answer = "status", DeskStatus


class ReadHistory(Ask, frozen=True):
    """Where conversations stood and who was there, since then: for replays and forecasts."""

    verb, answer, role = "history", History, "lead"
    since: float
    until: float = 0.0
    after: str = ""


class Backlog(Wire, frozen=True):
    """What waits in the desk, and the moments since when."""

    outbox: dict[str, int]
    outbox_since: float | None
    waiting: int
    waiting_since: float | None
    quarantined: int
    # Since when nothing is sent; None: it sends.
    paused: float | None
    # When the last thing happened.
    newest: float = 0.0


class Checkup(Wire, frozen=True):
    """What the doctor asks of a router that runs. Bytes and seconds."""

    epoch: int
    now: float
    # How long a real write took; None when it failed, and why.
    wrote: float | None
    why_not: str
    sqlite: str
    disk_free: int
    disk_total: int
    wal: int
    lag: float
    search_behind: int
    bus_reconnects: int
    backlog: Backlog


class CheckUp(Ask, frozen=True):
    verb, answer, role = "checkup", Checkup, "admin"


class Snapshot(Wire, frozen=True):
    """A copy of the database of one moment, in the data folder; who asked takes it away."""

    name: str
    at: float
    epoch: int
    seq: int


class MakeSnapshot(Ask, frozen=True):
    """For `cordboard backup`, on the router's own machine."""

    verb, answer, role = "snapshot", Snapshot, "admin"


class BlobGet(Ask, frozen=True):
    """A piece of an attachment of a conversation that this agent may see."""

    verb, answer = "blob_get", BlobPiece
    sha256: str
    offset: int = 0


class BlobPut(Ask, frozen=True):
    """A piece of a file to attach (256 kB at most)."""

    verb, answer = "blob_put", BlobHave
    sha256: str
    size: int
    offset: int
    data: bytes


# --- saying ------------------------------------------------------------------------------------


class Reply(Ask, frozen=True):
    """Answer the customer. Recipients are what the agent saw; `seen` is the newest message shown.

    With a newer one of the customer or of a colleague it is refused as "stale" unless `anyway`.
    """

    verb, answer, changes = "reply", Done, True
    conversation: int
    text: str
    seen: int = 0
    anyway: bool = False
    kind: str = ""
    account: str = ""
    remote: str = ""
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    bcc: tuple[Party, ...] = ()
    subject: str = ""
    attachments: tuple[Attachment, ...] = ()


class Compose(Ask, frozen=True):
    """Write first: opens a conversation on a channel that can start one."""

    verb, answer, changes = "compose", Done, True
    kind: str
    account: str
    to: tuple[Party, ...]
    text: str
    subject: str = ""
    cc: tuple[Party, ...] = ()
    bcc: tuple[Party, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    contact: int = 0


class Forward(Ask, frozen=True):
    """Send a message on to somebody else, by a channel that can start a conversation."""

    verb, answer, changes = "forward", Done, True
    message: int
    to: tuple[Party, ...]
    text: str = ""
    cc: tuple[Party, ...] = ()


class Undo(Ask, frozen=True):
    """Take a message back while its undo window is open."""

    verb, answer, changes = "undo", Done, True
    message: int


class Resend(Ask, frozen=True):
    """Try a failed or ambiguous message again, or settle it as sent."""

    verb, answer, changes = "resend", Done, True
    message: int
    settle: Literal["again", "sent", "drop"] = "again"


class Comment(Ask, frozen=True):
    """Words for colleagues, never for the customer."""

    verb, answer, changes = "comment", Done, True
    conversation: int
    text: str


# --- moving ------------------------------------------------------------------------------------


class Take(Ask, frozen=True):
    verb, answer, changes = "take", Done, True
    conversation: int


class Assign(Ask, frozen=True):
    """Give it to an agent, or with `team` only, to a team's queue."""

    verb, answer, changes = "assign", Done, True
    conversation: int
    agent: str = ""
    team: str = ""


class Release(Ask, frozen=True):
    """Give it back to the queue; it keeps its place by age."""

    verb, answer, changes = "release", Done, True
    conversation: int


class Transfer(Ask, frozen=True):
    """Hand it over to an agent, a team or a skill, with a word for the next owner."""

    verb, answer, changes = "transfer", Done, True
    conversation: int
    agent: str = ""
    team: str = ""
    skill: str = ""
    level: int = 1
    note: str = ""


class Resolve(Ask, frozen=True):
    verb, answer, changes = "resolve", Done, True
    conversation: int


class Reopen(Ask, frozen=True):
    verb, answer, changes = "reopen", Done, True
    conversation: int


class Snooze(Ask, frozen=True):
    verb, answer, changes = "snooze", Done, True
    conversation: int
    until: float


class Tag(Ask, frozen=True):
    verb, answer, changes = "tag", Done, True
    conversation: int
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class Prioritise(Ask, frozen=True):
    verb, answer, changes = "priority", Done, True
    conversation: int
    priority: int


class SetPresence(Ask, frozen=True):
    """Whether one takes work, and why not (60 characters). Only the desk says not-responding."""

    verb, answer, changes = "presence", Done, True
    presence: Presence
    reason: str = ""


class SetOwnLimits(Ask, frozen=True):
    """Take less for some hours than the house gave one; without a number, as it gave again."""

    verb, answer, changes = "own_limits", Done, True
    capacity: int | None = None
    limits: dict[str, int] = {}
    hours: float = 12.0


class OffersPage(Wire, frozen=True):
    rows: tuple[OfferRow, ...]


class Offers(Ask, frozen=True):
    """What is offered to oneself now."""

    verb, answer = "offers", OffersPage


class Accept(Ask, frozen=True):
    """Have what was offered. Too late is refused, with who has it now."""

    verb, answer, changes = "accept", Done, True
    offer: int


class Decline(Ask, frozen=True):
    """Somebody else is asked; oneself not again for a while."""

    verb, answer, changes = "decline", Done, True
    offer: int
    reason: str = ""


class Wrapped(Ask, frozen=True):
    """Done with finishing a resolved conversation, or (0) all of one's own, before its time."""

    verb, answer, changes = "wrapped", Done, True
    conversation: int = 0


class HandOver(Ask, frozen=True):
    """Everything open of an agent (oneself; for leads anybody) goes to one agent or a team.

    Without either it is routed, each at the place of its age.
    """

    verb, answer, changes = "hand_over", Done, True
    agent: str
    owner: str = ""
    team: str = ""


class WriteNote(Ask, frozen=True):
    """Replace the shared note if its revision is still the one that was read."""

    verb, answer, changes = "note", Note, True
    contact: int
    revision: int
    text: str


class Block(Ask, frozen=True):
    """Refuse a sender from now on (or let them in again)."""

    verb, answer, changes = "block", Done, True
    identity: int
    blocked: bool = True


class Link(Ask, frozen=True):
    """Say that an identity belongs to a contact. Can be undone: the link keeps where it was."""

    verb, answer, changes = "link", Done, True
    identity: int
    contact: int


class Unlink(Ask, frozen=True):
    """Undo a link: the identity and its conversations go back to where they were."""

    verb, answer, changes = "unlink", Done, True
    identity: int


class Plan(Wire, frozen=True):
    """What a command would do, in sentences."""

    said: tuple[Said, ...]


class Moving(Ask, frozen=True):
    """A message, or without one a whole conversation, `into` another conversation.

    Without `into` it goes to the `contact`: a conversation as it is, a message as one of its own.
    """

    message: int = 0
    conversation: int = 0
    into: int = 0
    contact: int = 0


class PlanMove(Moving, frozen=True):
    """What `move` would do; nothing changes."""

    verb, answer = "move_plan", Plan


class Move(Moving, frozen=True):
    """Move a message or a conversation to another conversation or contact. Can be undone."""

    verb, answer, changes = "move", Done, True


class MoveBack(Ask, frozen=True):
    """Undo a move: what is still where it was put goes back."""

    verb, answer, changes = "move_back", Done, True
    move: int


class MergePlan(Wire, frozen=True):
    """Two contacts side by side, and what would become of them."""

    kept: int
    gone: int
    fields: tuple[MergeField, ...]
    said: tuple[Said, ...]


class Merging(Ask, frozen=True):
    """Two contacts become one, which is `kept`.

    `take` names fields that become those of `gone`, `keep` lists (tags, warnings) that stay those
    of `kept`; else an empty field is filled and lists are united. The note has the words of both.
    """

    kept: int
    gone: int
    take: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


class PlanMerge(Merging, frozen=True):
    """What `merge` would do; nothing changes."""

    verb, answer = "merge_plan", MergePlan


class Merge(Merging, frozen=True):
    """Make two contacts one. Can be undone."""

    verb, answer, changes = "merge", Done, True


class Unmerge(Ask, frozen=True):
    """A merged contact stands by itself again, with all that is of its addresses."""

    verb, answer, changes = "unmerge", Done, True
    contact: int


# --- being there: no lane, no answer worth keeping ----------------------------------------------


class Heartbeat(Ask, frozen=True):
    """A console is alive (every 5 s); what its agent looks at and whether they write."""

    verb, answer = "beat", Done
    console: str = ""
    conversation: int = 0
    writing: bool = False


# --- keeping the house -------------------------------------------------------------------------


class SetAgent(Ask, frozen=True):
    """Make an agent, or change what is given. None leaves as it is.

    `new` makes sure: true refuses one who is there already, false one who is not.
    """

    verb, answer, changes, role = "agent_set", Done, True, "admin"
    agent: str
    name: str | None = None
    role_is: Role | None = None
    teams: tuple[str, ...] | None = None
    # Teams that they help when their own have nothing for them.
    secondary: tuple[str, ...] | None = None
    skills: dict[str, int] | None = None
    capacity: int | None = None
    limits: dict[str, int] | None = None
    password: str | None = None
    enabled: bool | None = None
    new: bool | None = None

    def __repr__(self) -> str:
        return starred(self, "password")


class Invitation(Wire, frozen=True):
    """A code that lets its agent log in once, until it expires."""

    agent: str
    code: str
    expires: float

    def __repr__(self) -> str:
        return starred(self, "code")


class Invite(Ask, frozen=True):
    verb, answer, changes, role = "invite", Invitation, True, "admin"
    agent: str
    hours: float = 72.0


class SetTeam(Ask, frozen=True):
    verb, answer, changes, role = "team_set", Done, True, "admin"
    team: str
    name: str


class SetSkill(Ask, frozen=True):
    verb, answer, changes, role = "skill_set", Done, True, "admin"
    skill: str
    name: str = ""


class SetCanned(Ask, frozen=True):
    verb, answer, changes, role = "canned_set", Done, True, "lead"
    reply: CannedReply


class RulebookText(Wire, frozen=True):
    """A routing file as it was loaded; version 0 is a desk without one."""

    version: int = 0
    at: float = 0.0
    agent: str = ""
    text: str = ""


class RulebookShow(Ask, frozen=True):
    """The routing file in force, or an earlier one by its version."""

    verb, answer, role = "rulebook", RulebookText, "lead"
    version: int = 0


class RulebookLoaded(Wire, frozen=True):
    """With faults nothing changed. Warnings hinder nothing. Version 0: it was only tried."""

    version: int = 0
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


class RulebookLoad(Ask, frozen=True):
    """This routing file is in force from now on; `dry` only says what is wrong with it."""

    verb, answer, changes, role = "rulebook_load", RulebookLoaded, True, "lead"
    text: str
    dry: bool = False


class Problems(Wire, frozen=True):
    """Requirements that nobody could ever meet, most conversations first."""

    rows: tuple[Problem, ...] = ()


class ReadProblems(Ask, frozen=True):
    """What waits though no agent of the desk could take it, as rules ask."""

    verb, answer = "problems", Problems


class SetSending(Ask, frozen=True):
    """Hold back everything that is to be sent, or let it go out again."""

    verb, answer, changes, role = "sending", Done, True, "admin"
    on: bool


class Login(Ask, frozen=True):
    """Prove who you are, and have this public nkey let in from now on. Asked on the open door."""

    verb, answer, changes = "login", Done, True
    agent: str
    key: str
    password: str = ""
    code: str = ""
    console: str = ""

    def __repr__(self) -> str:
        return starred(self, "password", "code")


class Logout(Ask, frozen=True):
    """This key is not let in any more."""

    verb, answer, changes = "logout", Done, True
    key: str


# --- the envelope ------------------------------------------------------------------------------


class Call(Wire, frozen=True):
    """A request as it travels: the verb stands in the subject, its struct in `body`."""

    body: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"{}"))
    # For commands: the same key (with the same body) is the same command.
    key: str = ""


class Ok(Wire, frozen=True, tag_field="tagged", tag="answer"):
    """The answer; `body` decodes as the verb's `answer`."""

    body: msgspec.Raw


class No(Wire, frozen=True, tag_field="tagged", tag="refusal"):
    """Why not, in a sentence, with a stable code for programs.

    Codes: stale, gone, forbidden, busy, not_active, read_only, late, invalid, conflict, too_large.
    """

    code: str
    said: Said
    # For "stale" and "conflict": what is there now (a message id, a note's revision).
    now: int = 0


Answer = Ok | No

ASKS: tuple[type[Ask], ...] = (
    Hello, Queue, RowsOf, Timeline, Contact, FindContacts, Search, StandingOf,
    WhyIs, Since, Who, ReadLedger,
    ReadItem, Replay, Reconcile, ReadOutbox, ReadHistory,
    ReadAudit, ConsolesOf, Status, BlobGet, BlobPut, Reply, Compose, Forward, Undo, Resend, Comment,
    Take, Assign, Release, Transfer, Resolve, Reopen, Snooze, Tag, Prioritise, SetPresence,
    SetOwnLimits, Offers, Accept, Decline, Wrapped, HandOver,
    WriteNote, SetContact, Block, Link, Unlink, PlanMove, Move, MoveBack, PlanMerge, Merge,
    Unmerge, Heartbeat,
    SetAgent, Invite, SetTeam, SetSkill, SetCanned, RulebookShow, RulebookLoad, ReadProblems,
    Login, Logout, CheckUp, MakeSnapshot, SetSending,
)  # fmt: skip
VERBS: dict[str, type[Ask]] = {ask.verb: ask for ask in ASKS}
