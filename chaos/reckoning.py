"""Was anything lost or shown twice, what came twice to whom and why, how soon was all back. Pure.

Judged from outside: by what customers wrote and got, by what a console painted, and by kills.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from chaos import marks
from chaos.agents import Did
from chaos.evidence import Evidence, Stored
from cordboard.demo.customers.ledger import Entry, Got, Sent, Taken

# Parts through which a message of each channel passes.
WAY = {"smtp": "support", "imap": "support", "chat": "chat", "bot": "bot"}
KIND = {"smtp": "email", "imap": "email", "chat": "webchat", "bot": "telegram"}
EVERYBODY = ("router", "sender", "nats-server")
# A kill cannot be the cause of what came so long after it (seconds): a send lasts, then its retry.
CAUSE_WITHIN = 150.0


class Kill(msgspec.Struct, frozen=True):
    """`back` is when its part worked again, for a part whose recovery is seen by itself."""

    part: str
    at: float
    point: str = ""
    back: float = 0.0


class Twice(msgspec.Struct, frozen=True):
    """A reply that its customer got more than once, and the kill that made it unsure."""

    token: str
    channel: str
    copies: int
    row: int
    doubts: int
    cause: str


class Recovery(msgspec.Struct, frozen=True):
    kills: int
    p50: float
    p99: float
    worst: float


class Report(msgspec.Struct, frozen=True, rename={"came_in": "in", "went_out": "out"}):
    seed: int
    seconds: float
    kills: dict[str, int]
    points: dict[str, int]
    came_in: dict[str, int]
    went_out: dict[str, int]
    lost: tuple[str, ...]
    not_arrived: tuple[str, ...]
    shown_twice: tuple[str, ...]
    external: tuple[Twice, ...]
    unexplained: tuple[str, ...]
    recovery: dict[str, Recovery]
    never_back: tuple[str, ...]
    integrity: str
    wrong: tuple[str, ...]
    files_missing: tuple[str, ...]
    settled_by_hand: int = 0
    # Points that nobody passed, so that nobody was killed there.
    not_passed: tuple[str, ...] = ()

    @property
    def faults(self) -> list[str]:
        """Why it is not good; empty when it is."""
        found = {
            "lost": self.lost,
            "replies that did not arrive": self.not_arrived,
            "shown twice": self.shown_twice,
            "external duplicates without a cause": self.unexplained,
            "kills after which nothing came": self.never_back,
            "wrong counters": self.wrong,
            "missing files": self.files_missing,
            "points that nobody passed": self.not_passed,
        }
        faults = [f"{what}: {', '.join(those)}" for what, those in found.items() if those]
        return faults + ([] if self.integrity == "ok" else [f"integrity: {self.integrity}"])


@dataclass(frozen=True)
class Witnesses:
    """All that is known when the desk has stopped."""

    customers: Sequence[Entry]
    agents: Sequence[Did]
    kills: Sequence[Kill]
    # Marks that a console painted, thread by thread at the end; and twice in any picture before.
    painted: Mapping[str, int]
    twice_in_passing: Iterable[str]
    # Marks of replies in the customers' mailbox.
    mailbox: Sequence[str]
    evidence: Evidence
    seed: int = 0
    seconds: float = 0.0
    not_passed: Sequence[str] = ()


def reckon(seen: Witnesses) -> Report:
    sent = [entry.token for entry in seen.customers if isinstance(entry, Sent)]
    taken = {entry.token for entry in seen.customers if isinstance(entry, Taken)}
    answered = {did.token for did in seen.agents if did.what == "answered"}
    arrived = arrivals(seen)
    external, unexplained = duplicates(arrived, seen)
    times, never = recoveries(seen)
    return Report(
        seed=seen.seed,
        seconds=round(seen.seconds, 1),
        kills=dict(Counter(kill.part for kill in seen.kills)),
        points=dict(Counter(kill.point for kill in seen.kills if kill.point)),
        came_in=dict(Counter(map(marks.channel, taken))) | {"written": len(sent)},
        went_out={"written": len(answered), "arrived": len(answered & arrived.keys())},
        lost=tuple(sorted(taken - seen.painted.keys())),
        not_arrived=tuple(sorted(answered - arrived.keys())),
        shown_twice=tuple(sorted(_twice(seen))),
        external=tuple(external),
        unexplained=tuple(unexplained),
        recovery=times,
        never_back=tuple(never),
        integrity=seen.evidence.integrity,
        wrong=seen.evidence.wrong,
        files_missing=seen.evidence.files_missing,
        settled_by_hand=sum(did.what == "again" for did in seen.agents),
        not_passed=tuple(seen.not_passed),
    )


def _twice(seen: Witnesses) -> set[str]:
    return {token for token, count in seen.painted.items() if count > 1} | {*seen.twice_in_passing}


def arrivals(seen: Witnesses) -> Counter[str]:
    """How often each reply came to its customer."""
    got = [marks.went(entry.text) for entry in seen.customers if isinstance(entry, Got)]
    return Counter([token for tokens in got for token in tokens]) + Counter(seen.mailbox)


def duplicates(arrived: Counter[str], seen: Witnesses) -> tuple[list[Twice], list[str]]:
    """Each reply that came again is one row that was tried again because of one kill."""
    rows = {token: row for row in seen.evidence.messages if row.by == "agent"
            for token in marks.went(row.text)}  # fmt: skip
    asked = {did.token: did.at for did in seen.agents if did.what == "answered"}
    found, unexplained = [], []
    for token, copies in sorted(arrived.items()):
        if copies < 2:
            continue
        row = rows.get(token)
        cause = "" if row is None else _cause(row, asked.get(token, 0.0), seen.kills)
        if row is None or row.doubts < copies - 1 or not cause:
            unexplained.append(token)
        found.append(Twice(token, row.kind if row else "", copies, row.outbox if row else 0,
                           row.doubts if row else 0, cause))  # fmt: skip
    return found, unexplained


def _cause(row: Stored, asked: float, kills: Sequence[Kill]) -> str:
    """The first kill of a part of its way after it was written."""
    way = {*EVERYBODY, *(part for name, part in WAY.items() if KIND[name] == row.kind)}
    for kill in sorted(kills, key=lambda kill: kill.at):
        if kill.part in way and asked <= kill.at <= asked + CAUSE_WITHIN:
            return f"{kill.part} at {kill.at:.3f}{' ' + kill.point if kill.point else ''}"
    return ""


def recoveries(seen: Witnesses) -> tuple[dict[str, Recovery], list[str]]:
    """From each kill to the first message written after it that was accepted through its part."""
    written = {entry.token: entry.at for entry in seen.customers if isinstance(entry, Sent)}
    accepted = sorted(
        (row.accepted, written[token], token)
        for row in seen.evidence.messages if row.by == "customer"
        for token in marks.came(row.text) if token in written
    )  # fmt: skip
    seconds: dict[str, list[float]] = defaultdict(list)
    never = []
    for kill in seen.kills:
        back = kill.back or next(
            (at for at, wrote, token in accepted if _tells(token, wrote, kill)), 0.0
        )
        if back:
            seconds[kill.part].append(back - kill.at)
        elif any(_tells(token, at, kill) for token, at in written.items()):
            never.append(f"{kill.part} at {kill.at:.1f}")
    everything = [each for those in seconds.values() for each in those]
    named = {**seconds, "all": everything} if everything else {}
    return {part: _recovery(those) for part, those in named.items()}, never


def _tells(token: str, wrote: float, kill: Kill) -> bool:
    """Whether it was written after the kill, and goes through the part that was killed."""
    way = (*EVERYBODY, WAY[marks.channel(token)])
    return wrote > kill.at and kill.part in way


def _recovery(seconds: Sequence[float]) -> Recovery:
    ordered = sorted(seconds)
    return Recovery(
        kills=len(ordered),
        p50=round(ordered[len(ordered) // 2], 2),
        p99=round(ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], 2),
        worst=round(ordered[-1], 2),
    )
