"""What is to come, for a simulation: at a given rate, or as on such days of the past."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from math import inf
from statistics import fmean

from cordboard.failing import Failure
from cordboard.history import Gathered
from router.core.playing.past import Stint
from router.core.playing.staffing import Ask, Sort, Span
from router.core.rulebook.book import Book, read
from router.core.scheme import DEFAULT
from wire.messages.base import Said, say

PART = 1_800.0
PARTS = int(86_400 / PART)
# The most of a sample that is kept.
SAMPLE = 2_000


@dataclass(frozen=True)
class Wanted:
    """What is asked, how its groups are called, and what was assumed."""

    ask: Ask
    names: tuple[str, ...]
    assumed: tuple[Said, ...]


def steady(rate: float, handle: float, kind: str, share: float, soon: float, capacity: int,
           patience: float | None) -> Wanted:  # fmt: skip
    """The same rate for long; what begins with an empty desk is not counted."""
    sorts = (Sort(kind, mean=handle),)
    lead = max(20 * handle, 1_000 / rate / 10)
    spans = (Span(lead, rate, sorts, 0, counted=False),
             Span(max(100 * handle, 1_000 / rate), rate, sorts, 0))  # fmt: skip
    ask = Ask(spans, DEFAULT, share, soon, capacity, patience or inf)
    return Wanted(ask, ("",), (
        say("Arrivals are independent; handling times and patience are exponential."),
        say("An agent has {units} units; one of {kind} takes {weight}.", units=capacity, kind=kind,
            weight=DEFAULT.weight(kind)),
    ))  # fmt: skip


def of_history(past: Gathered, weekday: int, team: str, share: float, soon: float,
               capacity: int, zone: tzinfo | None) -> Wanted:  # fmt: skip
    """A day as such weekdays were; where the past has none, as all days were."""
    stints = [s for s in past.stints if s.waited and (not team or s.team == team)]
    if not stints:
        raise Failure(say("Nothing came in that time, or it came before this release kept the "
                          "history that is played again."))  # fmt: skip
    days = _days(stints[0].came, past, zone)
    like = {day for day in days if day.weekday() == weekday}
    used = like or days
    came = [(datetime.fromtimestamp(s.came, zone), past.kinds[s.conversation])
            for s in stints]  # fmt: skip
    came = [(at, kind) for at, kind in came if at.date() in used]
    if not came:
        raise Failure(say("On such days nothing came."))
    totals = [float(sum(1 for at, _ in came if at.date() == day)) for day in used]
    sorts = _sorts(stints, past)
    spans = tuple(_span(part, came, len(used), sorts) for part in range(PARTS))
    scheme = (read(past.rules).book or Book()).scheme if past.rules else DEFAULT
    ask = Ask(spans, scheme, share, soon, capacity, _patience(stints, past.until),
              tuple(total / fmean(totals) for total in totals if total))  # fmt: skip
    return Wanted(ask, tuple(map(_name, range(PARTS))), tuple(_assumed(used, like, ask)))


def _days(first: float, past: Gathered, zone: tzinfo | None) -> set[date]:
    """Whole days since something first came; a part of one only where there is no other."""
    begin, last = (datetime.fromtimestamp(at, zone).date() for at in (first, past.until))
    days = {begin + timedelta(days=n) for n in range((last - begin).days + 1)}
    return days - {last, datetime.fromtimestamp(past.since, zone).date()} or days


def _sorts(stints: Iterable[Stint], past: Gathered) -> dict[str, Sort]:
    """How long each kind took. One that never ended takes as long as all others."""
    lengths: dict[str, list[float]] = {}
    for stint in stints:
        each = lengths.setdefault(past.kinds[stint.conversation], [])
        if stint.begun is not None and stint.ended is not None:
            each.append(max(stint.ended - stint.begun, 1.0))
    every = [length for each in lengths.values() for length in each] or [600.0]
    return {kind: Sort(kind, tuple((each or every)[-SAMPLE:])) for kind, each in lengths.items()}


def _span(part: int, came: list[tuple[datetime, str]], days: int, sorts: dict[str, Sort]) -> Span:
    kinds = [kind for at, kind in came if (at.hour * 60 + at.minute) // 30 == part]
    return Span(PART, len(kinds) / days / PART, tuple(sorts[kind] for kind in kinds), part)


def _patience(stints: Iterable[Stint], until: float) -> float:
    """The mean of an exponential one, as likely as can be: all waiting over who gave up."""
    waited = gave_up = 0.0
    for stint in stints:
        left = stint.ended if stint.begun is None else stint.begun
        waited += (until if left is None else left) - stint.came
        gave_up += stint.begun is None and left is not None
    return waited / gave_up if gave_up else inf


def _name(part: int) -> str:
    return f"{part // 2:02}:{part % 2 * 30:02}"


def _assumed(used: set[date], like: set[date], ask: Ask) -> Iterable[Said]:
    if like:
        yield say("Rates and their swing are those of {days} such weekdays.", days=len(used))
    else:
        yield say("The past has no such weekday: rates are those of {days} days.", days=len(used))
    yield say("Handling times are drawn from those of the past.")
    if ask.patience == inf:
        yield say("Nobody gave up in the past: all are patient.")
    else:
        yield say("Who waits gives up after {minutes} minutes on average, by the past.",
                  minutes=round(ask.patience / 60, 1))  # fmt: skip
    yield say("Each agent can do all of it and has {units} units.", units=ask.capacity)
