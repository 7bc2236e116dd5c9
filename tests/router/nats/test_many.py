"""Five hundred consoles are back soon after the bus was killed."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from router.nats import binary, keys
from router.nats.accounts import AgentKeys
from router.nats.admission import admit
from router.nats.embedded import EmbeddedNats
from router.nats.keys import KeyPair, new_pair
from wire import subjects
from wire.bus import BusError, Request
from wire.data_folder import DataFolder
from wire.nats_bus import Credential, NatsBus, connect

pytestmark = pytest.mark.program

CONSOLES, AGENTS = 500, 100
# What is promised (seconds), from the death of the bus to the last answer.
BACK_WITHIN = 10.0


async def test_five_hundred_consoles_are_back_within_ten_seconds(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "desk")
    pairs = [new_pair(n.to_bytes(32)) for n in range(CONSOLES)]
    async with EmbeddedNats(folder, {}, binary.find()) as bus, AsyncExitStack() as closing:
        await admit(folder.root, [_agent(n, pairs) for n in range(AGENTS)])
        router = await _connected(bus, closing, keys.kept(folder.answers_key), "answers")
        await router.serve(subjects.EVERY_RPC, _answer, queue="router")
        consoles = [
            await _connected(bus, closing, pair, f"agent{n % AGENTS}")
            for n, pair in enumerate(pairs)
        ]
        os.kill(bus.pid, signal.SIGKILL)
        async with asyncio.timeout(BACK_WITHIN):
            await asyncio.gather(*(_answered(console, n) for n, console in enumerate(consoles)))
        assert bus.restarts == 1


def _agent(number: int, pairs: list[KeyPair]) -> AgentKeys:
    return AgentKeys(f"agent{number}", tuple(pair.public for pair in pairs[number::AGENTS]))


async def _connected(
    bus: EmbeddedNats, closing: AsyncExitStack, pair: KeyPair, agent: str
) -> NatsBus:
    made = await connect(bus.url, credential=Credential(pair.seed, f"_INBOX.{agent}"))
    closing.push_async_callback(made.close)
    return made


async def _answer(request: Request) -> bytes:
    return b"welcome"


async def _answered(console: NatsBus, number: int) -> None:
    """It is there again, and its request comes through."""
    while console.connected:  # until it has noticed
        await asyncio.sleep(0.05)
    while not console.connected:
        await asyncio.sleep(0.05)
    while True:
        try:
            await console.request(f"rpc.agent{number % AGENTS}.hello", b"?", timeout=2)
            return
        except BusError:  # the router may come back after us
            await asyncio.sleep(0.1)
