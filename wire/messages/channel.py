"""What adapters and the router say to each other. Times are epoch seconds, sizes are bytes."""

from typing import Literal

from wire.messages.base import Wire
from wire.messages.capabilities import Announce


class Party(Wire, frozen=True):
    """Somebody on a channel. `address` is canonical for its channel kind, `name` only shown."""

    address: str
    name: str = ""
    verified: bool = False
    # How we know that it is they: "dmarc pass", "signed visitor token"; "" when we don't.
    evidence: str = ""
    # Why not to believe the name or address: "two From headers". Shown beside it.
    doubt: str = ""


class Attachment(Wire, frozen=True):
    """A file by its content hash; the bytes travel as blobs. `name` is display text only."""

    sha256: str
    name: str
    media_type: str
    size: int
    inline: bool = False


class Fold(Wire, frozen=True):
    """A part of the text that is folded on the screen and never deleted."""

    kind: Literal["quote", "signature", "details"]
    text: str


class MessageIn(Wire, frozen=True, tag="message"):
    """A customer wrote.

    `id` is the channel's own event id, unique in its account: the same id again is a duplicate.
    `remote` names the remote conversation (a chat session; for mail the sender's address): messages
    of one remote conversation are taken in order, and chat replies go back to it.
    """

    id: str
    remote: str
    sender: Party
    at: float
    text: str
    subject: str = ""
    folds: tuple[Fold, ...] = ()
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    reply_to: tuple[Party, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    # The original as it came, kept as evidence: sha256 of a blob, "" when the channel has none.
    raw: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    # Conversation id proved by our own signed token (plus-address or Message-ID); 0 when none.
    proved: int = 0
    # The Message-ID that proved it; "" when it was the address that it came to.
    proved_by: str = ""
    # Conversation id named by a token like ours whose signature is wrong; 0 when none.
    claimed: int = 0
    body_hash: str = ""
    # Sent by a machine (RFC 3834): never answered automatically, never reopens.
    automatic: bool = False
    language: str = ""
    # What a person may want to know of how it came: page, parsing problems, remote content.
    notes: dict[str, str] = {}


class EditedIn(Wire, frozen=True, tag="edited"):
    """The customer changed a message of theirs (`of` is that message's event id)."""

    id: str
    remote: str
    of: str
    text: str
    at: float


class DeletedIn(Wire, frozen=True, tag="deleted"):
    """The customer took a message of theirs back."""

    id: str
    remote: str
    of: str
    at: float


class ReactedIn(Wire, frozen=True, tag="reacted"):
    """The customer reacted to a message, or took it back; `of` is an event id or our remote id."""

    id: str
    remote: str
    of: str
    reaction: str
    at: float
    taken_back: bool = False


class ReceiptIn(Wire, frozen=True, tag="receipt"):
    """A message of ours was delivered, read, or failed later; `of` is its outbox id."""

    id: str
    remote: str
    of: str
    state: Literal["delivered", "read", "failed"]
    at: float
    reason: str = ""


class BouncedIn(Wire, frozen=True, tag="bounced"):
    """A mail of ours came back. `message_id` names ours when the bounce tells it.

    `proved` when it came to a return path that only that message had; else the address decides.
    """

    id: str
    remote: str
    at: float
    message_id: str = ""
    address: str = ""
    reason: str = ""
    text: str = ""
    raw: str = ""
    proved: bool = False


class IdentityIn(Wire, frozen=True, tag="identity"):
    """A remote address changed or learned its other names (a visitor gave an e-mail address)."""

    id: str
    remote: str
    sender: Party
    at: float
    # Another identity of the same person: channel kind and address.
    other_kind: str = ""
    other: Party | None = None


class UnreadableIn(Wire, frozen=True, tag="unreadable"):
    """Something came that could not be read; `raw` keeps it, `attachments` offer it to a person.

    Shown, never dropped.
    """

    id: str
    remote: str
    at: float
    reason: str
    raw: str = ""
    sender: Party | None = None
    attachments: tuple[Attachment, ...] = ()


Event = (
    MessageIn | EditedIn | DeletedIn | ReactedIn | ReceiptIn | BouncedIn | IdentityIn | UnreadableIn
)


class Intake(Wire, frozen=True):
    """An event, and the channel's cursor to store in the same transaction.

    `files` are small ones that the event names by their hash: they are stored in it too.
    """

    event: Event
    cursor: str | None = None
    files: tuple[bytes, ...] = ()


# --- the router's verdicts on an intake request ------------------------------------------------


class Accepted(Wire, frozen=True, tag="accepted"):
    """It is committed: tell the channel that it was taken.

    `seq` numbers the messages of this remote conversation as a chat page shows them.
    """

    conversation: int = 0
    message: int = 0
    seq: int = 0


class Duplicate(Wire, frozen=True, tag="duplicate"):
    """It was committed before: tell the channel that it was taken."""

    message: int = 0
    seq: int = 0


class Quarantined(Wire, frozen=True, tag="quarantined"):
    """It is kept aside for a person to look at: tell the channel that it was taken."""

    reason: str
    ledger: int = 0


class Refused(Wire, frozen=True, tag="refused"):
    """It is not wanted and never will be (a blocked sender, an unknown account)."""

    reason: str


class NotActive(Wire, frozen=True, tag="not_active"):
    """This router does not hold the lease, or cannot write now: ask again."""

    reason: str = ""


Taken = Accepted | Duplicate | Quarantined | Refused | NotActive


# --- what the router asks of an adapter --------------------------------------------------------


class Outbound(Wire, frozen=True):
    """A message of ours to deliver. `id` is the idempotency key, stable over retries."""

    id: str
    epoch: int
    remote: str
    text: str
    at: float
    seq: int = 0
    conversation: int = 0
    author: str = ""
    to: tuple[Party, ...] = ()
    cc: tuple[Party, ...] = ()
    bcc: tuple[Party, ...] = ()
    subject: str = ""
    # The text that is answered, for channels that quote.
    quoted: str = ""
    quoted_author: str = ""
    quoted_at: float = 0.0
    attachments: tuple[Attachment, ...] = ()
    # The thread's last Message-IDs, newest last, for channels with In-Reply-To and References.
    references: tuple[str, ...] = ()
    # Sent by a rule and not by a person: marked so that machines do not answer it.
    automatic: bool = False
    # So often it became unknown before whether it was sent: the channel may have it already.
    doubts: int = 0
    # It was sent and came back, and a person wants it sent once more.
    anew: bool = False
    # Not to be sent: an answer was lost, say what became of this attempt.
    inquiry: bool = False
    # Counts the times that it was asked for, beginning with 1; 0 from a router that does not count.
    attempt: int = 0


class Sent(Wire, frozen=True, tag="sent"):
    """The channel has it. `remote_id` is its name for the message (mail: our Message-ID)."""

    remote_id: str = ""
    # Recipients that the channel refused while it took the others: address → reason.
    refused: dict[str, str] = {}
    # It was certainly sent before under this id as well (the channel told us).
    again: bool = False


class Retry(Wire, frozen=True, tag="retry"):
    """Not now; it was certainly not sent. Try again after so many seconds."""

    reason: str
    after: float = 5.0


class Rejected(Wire, frozen=True, tag="rejected"):
    """It will never be delivered like this, and was not."""

    reason: str
    code: str = ""


class Unknown(Wire, frozen=True, tag="unknown"):
    """It may have been sent or not: the connection broke in the middle."""

    reason: str
    # The channel itself was asked and cannot tell either.
    asked: bool = False


class NeverHeard(Wire, frozen=True, tag="never_heard"):
    """To an inquiry: this process, which lives for so many seconds, never heard of that attempt."""

    age: float


class Stale(Wire, frozen=True, tag="stale"):
    """The router that asks is older than one that asked before; nothing was sent."""

    epoch: int


Delivery = Sent | Retry | Rejected | Unknown | Stale
# The answers to an inquiry.
Fate = Delivery | NeverHeard


class ListAsk(Wire, frozen=True):
    """What do you have? A page of it, of what came since then; or with `take`, hand these over."""

    since: float = 0.0
    after: str = ""
    take: tuple[str, ...] = ()


class Listed(Wire, frozen=True):
    """An item of a mailbox, under the event id that intake knows it by."""

    event: str
    at: float = 0.0
    message_id: str = ""
    said: str = ""


class Listing(Wire, frozen=True, tag="listing"):
    """A page of what the channel has; `next` goes on, "" at the end.

    Event ids that begin with `within` are of this mailbox. `taken` were handed over.
    """

    items: tuple[Listed, ...] = ()
    next: str = ""
    within: str = ""
    taken: int = 0


ListAnswer = Listing | Rejected | Retry


# --- state, history, blobs ---------------------------------------------------------------------


class StateAsk(Wire, frozen=True):
    """Where were we? With `remote`, also that conversation's newest messages."""

    announce: Announce | None = None
    remote: str = ""
    # Only messages with a smaller `seq`, when paging back; 0 for the newest.
    before: int = 0
    limit: int = 50


class PastMessage(Wire, frozen=True):
    """One line of a remote conversation, as its customer saw it."""

    seq: int
    at: float
    text: str
    ours: bool
    id: str = ""
    author: str = ""
    attachments: tuple[Attachment, ...] = ()


class State(Wire, frozen=True, tag="state"):
    """Cursor and recent history of an account; `epoch` is the active router's."""

    epoch: int
    cursor: str = ""
    history: tuple[PastMessage, ...] = ()
    more: bool = False


class BlobPart(Wire, frozen=True):
    """A piece of at most 256 kB of a blob; the last one completes it and the hash is checked."""

    sha256: str
    size: int
    offset: int
    data: bytes


class BlobHave(Wire, frozen=True, tag="have"):
    """So many bytes of it are here: go on from there. Equal to `size` when it is complete."""

    bytes: int


class BlobAsk(Wire, frozen=True):
    """A piece of a blob that this asker may read."""

    sha256: str
    offset: int = 0


class BlobPiece(Wire, frozen=True, tag="piece"):
    """The bytes from `offset`; empty at the end."""

    size: int
    data: bytes


StateAnswer = State | Refused | NotActive
BlobPutAnswer = BlobHave | Refused | NotActive
BlobGetAnswer = BlobPiece | Refused | NotActive


# --- news: at most once, never stored ----------------------------------------------------------


class Health(Wire, frozen=True):
    """How an adapter's account does, every few seconds."""

    state: Literal["starting", "ready", "retrying", "paused", "stopping"]
    since: float
    said: str = ""
    received: int = 0
    sent: int = 0
    failures: int = 0


class Signal(Wire, frozen=True):
    """What a customer does now: writes, looks, left. `remote` as in MessageIn."""

    remote: str
    typing: bool | None = None
    online: bool | None = None
    page: str = ""


class Standing(Wire, frozen=True):
    """Where a conversation stands in the queue, counted from 1; 0 when it waits no more.

    `seconds` is how long it will wait from now, on average; eight of ten wait between `low` and
    `high`. None where nobody who is here could take it.
    """

    position: int = 0
    seconds: float | None = None
    low: float | None = None
    high: float | None = None


class Cue(Wire, frozen=True):
    """For the customer to see: an agent writes, or (with `standing`) how long they will wait.

    Agents are named as customers know them.
    """

    remote: str
    typing: bool = False
    author: str = ""
    # Told now and then to channels whose capabilities say `standing`.
    standing: Standing | None = None
