"""Colours and language, as the agent wants them."""

from collections.abc import Callable

from console import looks
from console.parts.room import Room
from console.strips import Look
from console.widgets.composer import Composer
from console.widgets.painted import Painted
from console.words import catalogue


class Dressing:
    def __init__(self, room: Room, look: Look, show: Callable[[], None]) -> None:
        self.look = look
        self._room = room
        self._show = show

    def dress(self, theme: str) -> None:
        self.look = Look(theme, self.look.ascii)
        self._room.app.theme = looks.theme_name(theme)
        for screen in self._room.app.screen_stack:
            for painted in screen.query(Painted):
                painted.dress(self.look)
            for composer in screen.query(Composer):
                composer.dress(self.look)

    def speak(self, language: str) -> None:
        catalogue.use(language)
        self.redraw()

    def redraw(self) -> None:
        for painted in self._room.screen.query(Painted):
            painted.forget()
        self._show()
        self._room.app.refresh(layout=True)
