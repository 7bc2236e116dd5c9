"""`cordboard route simulate`: how many agents it takes, played with the core of the desk itself."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from console.words.catalogue import _
from cordboard.asking import Commands, Data, Json, Url, Where, Who, as_json
from cordboard.failing import BAD_INPUT, Failure
from wire.messages.base import Said, Wire, say

UNITS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")
_GOAL = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(.+)")
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*([smhd])")

FromHistory = Annotated[
    str, typer.Option("--from-history", help=_("Work of so long as it came: 28d."))
]
Rate = Annotated[str, typer.Option(help=_("So many come: 120/h. Without a desk."))]
Handle = Annotated[str, typer.Option(help=_("One takes so long, on average: 6m."))]
Patience = Annotated[
    str, typer.Option(help=_("Who waits gives up after so long, on average; else never: 10m."))
]
Kind = Annotated[str, typer.Option(help=_("The channel kind, which says how many at once."))]
Goal = Annotated[str, typer.Option(help=_("80/20: 80 % of all that come begun within 20 s."))]
Tomorrow = Annotated[bool, typer.Option("--tomorrow", help=_("Of history: tomorrow's weekday."))]
Day = Annotated[str, typer.Option(help=_("Of history: this weekday: mon."))]
Team = Annotated[str, typer.Option(help=_("Of history: only what comes to this team."))]
Capacity = Annotated[int, typer.Option(min=1, max=1_000, help=_("An agent's units."))]
Agents = Annotated[
    list[int] | None,
    typer.Option("--agents", min=1, max=4_999, help=_("Try this number. Can be repeated.")),
]
Seed = Annotated[int, typer.Option(help=_("The same seed gives the same answer."))]
Precision = Annotated[
    float, typer.Option(min=0.1, max=20, help=_("Play until it is known to so many per cent."))
]
Kept = Annotated[
    Path | None, typer.Option("--backup", help=_("The past of this backup, without a desk."))
]


class Part(Wire, frozen=True):
    """A part of the day. Shares are of all that came; `margin` is half of the 95 % interval."""

    begins: str
    come: float
    agents: int
    within: float
    margin: float
    wait: float
    gave_up: float
    busy: float
    # By formula: agents, and the share with as many as are said here.
    erlang: int
    erlang_within: float


class Simulated(Wire, frozen=True):
    """For a script: one answer, or one for each number that was asked."""

    goal: float
    seconds: float
    days: int
    parts: tuple[Part, ...]
    assumed: tuple[Said, ...]


def simulate(
    goal: Goal = "80/20", from_history: FromHistory = "", rate: Rate = "", handle: Handle = "6m",
    patience: Patience = "", kind: Kind = "webchat", tomorrow: Tomorrow = False, day: Day = "",
    team: Team = "", capacity: Capacity = 6, agents: Agents = None, seed: Seed = 1,
    precision: Precision = 1.0, backup: Kept = None,
    data: Data = None, url: Url = "", who: Who = None, json: Json = False,
) -> None:  # fmt: skip
    from cordboard import demanded, simulate_shown, simulated

    share, soon = goal_of(goal)
    if rate:
        wanted = demanded.steady(rate_of(rate), seconds_of(handle), kind, share, soon,
                                 capacity, seconds_of(patience) if patience else None)  # fmt: skip
    else:
        from cordboard.history import gathered

        now = datetime.now().astimezone()
        since = now.timestamp() - seconds_of(from_history or "28d")
        past = gathered(Where(data, url, who, json), since, now.timestamp(), backup)
        wanted = demanded.of_history(past, _weekday(now, day, tomorrow=tomorrow), team, share,
                                     soon, capacity, now.tzinfo)  # fmt: skip
    wanted = replace(wanted, ask=replace(wanted.ask, narrow=precision / 100))
    found = [simulated.answer(wanted, number, seed, quiet=json) for number in agents or [0]]
    if json:
        print(as_json(tuple(found)) if agents else as_json(found[0]))
    else:
        simulate_shown.shown(found)


def _weekday(now: datetime, day: str, *, tomorrow: bool) -> int:
    from cordboard.roster import DAYS

    if day and day[:3].casefold() not in DAYS:
        raise Failure(say('"{given}" is no day. They are: {known}', given=day,
                          known=", ".join(DAYS)), BAD_INPUT)  # fmt: skip
    if day:
        return DAYS.index(day[:3].casefold())
    return (now + timedelta(days=int(tomorrow))).weekday()


# --- what is typed -------------------------------------------------------------------------------


def goal_of(text: str) -> tuple[float, float]:
    """ "80/20" is 80 % within 20 s; "90/2m" is 90 % within two minutes."""
    match = _GOAL.fullmatch(text.strip())
    share = float(match[1]) / 100 if match else 0.0
    if match is None or not 0 < share < 1:
        raise Failure(say('"{given}" is no goal. Write 80/20, or 90/2m.', given=text), BAD_INPUT)
    return share, seconds_of(match[2])


def rate_of(text: str) -> float:
    """ "120/h", a second."""
    match = _RATE.fullmatch(text.strip())
    if match is None or not float(match[1]):
        raise Failure(say('"{given}" is no rate. Write 120/h.', given=text), BAD_INPUT)
    return float(match[1]) / UNITS[match[2]]


def seconds_of(text: str) -> float:
    """ "6m", "90", "1.5h"; without a unit these are seconds."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None or not float(match[1]):
        raise Failure(say('"{given}" is no length of time. Write 90s, 6m or 2h.', given=text),
                      BAD_INPUT)  # fmt: skip
    return float(match[1]) * UNITS[match[2] or "s"]


COMMANDS: Commands = (
    ("route simulate", simulate, _("How many agents it takes, and how sure that is.")),
)
