"""A real embedded server with two adapters and two agents, and connections as each of them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from router.nats import binary, keys
from router.nats.accounts import AgentKeys
from router.nats.admission import admit
from router.nats.embedded import EmbeddedNats
from router.nats.keys import KeyPair, new_pair
from wire.data_folder import DataFolder
from wire.nats_bus import Credential, NatsBus, connect

ALICE, BOB = new_pair(b"a" * 32), new_pair(b"b" * 32)
AGENTS = (
    AgentKeys("alice", (ALICE.public,), ("support", "sales")),
    AgentKeys("bob", (BOB.public,), ("sales",)),
)


@dataclass
class Server:
    """The server and a connection as anybody. Those are closed at the end."""

    folder: DataFolder
    bus: EmbeddedNats
    closing: AsyncExitStack

    async def agent(self, agent: str, pair: KeyPair) -> NatsBus:
        return await self.connected(Credential(pair.seed, f"_INBOX.{agent}"))

    async def alice(self) -> NatsBus:
        return await self.agent("alice", ALICE)

    async def bob(self) -> NatsBus:
        return await self.agent("bob", BOB)

    async def adapter(self, kind: str, account: str) -> NatsBus:
        pair = keys.kept(self.folder.adapter_key(kind, account))
        return await self.connected(Credential(pair.seed, f"_INBOX.adapter.{kind}.{account}"))

    async def answers(self) -> NatsBus:
        return await self.connected(Credential(keys.kept(self.folder.answers_key).seed))

    async def asks(self) -> NatsBus:
        pair = keys.kept(self.folder.asks_key)
        return await self.connected(Credential(pair.seed, "_INBOX.asks"))

    async def door(self) -> NatsBus:
        return await self.connected(Credential("", "_INBOX.door"))

    async def connected(self, credential: Credential) -> NatsBus:
        bus = await connect(self.bus.url, credential=credential, server=self.bus.name)
        self.closing.push_async_callback(bus.close)
        return bus


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    folder = DataFolder(tmp_path / "desk")
    accounts = {"support": "email", "shop": "webchat"}
    async with EmbeddedNats(folder, accounts, binary.find()) as bus, AsyncExitStack() as closing:
        await admit(folder.root, AGENTS)
        yield Server(folder, bus, closing)
