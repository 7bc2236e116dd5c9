"""The bus inside one process: the twin for tests and simulations."""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field

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


@dataclass(slots=True, eq=False)
class _Server:
    pattern: list[str]
    answering: Answering
    queue: str


@dataclass(slots=True, eq=False)
class _Listener:
    pattern: list[str]
    listening: Listening


@dataclass(slots=True)
class Hub:
    """What the connections of one desk share. `chance` picks among a queue group."""

    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311
    servers: list[_Server] = field(default_factory=list)
    listeners: list[_Listener] = field(default_factory=list)


class MemoryBus:
    """One connection to a hub, as `user`."""

    def __init__(self, hub: Hub, user: str = "") -> None:
        self._hub = hub
        self._user = user
        self._mine: list[_Server | _Listener] = []
        self._running: set[asyncio.Task[bytes]] = set()
        self.connected = True

    async def request(self, subject: str, payload: bytes, *, timeout: float = 5.0) -> bytes:
        self._checked(payload)
        server = self._pick(subject)
        if server is None:
            await asyncio.sleep(0.1)  # a fresh subscription may be on its way
            server = self._pick(subject)
        if server is None:
            raise NobodyListens(subject)
        request = Request(subject, payload, self._user)
        task = asyncio.ensure_future(server.answering(request))
        self._running.add(task)
        task.add_done_callback(self._finished)
        done, _ = await asyncio.wait({task}, timeout=timeout)
        if not done or task.exception() is not None:
            raise NoAnswer(subject)
        return fits(task.result())

    async def publish(self, subject: str, payload: bytes) -> None:
        self._checked(payload)
        for listener in list(self._hub.listeners):
            if _matches(listener.pattern, subject):
                asyncio.get_running_loop().call_soon(listener.listening, subject, payload)

    async def serve(self, subject: str, answering: Answering, *, queue: str = "") -> Stop:
        server = _Server(subject.split("."), answering, queue)
        self._hub.servers.append(server)
        return self._kept(server)

    async def listen(self, subject: str, listening: Listening) -> Stop:
        listener = _Listener(subject.split("."), listening)
        self._hub.listeners.append(listener)
        return self._kept(listener)

    async def close(self) -> None:
        self.connected = False
        for entry in list(self._mine):
            self._drop(entry)
        for task in list(self._running):
            task.cancel()

    def _checked(self, payload: bytes) -> None:
        if not self.connected:
            raise LinkDown("this connection is closed")
        fits(payload, MAX_PAYLOAD)

    def _finished(self, task: "asyncio.Task[bytes]") -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that it is not reported as lost

    def _pick(self, subject: str) -> _Server | None:
        groups: dict[str, list[_Server]] = defaultdict(list)
        for server in self._hub.servers:
            if _matches(server.pattern, subject):
                groups[server.queue].append(server)
        if not groups:
            return None
        return self._hub.chance.choice(next(iter(groups.values())))

    def _kept(self, entry: _Server | _Listener) -> Stop:
        self._mine.append(entry)

        async def stop() -> None:
            self._drop(entry)

        return stop

    def _drop(self, entry: _Server | _Listener) -> None:
        for kept in (self._mine, self._hub.servers, self._hub.listeners):
            if entry in kept:
                kept.remove(entry)  # type: ignore[arg-type]


def _matches(pattern: list[str], subject: str) -> bool:
    tokens = subject.split(".")
    if pattern[-1] == ">":
        return len(tokens) >= len(pattern) and _same(pattern[:-1], tokens)
    return len(tokens) == len(pattern) and _same(pattern, tokens)


def _same(pattern: list[str], tokens: list[str]) -> bool:
    return all(want in ("*", token) for want, token in zip(pattern, tokens, strict=False))
