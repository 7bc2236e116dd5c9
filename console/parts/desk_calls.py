"""Ask the desk; the agent is told when it takes long, and why it said no."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from console.link import Link
from console.parts.room import Room
from console.stage import Choice
from console.words.catalogue import _, told
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages.verbs import Ask

log = logging.getLogger("cordboard.console")

# After so long without an answer the agent is told that we wait.
SLOW = 1.0


class DeskCalls:
    def __init__(self, room: Room, link: Link, say: Callable[[str, str], None]) -> None:
        self._room = room
        self._link = link
        self._say = say

    async def call(self, ask: Ask, *, key: str = "") -> Any:
        late = self._room.app.set_timer(SLOW, self._say_slow)
        try:
            return await self._link.desk.call(ask, key=key)
        finally:
            late.stop()

    async def do(self, ask: Ask) -> Any | None:
        try:
            return await self.call(ask)
        except Refused as refused:
            self._say(told(refused.no.said), "late")
        except BusError as error:
            log.info("%s: %s", ask.verb, error)
            self._say(_("The desk does not answer. Nothing was changed."), "late")
        return None

    async def found(self, ask: Ask, shown: Callable[[Any], Sequence[Choice]]) -> Sequence[Choice]:
        try:
            return shown(await self.call(ask))
        except Refused as refused:
            return (Choice(None, told(refused.no.said)),)
        except BusError:
            return (Choice(None, _("The desk does not answer.")),)

    def _say_slow(self) -> None:
        self._say(_("The desk has not answered yet…"), "warn")
