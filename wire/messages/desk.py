"""What a console shows: rows of conversations, messages, people. Times are epoch seconds (UTC)."""

from typing import Literal

from wire.messages.base import Said, Wire
from wire.messages.capabilities import Capabilities
from wire.messages.channel import Attachment, Fold, Party

Status = Literal["waiting", "assigned", "snoozed", "resolved"]
Presence = Literal["online", "busy", "break", "wrap-up", "away", "not-responding", "offline"]
Role = Literal["agent", "lead", "admin"]
Priority = Literal[0, 1, 2, 3]  # low, normal, high, urgent


class ConversationRow(Wire, frozen=True):
    """One conversation as a queue shows it. `version` grows with each change."""

    id: int
    version: int
    contact: int
    contact_name: str
    kind: str
    account: str
    subject: str
    status: Status
    team: str
    owner: str = ""
    priority: int = 1
    skills: dict[str, int] = {}
    tags: tuple[str, ...] = ()
    opened: float = 0.0
    # The channel's remote conversation that a reply goes to, and the recipient.
    remote: str = ""
    # The reply target of the oldest unanswered customer message; None when nothing waits for us.
    due: float | None = None
    # How long that target was in all, in business seconds, and when three quarters of it are gone.
    target: float = 0.0
    warn_at: float | None = None
    unanswered: int = 0
    unanswered_since: float | None = None
    # We answered it at least once; when it is to be resolved, None while that clock stands still.
    replied: bool = False
    resolve_due: float | None = None
    last_at: float = 0.0
    last_text: str = ""
    last_by: Literal["customer", "agent", "comment", "desk", ""] = ""
    snoozed_until: float | None = None
    # The kind of the customer's previous channel when they switched: "chat (mail)".
    came_from: str = ""
    # Of the newest words, when a customer's address wrote them: is it they? "" where nobody asks.
    trust: Literal["", "verified", "unsure", "doubt"] = ""
    # The one before when this one was opened because that one had been closed too long.
    continues: int = 0
    # The one that its first message may belong to; a person decides.
    related: int = 0
    # The one that it was joined to: what comes for this one goes there.
    joined: int = 0


DeliveryState = Literal[
    "", "held", "ready", "sending", "sent", "delivered", "read", "failed", "ambiguous", "cancelled"
]


class MessageRow(Wire, frozen=True):
    """One entry of a thread. `id` grows in the lane's order; `at` is the channel's own time."""

    id: int
    version: int
    conversation: int
    contact: int
    by: Literal["customer", "agent", "comment", "desk"]
    at: float
    accepted: float
    author: str = ""
    # Agent id for agents' messages and comments.
    agent: str = ""
    kind: str = ""
    account: str = ""
    text: str = ""
    folds: tuple[Fold, ...] = ()
    subject: str = ""
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    sender: Party | None = None
    attachments: tuple[Attachment, ...] = ()
    state: DeliveryState = ""
    reason: str = ""
    # Until when it can be taken back; None when it can't.
    undo_until: float | None = None
    # Why it stands in this conversation.
    placed: Said | None = None
    # The conversation in which it came in, when an agent moved it from there.
    home: int = 0
    # It came later than what stands above it was accepted.
    late: bool = False
    automatic: bool = False
    edited: bool = False
    deleted: bool = False
    reactions: tuple[str, ...] = ()
    notes: dict[str, str] = {}
    # What the desk says (assigned, resolved, reopened), for by == "desk".
    said: Said | None = None


class IdentityRow(Wire, frozen=True):
    """One address of a contact and how we know that it is theirs."""

    id: int
    kind: str
    address: str
    name: str = ""
    verified: bool = False
    evidence: str = ""
    blocked: bool = False
    since: float = 0.0
    # Somebody or something said that it is of this contact, and that can be undone.
    linked: bool = False


class Merged(Wire, frozen=True):
    """A contact who stands in another one, until somebody takes that back."""

    id: int
    name: str
    by: str
    at: float


class Note(Wire, frozen=True):
    """The shared text about a contact. `revision` is compared when it is written."""

    contact: int
    revision: int
    text: str
    by: str = ""
    at: float = 0.0


class ContactCard(Wire, frozen=True):
    """All that stands beside a thread."""

    id: int
    version: int
    name: str
    language: str = ""
    zone: str = ""
    company: str = ""
    tags: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    identities: tuple[IdentityRow, ...] = ()
    note: Note | None = None
    conversations: tuple[ConversationRow, ...] = ()
    online: bool = False
    # Contacts who were merged into this one.
    merged: tuple[Merged, ...] = ()


class AgentRow(Wire, frozen=True):
    """A colleague. `load` and `capacity` are in units."""

    id: str
    name: str
    role: Role = "agent"
    presence: Presence = "offline"
    # Why they are not here, in their own words.
    reason: str = ""
    since: float = 0.0
    teams: tuple[str, ...] = ()
    # Teams that they help when their own have nothing for them.
    secondary: tuple[str, ...] = ()
    skills: dict[str, int] = {}
    load: int = 0
    capacity: int = 6
    # Most conversations at once per channel kind; a kind that is absent has no limit of its own.
    limits: dict[str, int] = {}
    # Until when they finish what they resolved, in the past when they do not.
    wraps_until: float = 0.0
    # Until when they take less than the house gave them; 0 when they do not.
    own_until: float = 0.0


class OfferRow(Wire, frozen=True):
    """A conversation that is asked of an agent: theirs if they accept it until then."""

    id: int
    conversation: int
    contact: int
    contact_name: str
    kind: str
    team: str
    at: float
    until: float
    subject: str = ""
    last_text: str = ""
    # What it asks of an agent.
    said: Said | None = None


