"""What lies outside of the console: the agent's editor, the clipboard, the folder for files."""

import asyncio
import os
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.app import SuspendNotSupported

from console.parts.dressing import Dressing
from console.parts.room import Room
from console.words.catalogue import _


class Machine:
    def __init__(
        self, room: Room, dressing: Dressing, say: Callable[[str, str], None], downloads: Path
    ) -> None:
        self.downloads = downloads
        # Another program has the terminal.
        self.away = False
        self._room = room
        self._dressing = dressing
        self._say = say

    def copy(self, text: str) -> None:
        self._room.app.copy_to_clipboard(text)
        self._say(_("Sent to the terminal's clipboard."), "")

    async def in_editor(self, text: str, suffix: str) -> str | None:
        """The link goes on meanwhile, and nothing is painted into the editor's screen."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        with tempfile.NamedTemporaryFile("w+", suffix=suffix, encoding="utf-8") as file:
            file.write(text)
            file.flush()
            try:
                status = await self._run(*shlex.split(editor), file.name)
            except (OSError, ValueError, SuspendNotSupported):
                self._say(_("The editor {name} cannot be started here.", name=editor), "late")
                return None
            self._dressing.redraw()
            if status != 0:
                self._say(_("The editor ended with a fault; the draft is as it was."), "late")
                return None
            return await asyncio.to_thread(Path(file.name).read_text, "utf-8", errors="replace")

    async def _run(self, *command: str) -> int:
        try:
            self.away = True
            with self._room.app.batch_update(), self._room.app.suspend():
                process = await asyncio.create_subprocess_exec(*command)
                return await process.wait()
        finally:
            self.away = False
