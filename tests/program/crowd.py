"""A crowd of customers at a desk's doors, and what of it stands in the threads."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.desk import WholeDesk

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = re.compile(r"\[((?:mail|chat)\d\d-\d+)\]")


class Crowd:
    """Customers who write; `ledger` is what they say of it."""

    def __init__(self, process: "subprocess.Popen[bytes]", ledger: Path) -> None:
        self.process = process
        self._ledger = ledger

    def tokens(self, did: str) -> list[str]:
        lines = self._ledger.read_text(encoding="ascii").split("\n")[:-1]
        events = map(json.loads, lines)
        return [event["token"] for event in events if event["did"] == did]

    def taken(self, count: int) -> Callable[[], bool]:
        """Whether so many were taken by now."""
        return lambda: len(self.tokens("taken")) >= count

    @property
    def done(self) -> bool:
        return self.process.poll() is not None


@contextmanager
def crowd(
    desk: WholeDesk, *, mailing: int, chatting: int, each: int, pause: float
) -> Iterator[Crowd]:
    """Each customer writes so many messages, one after another, until the block ends."""
    ledger = desk.home / "ledger.jsonl"
    ledger.touch()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.program.customers"),
            *("--smtp", str(desk.smtp_port), "--chat", desk.chat_url, "--ledger", str(ledger)),
            *("--mailing", str(mailing), "--chatting", str(chatting)),
            *("--each", str(each), "--pause", str(pause)),
        ],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
    )
    try:
        yield Crowd(process, ledger)
    finally:
        process.kill()
        process.wait()


def in_threads(desk: WholeDesk) -> Counter[str]:
    """How often each token stands in the threads."""
    contacts = {row.contact for row in desk.conversations()}
    rows = [row for contact in contacts for row in desk.thread(contact)]
    return Counter(token for row in rows for token in TOKEN.findall(row.text))
