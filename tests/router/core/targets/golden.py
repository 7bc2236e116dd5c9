"""The table of cases: `golden.toml`, read, and its steps taken apart."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from router.core.targets.clock import (
    LATE,
    PASSED_ON,
    RESOLUTION_LATE,
    RESOLUTION_WARNED,
    WARNED,
)

NAMES = {
    WARNED: "warned", LATE: "late", PASSED_ON: "passed on",
    RESOLUTION_WARNED: "resolution warned", RESOLUTION_LATE: "resolution late",
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    at: float
    what: str
    rest: str


@lru_cache
def table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("golden.toml").read_text())


def cases(*, lane: bool = False) -> list[Any]:
    return [case for case in table()["case"] if case.get("lane") or not lane]


def steps(case: Any) -> Iterator[Step]:
    for line in case["steps"]:
        day, time, what, *rest = line.split(" ", 3)
        yield Step(moment(f"{day} {time}", case), what, " ".join(rest))


def moment(text: str, case: Any) -> float:
    zone = ZoneInfo(case.get("zone", "UTC"))
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def shown(at: float | None, case: Any) -> str:
    if at is None:
        return ""
    return f"{datetime.fromtimestamp(at, ZoneInfo(case.get('zone', 'UTC'))):%Y-%m-%d %H:%M:%S}"


def rang(told: int) -> list[str]:
    """Late is not told as near as well."""
    for near, late in ((WARNED, LATE), (RESOLUTION_WARNED, RESOLUTION_LATE)):
        if told & late:
            told &= ~near
    return [name for bit, name in NAMES.items() if told & bit]
