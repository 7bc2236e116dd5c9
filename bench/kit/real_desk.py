"""The real thing to measure: the embedded bus and the router's own process on a data folder."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.kit import filling
from bench.kit.program import PYTHON, running
from router.nats import binary, keys
from router.nats.embedded import EmbeddedNats
from wire.data_folder import DataFolder
from wire.nats_bus import Credential, NatsBus, connect

CONFIG = f"""
[desk]
name = "Bench"

[desk.teams]
{filling.TEAM} = {{ name = "Support" }}

[adapters.{filling.ACCOUNT}]
kind = "{filling.KIND}"
team = "{filling.TEAM}"
"""
ROUTER_READY = "router ready"


@contextlib.contextmanager
def data_folder() -> Iterator[DataFolder]:
    """A folder of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cordboard-bench-") as root:
        folder = DataFolder(Path(root) / "desk")
        folder.make()
        yield folder


def configured(folder: DataFolder, text: str = CONFIG) -> Path:
    path = folder.root / "cordboard.toml"
    path.write_text(text, "utf-8")
    return path


@asynccontextmanager
async def bus_and_router(folder: DataFolder) -> AsyncIterator[EmbeddedNats]:
    """Both are up and the router answers."""
    config = configured(folder)
    async with EmbeddedNats(folder, {filling.ACCOUNT: filling.KIND}, binary.find()) as bus:
        command = [PYTHON, "-m", "router", "--data", str(folder.root), "--config", str(config)]
        async with running(command, ready=ROUTER_READY):
            yield bus


async def adapter_bus(folder: DataFolder, bus: EmbeddedNats) -> NatsBus:
    """A connection as the adapter of the one account."""
    seed = keys.kept(folder.adapter_key(filling.KIND, filling.ACCOUNT)).seed
    inbox = f"_INBOX.adapter.{filling.KIND}.{filling.ACCOUNT}"
    return await connect(bus.url, credential=Credential(seed, inbox), server=bus.name)
