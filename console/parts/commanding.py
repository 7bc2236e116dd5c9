"""From keys to commands, in the order of typing."""

import logging
from collections.abc import Sequence

from textual import events

from console import commands, keys
from console.parts.room import Room
from console.stage import Command, Stage
from console.typeahead import TypeAhead
from console.words.catalogue import _

log = logging.getLogger("cordboard.console")


class Commanding:
    def __init__(self, stage: Stage, room: Room, ahead: TypeAhead) -> None:
        self._stage = stage
        self._room = room
        self._ahead = ahead

    @property
    def table(self) -> Sequence[Command]:
        return commands.COMMANDS

    def typed(self, event: events.Key) -> bool:
        """A key that no widget took: the table says what it does."""
        if self._ahead.waits(event):
            return True
        # A drawer or the composer opened meanwhile: it is for that.
        if self._room.covered or self._ahead.missed(event, self._room.app.focused):
            self._press(self._ahead.again(event))
            return True
        view = self._stage.view
        key = keys.position(event.key, event.character)
        command = commands.for_key(key, view, view.pane)
        if command is None:
            if (known := commands.known_here(key, view.pane)) is None:
                return False
            self._impossible(known)
            return True
        self._ahead.hold()
        self.start(command)
        return True

    def start(self, command: Command | None) -> None:
        if command is not None:
            self._room.start(self._obey(command), name=command.id)

    async def _obey(self, command: Command) -> None:
        try:
            await self.perform(command)
        finally:
            self.serve_ahead()

    def serve_ahead(self) -> None:
        """What the keys were waiting for is there: a drawer is open, or the command is done."""
        for event in self._ahead.release():
            self._press(event)

    async def perform(self, command: Command, words: str = "") -> None:
        if not command.possible(self._stage.view):
            self._impossible(command)
            return
        log.info("command %s", command.id)
        try:
            await command.run(self._stage, words)
        except Exception:  # a fault in one command must not end the console; it is in the log
            log.exception("command %s", command.id)
            self._stage.say(_("That went wrong; the log has the details."), "late")

    def _impossible(self, command: Command) -> None:
        self._stage.say(_("Not possible here: {what}.", what=_(command.title)), "warn")

    def _press(self, event: events.Key) -> None:
        self._room.app.post_message(event)
