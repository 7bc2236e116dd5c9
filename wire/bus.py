"""The bus as the rest of the house sees it: requests, answers and news, at most once.

Nothing that lasts depends on it. One twin lives in memory, the real one speaks NATS; both pass the
same tests.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from wire import codec

# The server's default limit; payload and headers together stay under it.
MAX_PAYLOAD = 1_000_000


class BusError(Exception):
    """A request got no answer. Nothing is known of its effect unless the subclass says so."""


class NobodyListens(BusError):
    """No responder was there: the request had certainly no effect."""


class NoAnswer(BusError):
    """It was sent, and no answer came in time: the effect is unknown."""


class LinkDown(BusError):
    """There is no connection: nothing was sent."""


class TooLarge(BusError):
    """The payload is over the bus's limit: nothing was sent."""


class NotAllowed(BusError):
    """The server refused the credentials, or to let them hear something."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something that somebody asked. `user` is who the server says is asking, from which `host`.

    Both are "" when that is unknown.
    """

    subject: str
    payload: bytes
    user: str = ""
    host: str = ""


# Answers are made by awaiting, many at once: the answer to a command comes after its commit.
Answering = Callable[[Request], Awaitable[bytes]]
# Listeners return at once: decode, keep, done.
Listening = Callable[[str, bytes], None]
Stop = Callable[[], Awaitable[None]]


class Bus(Protocol):
    """Five verbs. `connected` is what the link looks like from here."""

    @property
    def connected(self) -> bool: ...

    async def request(self, subject: str, payload: bytes, *, timeout: float = 5.0) -> bytes:
        """One answer, or a BusError that says what is known."""
        ...

    async def publish(self, subject: str, payload: bytes) -> None:
        """News: gone if nobody listens or the link is down."""
        ...

    async def serve(self, subject: str, answering: Answering, *, queue: str = "") -> Stop:
        """Answer requests; of those who serve with one `queue` name, one gets each."""
        ...

    async def listen(self, subject: str, listening: Listening) -> Stop: ...

    async def close(self) -> None: ...


async def ask(bus: Bus, subject: str, value: object, answer: Any, *, timeout: float = 5.0) -> Any:
    """Ask with a value; the answer as that type or union, or Malformed. Raises BusError."""
    return codec.decode(await bus.request(subject, codec.encode(value), timeout=timeout), answer)


def fits(payload: bytes, limit: int = MAX_PAYLOAD) -> bytes:
    """The payload itself; raises TooLarge before anything is sent."""
    if len(payload) > limit:
        raise TooLarge(f"{len(payload)} bytes are more than the bus carries ({limit})")
    return payload
