"""Bell and window title: work that came is known in another window, too."""

from typing import Any

from textual.app import App

from console.events import NoticesRead
from console.parts.turns import Turns
from console.view import next_offer


class Attention:
    def __init__(self, app: App[Any], turns: Turns, agent: str) -> None:
        self._app = app
        self._turns = turns
        self._agent = agent

    def draw(self) -> None:
        counts = self._turns.view.counts
        late, mine = counts.mine_late, counts.mine
        mark = f"({late}!) " if late else f"({mine}) " if mine else ""
        if next_offer(self._turns.view) is not None:
            mark = "(?) " + mark
        title = f"{mark}cordboard · {self._agent}"
        if title != self._app.title:
            self._app.title = title
            self._write(title)
        urgent = any(notice.urgent for notice in self._turns.view.notices)
        if self._turns.view.arrived or urgent:
            self._app.bell()
            self._turns.advance(NoticesRead())

    def _write(self, title: str) -> None:
        driver = self._app._driver
        if driver is not None and not self._app.is_headless:
            driver.write(f"\x1b]2;{title}\x07")
