"""What can happen to the view: told by keys and the link, or as it came from the wire."""

from dataclasses import dataclass
from typing import Literal

from console.view import LinkIs, ListName, Pane
from wire.messages import news
from wire.messages.base import Said
from wire.messages.desk import ContactCard, ConversationRow, Note
from wire.messages.verbs import Colleagues, QueuePage, TimelinePage, Welcome


@dataclass(frozen=True, slots=True)
class Ticked:
    now: float


@dataclass(frozen=True, slots=True)
class WritingIs:
    """Whether the desk can write (why not, or None), and whether it holds sending back."""

    read_only: Said | None
    paused: bool = False


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
    # "newest" replaces what is there unless it joins it, "older" goes before it; "anew" is all.
    part: Literal["newest", "older", "anew"] = "newest"


@dataclass(frozen=True, slots=True)
class CardCame:
    card: ContactCard


@dataclass(frozen=True, slots=True)
class MoveMade:
    """This move can be taken back; 0: there is none any more."""

    move: int


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
    | MoveMade
    | NoticesRead
    | Welcome
    | Colleagues
    | Note
    | news.Body
)
