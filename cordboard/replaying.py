"""`cordboard route replay`: what was, played again under other rules or with other agents."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.words.catalogue import _
from cordboard.asking import Commands, Data, Json, Url, Where, Who, as_json
from cordboard.failing import BAD_INPUT, Failure
from wire.messages.base import Said, Wire, say

if TYPE_CHECKING:
    from router.core.playing.replay import Due, Stay

# So long before the first moment that is counted the play begins: nobody comes to an empty desk.
LEAD_IN = 86_400.0

Since = Annotated[str, typer.Option(help=_("From when: 7d, or 2026-11-16T09:00."))]
Until = Annotated[str, typer.Option(help=_("Until when; without it, until now."))]
Rules = Annotated[
    Path | None, typer.Option("--rules", help=_("The routing file to try; nothing is loaded."))
]
Agents = Annotated[
    list[str] | None,
    typer.Option("--agents", help=_("Only this agent; can be repeated. Or a file: agents.toml")),
]
Kept = Annotated[
    Path | None, typer.Option("--backup", help=_("The past of this backup, without a desk."))
]


class Run(Wire, frozen=True):
    """One way that it went or would have gone. Waits in seconds."""

    name: str
    desk: dict[str, float]
    teams: dict[str, dict[str, float]]
    agents: dict[str, dict[str, float]]


class Replayed(Wire, frozen=True):
    """For a script: the runs side by side, what moves, and what was assumed."""

    since: float
    until: float
    runs: tuple[Run, ...]
    # "support → sales": so many pieces of work.
    moved: dict[str, int]
    assumed: tuple[Said, ...]


def replay(
    since: Since = "7d", until: Until = "", rules: Rules = None, agents: Agents = None,
    backup: Kept = None,
    data: Data = None, url: Url = "", who: Who = None, json: Json = False,
) -> None:  # fmt: skip
    from cordboard.history import gathered
    from cordboard.played import Playing
    from cordboard.replay_shown import shown

    begin, end = _moments(since, until)
    past = gathered(Where(data, url, who, json), begin - LEAD_IN, end, backup)
    playing = Playing(past, begin, rules, agents or [], quiet=json)
    stays = playing.runs()
    runs = tuple(_run(name, each, playing.due(name)) for name, each in stays.items())
    replayed = Replayed(since=begin, until=past.until, runs=runs, moved=_moved(stays),
                        assumed=tuple(playing.assumed()))  # fmt: skip
    if json:
        print(as_json(replayed))
    else:
        shown(replayed, stays)


def _moments(since: str, until: str) -> tuple[float, float]:
    from cordboard import typed

    now = datetime.now().astimezone()
    try:
        begin = typed.moment(since, now, past=True)
        end = typed.moment(until, now, past=True) if until else now.timestamp()
    except ValueError as error:
        raise Failure(Said(text=str(error)), BAD_INPUT) from error
    if not begin < end:
        raise Failure(say("It has to begin before it ends."), BAD_INPUT)
    return begin, end


def _run(name: str, stays: "Sequence[Stay]", due: "Due") -> Run:
    from router.core.playing.replay import by, went

    def figures(some: "Sequence[Stay]") -> dict[str, float]:
        return {key: round(value, 4) for key, value in asdict(went(some, due)).items()}

    return Run(
        name=name, desk=figures(stays),
        teams={team: figures(some) for team, some in by(stays, lambda s: s.team).items()},
        agents={agent: {"begun": len(some), "hours": round(sum(s.held for s in some) / 3_600, 2)}
                for agent, some in by(stays, lambda s: s.agent).items()},
    )  # fmt: skip


def _moved(stays: "Mapping[str, Sequence[Stay]]") -> dict[str, int]:
    from router.core.playing.replay import moves

    *_, before, after = stays.values()
    found = moves(before, after)
    return {f"{left} → {right}": n for (left, right), n in found.most_common()}


COMMANDS: Commands = (
    (
        "route replay",
        replay,
        _("What came lately, played again under other rules or with other agents."),
    ),
)
