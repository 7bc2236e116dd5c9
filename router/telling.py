"""Everybody inside the router who wants to know what was committed, or what happens now."""

from collections.abc import Awaitable, Callable, Sequence

from router.announcing.announcer import Announcer
from router.sending import Sending
from wire.messages.channel import Health, Signal
from wire.messages.desk import Change

Spawn = Callable[[Awaitable[None]], object]


class Channels:
    """What adapters tell: the announcer hears all of it, the sender that an adapter is back."""

    def __init__(self, announcer: Announcer, sending: Sending, spawn: Spawn) -> None:
        self._announcer = announcer
        self._sending = sending
        self._spawn = spawn
        self._ready: set[tuple[str, str]] = set()

    def customer(self, contact: int, conversation: int, signal: Signal) -> None:
        self._announcer.customer(contact, conversation, signal)

    def health(self, kind: str, account: str, health: Health) -> None:
        self._announcer.health(kind, account, health)
        if health.state != "ready":
            self._ready.discard((kind, account))
        elif (kind, account) not in self._ready:
            self._ready.add((kind, account))
            self._spawn(self._sending.hurry(kind, account))


class Commits:
    """What the lane tells after each commit."""

    def __init__(self) -> None:
        self._hearing: list[Callable[[Sequence[Change]], None]] = []

    def add(self, hearing: Callable[[Sequence[Change]], None]) -> None:
        self._hearing.append(hearing)

    def __call__(self, changes: Sequence[Change]) -> None:
        for hear in self._hearing:
            hear(changes)
