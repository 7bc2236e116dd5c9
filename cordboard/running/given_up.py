"""An account whose program ends again and again: everybody can see it, and why."""

import asyncio
import contextlib
import time
from typing import Literal

from cordboard.running.part import Part
from router.nats import keys
from wire import codec, subjects
from wire.bus import BusError
from wire.data_folder import DataFolder
from wire.messages.channel import Health
from wire.nats_bus import Credential, connect

# The router may be started anew and knows nothing then: it is told again (seconds).
AGAIN = 5.0


async def speak_for(
    part: Part, kind: str, account: str, folder: DataFolder, url: str, server: str, ca: str
) -> None:
    """While it is in trouble, tell the router in its name; for ever once it is left alone."""
    while True:
        await part.in_trouble.wait()
        await _speak(part, kind, account, folder, url, server, ca)


async def _speak(
    part: Part, kind: str, account: str, folder: DataFolder, url: str, server: str, ca: str
) -> None:
    since = time.time()
    seed = keys.kept(folder.adapter_key(kind, account)).seed
    bus = await connect(
        url,
        credential=Credential(seed, f"_INBOX.adapter.{kind}.{account}", ca),
        name=f"cordboard run for {account}",
        server=server,
        patient=True,
        timeout=600,
    )
    try:
        while part.in_trouble.is_set():
            told = codec.encode(_health(part, since))
            with contextlib.suppress(BusError):  # away; it is told again
                await bus.publish(subjects.health(kind, account), told)
            await asyncio.sleep(AGAIN)
    finally:
        await bus.close()


def _health(part: Part, since: float) -> Health:
    said = f"its program ended {part.quick_ends} times at once: {part.last_words()}"[:500]
    state: Literal["paused", "retrying"] = "paused" if part.gave_up.is_set() else "retrying"
    return Health(state=state, since=since, failures=part.quick_ends, said=said)
