"""An account whose program ends again and again: it is left alone, and everybody can see why."""

import asyncio
import contextlib
import time

from cordboard.running.part import Part
from router.nats import keys
from wire import codec, logs, subjects
from wire.bus import BusError
from wire.data_folder import DataFolder
from wire.messages.channel import Health
from wire.nats_bus import Credential, connect

# The router may be started anew and knows nothing then: it is told again (seconds).
AGAIN = 5.0


async def speak_for(
    part: Part, kind: str, account: str, folder: DataFolder, url: str, server: str, ca: str
) -> None:
    """Once it is given up, tell the router in its name, for as long as the desk runs."""
    await part.gave_up.wait()
    last = logs.said(part.log.last[-1]) if part.log.last else ""
    said = f"its program ended {part.quick_ends} times at once: {last}"[:500]
    health = Health(state="paused", since=time.time(), failures=part.quick_ends, said=said)
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
        while True:
            with contextlib.suppress(BusError):  # away; it is told again
                await bus.publish(subjects.health(kind, account), codec.encode(health))
            await asyncio.sleep(AGAIN)
    finally:
        await bus.close()
