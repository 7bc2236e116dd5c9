"""What a channel author writes (`Adapter`) and what is handed to them (`Inbox`)."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Generic, Protocol, TypeVar

import msgspec

from wire.messages.capabilities import Capabilities
from wire.messages.channel import (
    Accepted,
    Attachment,
    Cue,
    Duplicate,
    Event,
    Listing,
    Outbound,
    Quarantined,
    Refused,
    Sent,
    State,
)

# What is true once `receive` returns: it is safe, and the channel may be told that it was taken.
Taken = Accepted | Duplicate | Quarantined | Refused


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Base of a channel's own keys under `[adapters.<account>]`.

    A field named `title` or `signature` is filled from the account's common keys.
    """


C = TypeVar("C", bound=Config)


class Inbox(Protocol):
    """An account's way to the router. Everything waits while no router answers, unless told."""

    log: logging.Logger

    async def receive(
        self,
        event: Event,
        *,
        cursor: str | None = None,
        patience: float | None = None,
        files: Sequence[bytes] = (),
    ) -> Taken:
        """Return once the event is committed. Only then tell the channel that it was taken.

        Events of one `remote` are taken one after another, in the order of the calls. `cursor` is
        stored in the same transaction and comes back from `state`. With `patience` (seconds) it
        raises NotNow when nobody could commit it in time; send it again then, with the same id.
        `files` of at most 64 kB, named in the event by `attached`, are kept with it: `put` is for
        larger ones.
        """
        ...

    async def state(self, remote: str = "", before: int = 0, limit: int = 50) -> State:
        """The account's last cursor and, with `remote`, that conversation's newest messages."""
        ...

    async def put(
        self, data: bytes, name: str, media_type: str, *, patience: float | None = None
    ) -> Attachment:
        """Hand over a file before the event that names it."""
        ...

    async def get(self, blob: Attachment | str) -> bytes:
        """The bytes of a file, by attachment or sha256. Raises Rejected when there is none."""
        ...

    def signal(
        self,
        remote: str,
        *,
        typing: bool | None = None,
        online: bool | None = None,
        page: str = "",
    ) -> None:
        """What a customer does now. News: shown if somebody looks, never kept."""
        ...

    def ready(self, said: str = "", *, part: str = "") -> None:
        """The channel, or this part of it, is connected and works."""
        ...

    def trouble(self, said: str, *, part: str = "") -> None:
        """It does not work at the moment and is being tried again; `said` is a sentence."""
        ...

    async def keep(self, run: Callable[[], Awaitable[None]], part: str) -> None:
        """Run one part of the channel for ever, as `Adapter.run` itself is kept running."""
        ...


class Adapter(Generic[C]):
    """One account of one channel. Name it in the entry-point group `cordboard.adapters`."""

    kind: ClassVar[str]
    Config: ClassVar[type[Config]]
    capabilities: ClassVar[Capabilities]
    # Seconds after which a `send` that has not returned counts as Unknown.
    send_timeout: ClassVar[float] = 30.0

    # Set before anything is called, so that `send` can fetch files too.
    inbox: Inbox

    def __init__(self, config: C, account: str) -> None:
        self.config = config
        self.account = account

    @classmethod
    def faults(cls, config: C) -> list[str]:
        """What is wrong with keys that are right one by one: a sentence each."""
        return []

    @property
    def address(self) -> str:
        """The account's own address on its channel, for people to see."""
        return ""

    async def run(self, inbox: Inbox) -> None:
        """Connect and stay. Called again, after a pause, whenever it ends or raises."""
        raise NotImplementedError

    async def send(self, message: Outbound) -> str | Sent:
        """Deliver it and return the channel's id for it, or raise a verdict."""
        raise NotImplementedError

    async def close(self) -> None:
        """Last of all: let go of what `send` kept open."""

    async def check(self) -> str:
        """Try the account (connect, log in) and say in a sentence how it went, or raise."""
        return "there is nothing to check"

    async def cue(self, cue: Cue) -> None:
        """An agent types, or (`cue.standing`) how long the customer will wait.

        Called only when it is overridden; where customers stand is told to channels whose
        capabilities say `standing`.
        """

    async def query(self, message: Outbound) -> Sent | None:
        """Was it sent before? Asked for `when_unknown="query"` before a doubtful repeat.

        None: certainly not, it may be sent. Raise Unknown when the channel cannot tell: then a
        person is asked.
        """
        return None

    async def listing(self, since: float, after: str) -> Listing:
        """What the channel has since then, a page at a time. Asked only when it is overridden.

        For a person who compares the mailbox with the desk: nothing is taken by it.
        """
        raise NotImplementedError

    async def take(self, events: Sequence[str]) -> int:
        """Hand over these of what was listed, by `inbox.receive`; how many there were."""
        raise NotImplementedError
