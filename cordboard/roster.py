"""Who would be there: some of the desk's agents by name, or a file that says who and when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec

from cordboard.failing import BAD_INPUT, Failure
from cordboard.history import Gathered
from router.core.people import Agent
from router.core.playing.player import Shift
from wire import config
from wire.messages.base import say

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agent of the file. What is not said is as at the desk; without hours, always there."""

    teams: tuple[str, ...] | None = None
    secondary: tuple[str, ...] | None = None
    skills: dict[str, int] | None = None
    capacity: int | None = None
    limits: dict[str, int] | None = None
    # "09:00-17:30", on the clock of this machine.
    hours: str = ""
    days: tuple[str, ...] = DAYS


@dataclass(frozen=True)
class Roster:
    agents: tuple[Agent, ...]
    shifts: list[Shift]


def roster(past: Gathered, given: Iterable[str]) -> Roster:
    """As recorded; of those who are named only; or as a file says."""
    names = list(given)
    if len(names) == 1 and names[0].endswith(".toml"):
        return _written(past, Path(names[0]))
    known = {agent.id: agent for agent in past.agents}
    for name in names:
        if name not in known:
            raise Failure(say("There is no agent {agent}.", agent=name), BAD_INPUT)
    chosen = tuple(known[name] for name in names or known)
    return Roster(chosen, past.shifts({agent.id for agent in chosen}))


def _written(past: Gathered, path: Path) -> Roster:
    known = {agent.id: agent for agent in past.agents}
    agents, shifts = [], []
    for name, written in _read(path).items():
        agents.append(_agent(known.get(name, Agent(name, name)), written))
        shifts += list(_shifts(name, written, past, path))
    return Roster(tuple(agents), sorted(shifts, key=lambda shift: shift.at))


def _read(path: Path) -> dict[str, Written]:
    try:
        return msgspec.convert(config.load(path).get("agents", {}), dict[str, Written])
    except msgspec.ValidationError as error:
        raise _wrong(path, str(error)) from error


def _wrong(path: Path, reason: str) -> Failure:
    return Failure(say("{path}: {reason}", path=str(path), reason=reason[:300]), BAD_INPUT)


def _agent(before: Agent, written: Written) -> Agent:
    changes: dict[str, Any] = {
        name: value for name in ("teams", "secondary", "skills", "capacity", "limits")
        if (value := getattr(written, name)) is not None
    }  # fmt: skip
    return replace(before, **changes)


def _shifts(name: str, written: Written, past: Gathered, path: Path) -> Iterator[Shift]:
    if not written.hours:
        yield Shift(past.since, name, "online")
        return
    begin, end = _hours(written.hours, path)
    day = datetime.fromtimestamp(past.since).astimezone() - timedelta(days=1)
    while day.timestamp() < past.until:
        if DAYS[day.weekday()] in written.days:
            yield Shift(_on(day, begin), name, "online")
            yield Shift(_on(day if end > begin else day + timedelta(days=1), end), name, "offline")
        day += timedelta(days=1)


def _hours(text: str, path: Path) -> tuple[time, time]:
    begin, _, end = text.partition("-")
    try:
        return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
    except ValueError as error:
        raise _wrong(path, f'hours = "{text}"') from error


def _on(day: datetime, at: time) -> float:
    return day.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0).timestamp()
