"""What was: where conversations stood, and who was there. Times are epoch seconds (UTC)."""

from wire.messages.base import Wire
from wire.messages.desk import Presence, Status


class Passage(Wire, frozen=True):
    """From then on a conversation waited, was somebody's, or was put away."""

    at: float
    conversation: int
    status: Status
    team: str = ""
    owner: str = ""
    # Of an owner's time: when they first answered in it.
    replied: float | None = None


class Present(Wire, frozen=True):
    """From then on an agent was there, busy, away or gone."""

    at: float
    agent: str
    presence: Presence


class Past(Wire, frozen=True):
    """What rules decide a conversation by. Its words are told to admins only."""

    id: int
    contact: int
    kind: str
    account: str
    at: float
    subject: str = ""
    text: str = ""
    sender: str = ""
    name: str = ""
    language: str = ""
    company: str = ""
    tags: tuple[str, ...] = ()
    skills: dict[str, int] = {}
    # A `Demand` of the router as JSON; "" asks nothing more.
    demand: str = ""
    priority: int = 1


class History(Wire, frozen=True):
    """A page of what was, in order; `next` goes on, "" at the end."""

    until: float
    passages: tuple[Passage, ...] = ()
    # What is known of the conversations that this page names.
    conversations: tuple[Past, ...] = ()
    presences: tuple[Present, ...] = ()
    next: str = ""
    # Seconds within which a channel kind is to be answered; "" is for all others.
    targets: dict[str, float] = {}
