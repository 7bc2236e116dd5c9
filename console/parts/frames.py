"""One timer: take what was told, ring, show, and keep the drafts now and then."""

import logging

from console.parts.attention import Attention
from console.parts.machine import Machine
from console.parts.picture import Picture
from console.parts.room import Room
from console.parts.turns import Turns
from console.parts.writing import Writing

log = logging.getLogger("cordboard.console")

SAVE_DRAFTS_EVERY = 1.0


class Frames:
    def __init__(
        self,
        room: Room,
        turns: Turns,
        picture: Picture,
        *,
        attention: Attention,
        writing: Writing,
        machine: Machine,
    ) -> None:
        self._room = room
        self._turns = turns
        self._picture = picture
        self._attention = attention
        self._writing = writing
        self._machine = machine
        self._saved_at = 0.0

    def drain(self) -> None:
        if self._machine.away or not self._room.app.is_running or self._terminal_is_behind():
            return
        try:
            self._turn()
        except Exception:  # a timer must not die: the next turn paints what comes then
            log.exception("a turn of the console")

    def _terminal_is_behind(self) -> bool:
        """On a slow line more pictures would only wait, and keys behind them."""
        writer = getattr(self._room.app._driver, "_writer_thread", None)
        return writer is not None and writer._queue.qsize() > 1

    def _turn(self) -> None:
        if self._turns.turn():
            self._attention.draw()
            self._picture.show()
        if abs(self._turns.now - self._saved_at) > SAVE_DRAFTS_EVERY:  # clocks are set back too
            self._saved_at = self._turns.now
            self._writing.save()
