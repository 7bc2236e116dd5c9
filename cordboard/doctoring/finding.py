"""What the doctor found: how bad it is, what it is, and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wire.messages.base import Said, Wire

Verdict = Literal["ok", "warn", "fail"]


class Finding(Wire, frozen=True):
    verdict: Verdict
    said: Said
    # What to do about it; none when all is well or the sentence says it.
    do: Said | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """Where to look."""

    data: Path
    config: Path


Check = Callable[[Machine], Iterator[Finding]]


def ok(text: Said) -> Finding:
    return Finding("ok", text)


def warn(text: Said, do: Said | None = None) -> Finding:
    return Finding("warn", text, do)


def fail(text: Said, do: Said | None = None) -> Finding:
    return Finding("fail", text, do)
