"""What the router tells consoles unasked: at most once, never stored, numbered so that gaps show.

Team and board news carry ids, counts and versions; text goes only to `news.agent`.
"""

from wire.messages.base import Said, Wire
from wire.messages.desk import (
    AgentRow,
    ConversationRow,
    Counts,
    MessageRow,
    Note,
    OfferRow,
    Presence,
    TeamRow,
)


class Beat(Wire, frozen=True, tag="beat"):
    """Each second: the router is there. The numbers around it repeat the last news' sequence."""

    at: float
    # Why the desk cannot write at the moment.
    read_only: Said | None = None
    # Nothing is sent until an operator says so.
    paused: bool = False


class ConversationIs(Wire, frozen=True, tag="conversation"):
    """A conversation that this agent may see is now so."""

    row: ConversationRow


class Moved(Wire, frozen=True):
    """Something changed in a conversation; ask for the row if it is on the screen."""

    conversation: int
    contact: int
    version: int
    status: str
    owner: str = ""


class ConversationsMoved(Wire, frozen=True, tag="moved"):
    """For teams, ids only: all that changed within a moment, so that a flood is few news."""

    moved: tuple[Moved, ...]


class MessageIs(Wire, frozen=True, tag="message"):
    """A message of a thread that this agent has open or owns is now so."""

    row: MessageRow


class NoteIs(Wire, frozen=True, tag="note"):
    """The shared note of a contact whose thread this agent has open is now so."""

    note: Note


class ContactChanged(Wire, frozen=True, tag="contact"):
    """Identities, tags or warnings changed: ask for the card if it is on the screen."""

    contact: int
    version: int


class ThreadChanged(Wire, frozen=True, tag="thread"):
    """Messages came to a contact's thread from another, or left it: read it anew."""

    contact: int


class CountsAre(Wire, frozen=True, tag="counts"):
    """The head line's numbers for this agent."""

    counts: Counts


class CustomerDoes(Wire, frozen=True, tag="customer"):
    """A customer types, came, or left the page."""

    contact: int
    conversation: int
    typing: bool | None = None
    online: bool | None = None
    page: str = ""


class AgentDoes(Wire, frozen=True, tag="colleague"):
    """A colleague views or writes in a conversation."""

    agent: str
    conversation: int
    writing: bool = False


class PresenceIs(Wire, frozen=True, tag="presence"):
    """An agent's presence changed (one's own as well: another console of the same agent)."""

    agent: str
    presence: Presence
    at: float
    # Why, in their own words.
    reason: str = ""
    said: Said | None = None


class AgentIs(Wire, frozen=True, tag="agent"):
    """An agent's row is now so (presence, load, skills)."""

    row: AgentRow


class OffersAre(Wire, frozen=True, tag="offers"):
    """All that is offered to this agent now."""

    offers: tuple[OfferRow, ...]


class TeamIs(Wire, frozen=True, tag="team"):
    """A team's counters are now so."""

    row: TeamRow


class Notice(Wire, frozen=True, tag="notice"):
    """A sentence for this agent: new work, read-only, a failed send."""

    said: Said
    conversation: int = 0
    urgent: bool = False


Body = (
    Beat
    | ConversationIs
    | ConversationsMoved
    | MessageIs
    | NoteIs
    | ContactChanged
    | ThreadChanged
    | CountsAre
    | CustomerDoes
    | AgentDoes
    | PresenceIs
    | AgentIs
    | OffersAre
    | TeamIs
    | Notice
)


class News(Wire, frozen=True, tag_field="tagged", tag="news"):
    """News on one subject. `seq` is the desk's event sequence, `prev` the last one told here.

    A console that last heard another `prev` has a gap and asks for what it missed.
    """

    epoch: int
    seq: int
    prev: int
    body: Body
