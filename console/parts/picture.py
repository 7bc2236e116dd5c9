"""The view, handed down to the widgets, and the lines around them."""

import gc
import logging
from collections.abc import Callable

from console import commands, keys
from console.lines import Line, Span
from console.paint import head
from console.parts.room import Room
from console.parts.turns import Turns
from console.words import times
from console.words.catalogue import _

log = logging.getLogger("cordboard.console")

SENTENCE_LASTS = 6.0


class Picture:
    def __init__(
        self,
        room: Room,
        turns: Turns,
        drafts: Callable[[], dict[int, str]],
        clock: Callable[[], float],
    ) -> None:
        self._room = room
        self._turns = turns
        self._drafts = drafts
        self._clock = clock
        self._sentence: tuple[str, str, float] = ("", "", 0.0)
        self._frozen = False

    def show(self) -> None:
        """Each widget repaints only the rows that differ."""
        if not self._room.built:
            return
        room, view, texts = self._room, self._turns.view, self._drafts()
        room.queue.show(view, texts)
        room.thread.show(view)
        room.customer.show(view)
        room.composer.update(view)
        self._frame(texts)
        if not self._frozen and view.loaded:
            self._frozen = True
            gc.collect()
            gc.freeze()  # what was loaded stays: the collector need not look at it again

    def say(self, sentence: str, style: str = "") -> None:
        self._sentence = (sentence, style, self._clock() + SENTENCE_LASTS)
        log.info("said: %s", sentence)
        if self._room.built:
            self._frame(self._drafts())

    def _frame(self, texts: dict[int, str]) -> None:
        room, view = self._room, self._turns.view
        room.line("head").show(head.head_line(view, room.wide))
        self._if_any("strip", head.strip_line(view, room.wide, texts))
        alert = head.alert_line(view, room.wide)
        self._if_any("alert", alert)
        room.screen.query_one("#rule").display = alert is None  # in its place: nothing jumps
        room.line("hints").show(self._hints(room.wide))

    def _if_any(self, name: str, given: Line | None) -> None:
        shown = self._room.line(name)
        shown.display = given is not None
        if given:
            shown.show(given)

    def _hints(self, width: int) -> Line:
        view = self._turns.view
        sentence, style, until = self._sentence
        if sentence and until > self._clock():
            return _bar(sentence, style or "title")
        if view.link.state == "down":
            since = times.clock(view.link.since)
            words = _("As of {time}: the link is down. What you write is kept.", time=since)
            return _bar(words, "late")
        if view.link.state == "refused":
            return _bar(view.link.said, "late")
        known = commands.hints(view, view.pane)
        return head.hints_line(((keys.shown(c.keys[0]), _(c.title)) for c in known), width)


def _bar(words: str, style: str) -> Line:
    return Line((Span(f" {words}", style),), (), "bar")
