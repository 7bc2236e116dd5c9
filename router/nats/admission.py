"""Letting agents in and cutting them off while the server runs, without dropping the others."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from router.nats import served
from router.nats.accounts import AgentKeys
from router.nats.keys import KeyPair
from router.nats.served import Served
from router.nats.trouble import BusTrouble
from wire.bus import BusError
from wire.data_folder import DataFolder
from wire.messages.base import say
from wire.nats_bus import Credential, connect

log = logging.getLogger("cordboard.nats")

SEEN_WITHIN = 10.0
# A server that starts this moment may miss a signal: it is told again after so long.
_AGAIN_AFTER = 1.0


async def admit(data: Path, agents: Sequence[AgentKeys]) -> None:
    """Return once the bus lets in exactly these keys. Raises BusTrouble.

    With a bus that is not embedded the list is only kept (`cordboard nats config` prints it).
    One call at a time; `Admission` sees to that.
    """
    folder = DataFolder(data).resolved()
    served.keep_people(folder, agents)
    this = served.kept(folder)
    if this is None:
        return
    probe = await asyncio.to_thread(served.write, folder, this)
    await _seen(folder, this, probe)


async def _seen(folder: DataFolder, this: Served, probe: KeyPair) -> None:
    """Signal until the server lets the probe of this writing in."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + SEEN_WITHIN
    while loop.time() < give_up:
        _signal(folder)
        again = loop.time() + _AGAIN_AFTER
        pause = 0.01
        while loop.time() < again:
            if await _let_in(this, probe, str(folder.nats_ca)):
                return
            await asyncio.sleep(pause)
            pause *= 2
    raise BusTrouble(
        say(
            "The bus did not take up who may log in. Its log is {path}.",
            path=str(folder.nats_log),
        )
    )


def _signal(folder: DataFolder) -> None:
    pid = served.pid(folder)
    if pid is None:
        log.warning("the bus is not running; it starts with the new configuration")
        return
    try:
        os.kill(pid, signal.SIGHUP)
    except OSError as error:
        log.warning("the bus could not be told to read its configuration: %s", error)


async def _let_in(this: Served, probe: KeyPair, ca: str) -> bool:
    try:
        bus = await connect(
            this.url,
            credential=Credential(probe.seed, "_INBOX.probe", ca),
            name="cordboard probe",
            server=this.name,
            timeout=2,
        )
    except BusError:
        return False
    await bus.close()
    return True


class Admission:
    """The router's hold on who is let in: asks for the list, one change of the bus at a time."""

    def __init__(
        self, data: Path, all_agents: Callable[[], Awaitable[Sequence[AgentKeys]]]
    ) -> None:
        self._data = data
        self._all_agents = all_agents
        self._one = asyncio.Lock()
        self._wanted = 0
        self._done = 0

    async def refresh(self) -> None:
        """Return once the bus knows all that was committed before this call.

        Those who wait together are served by one change.
        """
        self._wanted += 1
        mine = self._wanted
        async with self._one:
            if self._done >= mine:
                return
            covers = self._wanted
            await admit(self._data, await self._all_agents())
            self._done = covers
