"""What a channel can do. The console shows it, the router keeps to it, the SDK splits by it."""

from typing import Literal

from wire.messages.base import Wire


class Capabilities(Wire, frozen=True):
    """Declared by each adapter and sent with its first health news."""

    kind: str
    # Most characters of one message; the SDK splits longer ones. 0: no limit.
    text_limit: int = 0
    attachments: bool = False
    attachment_limit: int = 25 * 1024 * 1024
    receipts: Literal["none", "sent", "delivered", "read"] = "none"
    typing: bool = False
    # It shows customers where they stand in the queue (see `Cue`).
    standing: bool = False
    # Seconds after the customer's last message in which we may write; 0: always.
    reply_window: float = 0.0
    can_start: bool = False
    # It has a subject line and To, CC and BCC.
    subject: bool = False
    recipients: bool = False
    html: bool = False
    edits: bool = False
    reactions: bool = False
    # What a sender whose fate is unknown means: resend under the same id, ask the channel, ask us.
    when_unknown: Literal["resend", "query", "ask"] = "ask"
    # Seconds in which an agent may take a message back before it goes out.
    undo: float = 2.0
    # Enter sends (chat) or breaks the line (mail).
    enter_sends: bool = True


class Announce(Wire, frozen=True):
    """How an adapter introduces its account to the router, with its first question for state."""

    capabilities: Capabilities
    # The account's own address on its channel, and what people call it.
    address: str = ""
    title: str = ""
