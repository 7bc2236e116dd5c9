"""A desk in memory: a router twin, an adapter that does as told, and its host."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from adapters.sdk import Adapter, Capabilities, Config, Cue, Inbox, Outbound, Sent
from adapters.sdk.host import Host
from adapters.sdk.pace import Pace
from tests.adapters.router_twin import RouterTwin
from wire.memory_bus import Hub, MemoryBus

FAST = Pace(
    health=0.01,
    announce=0.05,
    auth=0.05,
    ask_first=0.005,
    ask_most=0.02,
    run_first=0.005,
    run_most=0.02,
    healthy=0.01,
)


class EchoConfig(Config, frozen=True):
    pass


class Echo(Adapter[EchoConfig]):
    """Keeps what it is asked to send; `saying` and `running` make it behave badly."""

    kind = "echo"
    Config = EchoConfig
    capabilities = Capabilities(kind="echo", text_limit=40, attachments=True)

    def __init__(self, account: str = "main") -> None:
        super().__init__(EchoConfig(), account)
        self.sent: list[Outbound] = []
        self.cues: asyncio.Queue[Cue] = asyncio.Queue()
        self.runs = 0
        self.saying: Callable[[Outbound], None] = lambda _: None
        self.running: Callable[[], None] = lambda: None
        self.hold = asyncio.Event()
        self.hold.set()

    async def run(self, inbox: Inbox) -> None:
        self.runs += 1
        self.running()
        inbox.ready()
        await asyncio.Event().wait()

    async def send(self, message: Outbound) -> str | Sent:
        await self.hold.wait()
        self.saying(message)
        self.sent.append(message)
        return f"their-{message.id}"

    async def cue(self, cue: Cue) -> None:
        self.cues.put_nowait(cue)


@dataclass
class Desk:
    router: RouterTwin
    echo: Echo
    host: Host
    bus: MemoryBus
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        self.inbox = self.echo.inbox


async def until(what: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something that other tasks bring about."""
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.002)


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
async def desk(hub: Hub) -> AsyncIterator[Desk]:
    router = RouterTwin(MemoryBus(hub))
    await router.open()
    echo, bus = Echo(), MemoryBus(hub)
    host = Host(echo, bus, pace=FAST, title="Echoes")
    running = asyncio.create_task(host.run())
    await until(lambda: echo.runs or running.done())
    yield Desk(router, echo, host, bus)
    host.stop()
    await running
    await bus.close()
