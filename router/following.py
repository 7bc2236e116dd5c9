"""The search index follows the event log: a few seconds behind, and from the start when it is new.

Derived only: whatever happens to it, the desk goes on, and it can be thrown away. It is kept by a
process of its own (`python -m router.following DIR`), so that stemming takes nothing from the lane:
a line on its standard input says that something was committed, lines on its output how far it is.
"""

import argparse
import logging
import os
import select
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from router.doors import shown
from router.handling import messages
from router.search.index import Document, SearchIndex, StartedOver
from router.store.sql import Rows
from router.store.store import reading_connection
from wire import logs
from wire.data_folder import DataFolder
from wire.messages.channel import Attachment

log = logging.getLogger("cordboard.search")

# Events of one step, and seconds until the next look when nothing was said.
EVENTS, PAUSE = 1_000, 2.0
# Documents written together: what is found meanwhile waits for no more than these.
DOCUMENTS = 512
# The lane and the doors go first.
NICE = 5


@dataclass(frozen=True, slots=True)
class Step:
    """What some events make of the index."""

    documents: Sequence[Document]
    gone: Sequence[str]
    # The last event of the step, the last of the log, and how many there were.
    seq: int
    last: int
    events: int


class Following:
    """Reads the desk on `rows`' connection and writes the index, one step after another."""

    def __init__(self, rows: Rows, index: SearchIndex) -> None:
        self._rows = rows
        self._index = index

    def step(self) -> bool:
        """Follow some events. Whether there may be more."""
        position = self._index.position()
        with self._rows.moment():
            step = _step(self._rows, position)
        if step.seq < position:  # the desk is an older one than the index has followed
            self._index.mark(0)
            return True
        for start in range(0, len(step.documents), DOCUMENTS):
            self._index.put(step.documents[start : start + DOCUMENTS])
        if step.events:
            self._finish(step)
        return step.events == EVENTS

    def catch_up(self) -> int:
        """Follow all there is; the event up to which that was. What goes wrong is tried again."""
        try:
            while self.step():
                pass
        except (apsw.Error, StartedOver) as error:
            log.warning("search does not follow: %s", error)
        return self._index.position()

    def _finish(self, step: Step) -> None:
        with self._index.transaction():
            self._index.forget(step.gone)
            self._index.mark(step.seq)


def _step(rows: Rows, position: int) -> Step:
    last = int(rows.value("last_event"))
    if position > last:
        return Step((), (), 0, last, 0)
    events = rows.all("events_since", seq=position, limit=EVENTS)
    found = _Found(rows)
    for event in events:
        found.follow(event)
    seq = events[-1].seq if events else position
    return Step(tuple(found.documents.values()), tuple(found.gone), seq, last, len(events))


class _Found:
    """Documents of some events, each as it is now and once."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.documents: dict[str, Document] = {}
        self.gone: dict[str, None] = {}

    def follow(self, event: Any) -> None:
        if event.what in (*messages.ADDED, "message_changed"):
            self._message(self._rows.one("message", id=event.message))
        elif event.what == "contact":
            self._contact(event.contact)
        elif event.what == "note":
            self._note(event.contact)
        elif event.what == "imported":
            self._contact(event.contact)
            self._note(event.contact)
            past = self._rows.all("later_messages", contact=event.contact, after=0, limit=1_000_000)
            for row in past:
                self._message(row)

    def _message(self, row: Any) -> None:
        if row is None or row.author_is == "desk":
            return
        number = f"m{row.id}"
        if row.deleted:
            self.documents.pop(number, None)
            self.gone[number] = None
            return
        kind = "comment" if row.author_is == "comment" else "message"
        files = shown.parsed(row.attachments, tuple[Attachment, ...], ())
        text = "\n".join((row.subject, row.text, *(file.name for file in files)))
        self.documents[number] = Document(number, kind, row.conversation, row.contact, row.at, text)  # type: ignore[arg-type]

    def _contact(self, contact: int) -> None:
        row = self._rows.one("contact", id=contact)
        if row is None:
            return
        known = self._rows.all("identities_of", contact=contact)
        text = "\n".join((row.name, row.company, *_names(known)))
        number = f"c{contact}"
        self.documents[number] = Document(number, "contact", None, contact, row.made, text)

    def _note(self, contact: int) -> None:
        row = self._rows.one("note", contact=contact)
        if row is not None:
            number = f"n{contact}"
            self.documents[number] = Document(number, "note", None, contact, row.at, row.text)


def _names(identities: Sequence[Any]) -> Iterator[str]:
    for row in identities:
        yield row.address
        yield row.name


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    logs.set_up(options.log)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for the router, which then ends this one
    os.nice(NICE)
    folder = DataFolder(options.data).resolved()
    index = SearchIndex.open(folder.search, broken=options.anew)
    following = Following(Rows(reading_connection(str(folder.database))), index)
    while True:
        print(following.catch_up(), flush=True)  # noqa: T201  the router reads it
        if not _told():
            return 0


def _told() -> bool:
    """Wait until something was committed, or for a while. False when the router is gone."""
    heard, _, _ = select.select([sys.stdin], [], [], PAUSE)
    return not heard or bool(os.read(sys.stdin.fileno(), 65_536))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m router.following", description=__doc__)
    parser.add_argument("data", type=Path, help="the desk's data folder")
    parser.add_argument("--anew", action="store_true", help="throw the index away and begin again")
    parser.add_argument("--log", default="warning", help="level of the log on standard error")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
