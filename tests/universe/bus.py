"""The bus in bad weather: what is sent comes late, twice, in another order, or not at all."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tests.universe.process import Process
from wire.bus import (
    MAX_PAYLOAD,
    Answering,
    LinkDown,
    Listening,
    NoAnswer,
    NobodyListens,
    Request,
    Stop,
    fits,
)
from wire.memory_bus import Hub, MemoryBus, _matches, _Server


@dataclass
class Weather:
    """How likely what is; `late` seconds at most. It changes while the universe lives."""

    chance: random.Random
    late: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0

    def calm(self) -> None:
        self.late = self.lost = self.doubled = 0.0

    def storm(self) -> None:
        self.late = self.chance.choice((0.05, 0.5, 4.0, 12.0))
        self.lost = self.chance.choice((0.0, 0.02, 0.2))
        self.doubled = self.chance.choice((0.0, 0.05, 0.3))

    def copies(self) -> list[float]:
        """When each copy of what is sent now arrives (seconds)."""
        if self.lost and self.chance.random() < self.lost:
            return []
        count = 2 if self.doubled and self.chance.random() < self.doubled else 1
        return [0.001 + (self.chance.random() ** 3 * self.late) for _ in range(count)]


@dataclass
class Sky:
    """What all connections share. `trace` hears all that passes."""

    weather: Weather
    trace: Callable[..., None]
    hub: Hub = field(default_factory=Hub)
    # Outbox ids whose delivery to an adapter arrived twice.
    doubled: set[str] = field(default_factory=set)

    # When the newest of what is under way arrives: in good weather nothing overtakes.
    newest: float = 0.0
    sends: dict[str, float] = field(default_factory=dict)
    # subject → who listens there, until somebody comes or goes.
    listeners: dict[str, list[Any]] = field(default_factory=dict)

    def later(self, delay: float, call: Callable[..., object], *values: Any) -> None:
        loop = asyncio.get_running_loop()
        at = loop.time() + delay
        if not self.weather.late:
            at = self.newest = max(at, self.newest + 1e-9)
        loop.call_at(at, call, *values)

    def asked(
        self, delay: float, call: Callable[..., object], request: Request, *rest: Any
    ) -> None:
        """As the real bus does, asks of one adapter stay in order, however late they are."""
        loop = asyncio.get_running_loop()
        if not request.subject.startswith("send."):
            self.later(delay, call, request, *rest)
            return
        at = max(loop.time() + delay, self.sends.get(request.subject, 0.0) + 1e-9)
        self.sends[request.subject] = at
        loop.call_at(at, call, request, *rest)

    def listening(self, subject: str) -> list[Any]:
        found = self.listeners.get(subject)
        if found is None:
            every = self.hub.listeners
            found = [one for one in every if _matches(one.pattern, subject)]
            self.listeners[subject] = found
        return found

    def copies(self, subject: str, payload: bytes) -> list[float]:
        found = self.weather.copies()
        if len(found) > 1 and subject.startswith("send."):
            self.doubled.add(msgspec.json.decode(payload)["id"])
        return found


class RoughBus(MemoryBus):
    """A connection of one process, as `user`."""

    def __init__(self, sky: Sky, process: Process, user: str = "") -> None:
        super().__init__(sky.hub, user)
        self._sky, self._process = sky, process
        process.connections.append(self)

    async def request(self, subject: str, payload: bytes, *, timeout: float = 5.0) -> bytes:
        self._checked(payload)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        self._sky.trace("ask", subject, len(payload))
        request = Request(subject, payload, self._user)
        for delay in self._sky.copies(subject, payload):
            self._sky.asked(delay, self._arrives, request, answer, 0.1)
        done, _ = await asyncio.wait({answer}, timeout=timeout)
        if not self.connected:
            raise LinkDown("the connection is cut")
        if not done:
            raise NoAnswer(subject)
        if isinstance(answer.result(), Exception):
            raise answer.result()
        return fits(answer.result())

    def _arrives(self, request: Request, answer: "asyncio.Future[Any]", again: float) -> None:
        loop = asyncio.get_running_loop()
        server = self._pick(request.subject)
        if server is not None:
            owner: Process = server.owner  # type: ignore[attr-defined]
            owner.spawn(self._serve(server, request, answer))
        elif again:  # a fresh subscription may be on its way
            loop.call_later(again, self._arrives, request, answer, 0.0)
        else:
            _settle(answer, NobodyListens(request.subject))

    async def _serve(
        self, server: _Server, request: Request, answer: "asyncio.Future[Any]"
    ) -> None:
        outcome: Any
        try:
            outcome = fits(await server.answering(request))
        except Exception as error:
            outcome = NoAnswer(f"{request.subject}: {error}")
        self._sky.trace("answer", request.subject, len(outcome) if outcome else 0)
        for delay in self._sky.weather.copies():
            self._sky.later(delay, _settle, answer, outcome)

    async def publish(self, subject: str, payload: bytes) -> None:
        self._checked(payload)
        self._sky.trace("news", subject, len(payload))
        for listener in self._sky.listening(subject):
            for delay in self._sky.weather.copies():
                self._sky.later(delay, self._heard, listener, subject, payload)

    def _heard(self, listener: Any, subject: str, payload: bytes) -> None:
        if listener.on:
            listener.owner.run(listener.listening, subject, payload)

    async def serve(self, subject: str, answering: Answering, *, queue: str = "") -> Stop:
        server = _Owned(self._process, subject.split("."), answering, queue)
        self._hub.servers.append(server)  # type: ignore[arg-type]
        return self._kept(server)  # type: ignore[arg-type]

    async def listen(self, subject: str, listening: Listening) -> Stop:
        listener = _Hearing(self._process, subject.split("."), listening)
        self._hub.listeners.append(listener)  # type: ignore[arg-type]
        self._sky.listeners.clear()
        return self._kept(listener)  # type: ignore[arg-type]

    def cut(self) -> None:
        """The process died, or its line did: the server forgets all that it served."""
        self.connected = False
        for entry in list(self._mine):
            self._drop(entry)

    async def close(self) -> None:
        self.cut()

    def _drop(self, entry: Any) -> None:
        super()._drop(entry)
        entry.on = False
        self._sky.listeners.clear()

    def _checked(self, payload: bytes) -> None:
        if not self.connected:
            raise LinkDown("this connection is closed")
        fits(payload, MAX_PAYLOAD)


@dataclass(eq=False)
class _Owned:
    owner: Process
    pattern: list[str]
    answering: Answering
    queue: str
    on: bool = True


@dataclass(eq=False)
class _Hearing:
    owner: Process
    pattern: list[str]
    listening: Listening
    on: bool = True


def _settle(answer: "asyncio.Future[Any]", outcome: Any) -> None:
    """The first answer counts, and only if somebody still waits."""
    if not answer.done():
        answer.set_result(outcome)
