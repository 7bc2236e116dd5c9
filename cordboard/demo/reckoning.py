"""Was anything lost or shown twice, and how long did customers wait? Pure.

Judged from outside: the customers' ledger says what was accepted and what was read, their maildir
what arrived, and what the desk shows is asked of it like any console would.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from cordboard.demo.customers.ledger import Declined, Entry, Got, Sent, Taken


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the desk shows it. `tokens` stand in it, outside of quotes."""

    id: int
    conversation: int
    by: str
    tokens: tuple[str, ...] = ()
    # Of our own: how far it came.
    state: str = ""


class Waits(msgspec.Struct, frozen=True):
    """Seconds from a customer's message to the answer that they read."""

    answers: int
    median: float
    p95: float


class Report(msgspec.Struct, frozen=True, rename={"came_in": "in"}):
    """What a run of the demo was like."""

    # Messages that were accepted: the customer was told so.
    came_in: int
    # Of these, how many stand in a conversation that an agent had or has.
    routed: int
    # Of these, how many an agent has answered.
    answered: int
    # Answers that customers have read.
    delivered: int
    # Accepted, and in no thread.
    lost: int
    # Standing twice in threads, or arrived twice in a mailbox.
    shown_twice: int
    # Written, and still neither accepted nor refused.
    under_way: int
    refused: int
    # Answers that the desk says it has sent.
    sent: int
    waits: dict[str, Waits]
    lost_tokens: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return self.lost == 0 and self.shown_twice == 0


def reckon(
    ledger: Sequence[Entry],
    mailbox: Iterable[str],
    threads: Iterable[Shown],
    owned: set[int],
) -> Report:
    """`mailbox` are the Message-IDs in it, `owned` the conversations that an agent had or has."""
    accepted = [entry.token for entry in ledger if isinstance(entry, Taken)]
    threads = sorted(threads, key=lambda shown: shown.id)
    where = _where(threads)
    lost = [token for token in accepted if token not in where]
    twice = _twice(where, mailbox)
    last_answer = {shown.conversation: shown.id for shown in threads if shown.by == "agent"}
    stands = [where[token][0] for token in accepted if token in where]
    return Report(
        came_in=len(accepted),
        routed=sum(shown.conversation in owned for shown in stands),
        answered=sum(last_answer.get(shown.conversation, 0) > shown.id for shown in stands),
        delivered=len({(entry.customer, entry.id) for entry in ledger if isinstance(entry, Got)}),
        lost=len(lost),
        shown_twice=len(twice),
        under_way=_under_way(ledger),
        refused=sum(isinstance(entry, Declined) for entry in ledger),
        sent=sum(shown.by == "agent" and shown.state in _GONE for shown in threads),
        waits=waits(ledger),
        lost_tokens=tuple(lost),
        twice=tuple(twice),
    )


_GONE = ("sent", "delivered", "read")


def _where(threads: Iterable[Shown]) -> dict[str, list[Shown]]:
    where: dict[str, list[Shown]] = {}
    for shown in threads:
        if shown.by == "customer":
            for token in shown.tokens:
                where.setdefault(token, []).append(shown)
    return where


def _twice(where: Mapping[str, Sequence[Shown]], mailbox: Iterable[str]) -> list[str]:
    in_threads = [token for token, places in where.items() if len(places) > 1]
    in_mailbox = [name for name, count in Counter(mailbox).items() if count > 1]
    return [*in_threads, *in_mailbox]


def _under_way(ledger: Iterable[Entry]) -> int:
    sent = {entry.token for entry in ledger if isinstance(entry, Sent)}
    settled = {entry.token for entry in ledger if isinstance(entry, Taken | Declined)}
    return len(sent - settled)


def waits(ledger: Iterable[Entry]) -> dict[str, Waits]:
    """Per channel of the customer's oldest unanswered message."""
    waiting: dict[str, Sent] = {}
    seconds: dict[str, list[float]] = {}
    for entry in sorted(ledger, key=lambda entry: entry.at):
        if isinstance(entry, Sent):
            waiting.setdefault(entry.customer, entry)
        elif isinstance(entry, Got) and entry.customer in waiting:
            asked = waiting.pop(entry.customer)
            seconds.setdefault(asked.channel, []).append(entry.at - asked.at)
    return {channel: _waits(each) for channel, each in sorted(seconds.items())}


def _waits(seconds: Sequence[float]) -> Waits:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return Waits(len(ordered), round(statistics.median(ordered), 2), round(p95, 2))