class TeamRow(Wire, frozen=True):
    """A team, with counters that are maintained and never recounted."""

    id: str
    name: str
    waiting: int = 0
    assigned: int = 0
    late: int = 0
    worst_due: float | None = None


class AccountRow(Wire, frozen=True):
    """A channel account as agents know it."""

    kind: str
    account: str
    address: str = ""
    title: str = ""
    team: str = ""
    signature: str = ""
    capabilities: Capabilities | None = None
    health: str = ""
    health_said: str = ""


class Counts(Wire, frozen=True):
    """The numbers of the head line."""

    mine: int = 0
    mine_late: int = 0
    mine_next: float | None = None
    team: int = 0
    team_worst: float | None = None
    waiting: int = 0
    snoozed: int = 0


class Hit(Wire, frozen=True):
    """Something that a search found. `spans` are (start, end) in `snippet`, in characters."""

    what: Literal["message", "comment", "note", "contact"]
    contact: int
    contact_name: str
    conversation: int = 0
    message: int = 0
    at: float = 0.0
    snippet: str = ""
    spans: tuple[tuple[int, int], ...] = ()


class Refusal(Wire, frozen=True):
    """Why an agent was not chosen, in a sentence."""

    agent: str
    said: Said


class Moment(Wire, frozen=True):
    """What was asked of an agent from then on; to come, unless it is `taken`."""

    at: float
    said: Said
    taken: bool = False
    # Sooner than planned: nobody who was here could take it as it was. At `at` at the latest.
    early: bool = False


class Able(Wire, frozen=True):
    """Somebody who could take it, in words and as they were compared: the lowest goes first."""

    agent: str
    said: tuple[Said, ...] = ()
    score: tuple[float | str, ...] = ()


class Others(Wire, frozen=True):
    """More who could not, for one and the same reason; some by name."""

    said: Said
    count: int
    agents: tuple[str, ...] = ()


class Decided(Wire, frozen=True):
    """A decision in a sentence; `number` opens it."""

    number: int
    at: float
    said: Said


class Why(Wire, frozen=True):
    """Why a conversation is where it is: one decision about it, or how it stands now."""

    conversation: int
    at: float
    trigger: str
    requirement: Said
    # The decision's number; 0 for how it stands now.
    decision: int = 0
    chosen: str = ""
    because: Said | None = None
    # Why the rules alone would not have given it to whom a person gave it.
    despite: Said | None = None
    # Until when the chosen one was asked for it; None when it was theirs at once.
    offered: float | None = None
    # What was asked at first, and how that loosened or will.
    timeline: tuple[Moment, ...] = ()
    # Who could, the first to be asked first; `able_in_all` of them there were.
    able: tuple[Able, ...] = ()
    able_in_all: int = 0
    refused: tuple[Refusal, ...] = ()
    others: tuple[Others, ...] = ()
    next: Said | None = None
    placed: Said | None = None
    # The rules that matched, the segments that the contact was in, and what targets that made.
    rules: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    targets: tuple[Said, ...] = ()
    # How far its wait has come: its place in the line and what is to be expected.
    wait: tuple[Said, ...] = ()
    # The decisions about it, newest first.
    decisions: tuple[Decided, ...] = ()


class LedgerRow(Wire, frozen=True):
    """One inbound item and what became of it."""

    id: int
    at: float
    kind: str
    account: str
    event: str
    verdict: Literal["accepted", "duplicate", "merged", "quarantined", "refused"]
    reason: str = ""
    message: int = 0
    # How often the same item came once more, and when last.
    again: int = 0
    last_at: float = 0.0
    # It was not taken and is kept whole: it can be tried again.
    kept: bool = False
    # Who wrote, and about what, where it became a message.
    said: str = ""


class OutboxRow(Wire, frozen=True):
    """A message of ours on its way out. `doubts`: so often it may have been sent before."""

    id: int
    message: int
    conversation: int
    contact: int
    kind: str
    account: str
    remote: str
    state: DeliveryState
    at: float
    author: str = ""
    text: str = ""
    reason: str = ""
    attempt: int = 0
    doubts: int = 0
    # When it is tried next.
    next: float = 0.0
    # The message of the same conversation that it has to wait for; 0 for none.
    behind: int = 0


class AuditRow(Wire, frozen=True):
    """Somebody saw, sent or changed something: `what` is a verb, or how it was looked at."""

    id: int
    at: float
    agent: str
    what: str
    contact: int = 0
    conversation: int = 0
    message: int = 0
    # What was searched for, whose rights were changed, from which machine somebody came.
    detail: str = ""


class MergeField(Wire, frozen=True):
    """A field of two contacts side by side, and what it becomes when they are one."""

    name: str
    kept: str
    gone: str
    result: str
    # Both say something, and not the same.
    conflict: bool = False


class ConsoleRow(Wire, frozen=True):
    """A console that is let in as an agent, by its public key."""

    key: str
    agent: str
    console: str
    since: float


class CannedReply(Wire, frozen=True):
    """A ready text. `{{contact.name}}`-style places are filled by the console."""

    id: str
    title: str
    text: str
    language: str = ""


class Change(Wire, frozen=True):
    """One row of the event log: ids and what changed, never a message's text."""

    seq: int
    at: float
    what: str
    conversation: int = 0
    contact: int = 0
    message: int = 0
    agent: str = ""
    team: str = ""
    version: int = 0
