"""A replay for a person: tables, a plot of the waits, and what was assumed."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from console.words.catalogue import _, told
from cordboard.plotting import Curve, plotted
from cordboard.replaying import Replayed, Run
from cordboard.showing import PIPED
from router.core.playing.replay import Stay
from wire.text import clean_line

POINTS = 60


def shown(replayed: Replayed, stays: Mapping[str, Sequence[Stay]]) -> None:
    paper = on_paper()
    for part in _parts(replayed, stays):
        paper.print(part)


def on_paper() -> Console:
    """Into a pipe or a file nothing is cut to the width of a screen that is not there."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)


def _parts(replayed: Replayed, stays: Mapping[str, Sequence[Stay]]) -> Iterator[Table | Text]:
    runs = replayed.runs
    begin, end = (datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")
                  for at in (replayed.since, replayed.until))  # fmt: skip
    yield Text(_("{begin} to {end}: {count} pieces of work came.", begin=begin, end=end,
                 count=int(runs[0].desk["came"])))  # fmt: skip
    yield _desk(runs)
    yield _each(_("team"), runs, lambda run: run.teams, _team)
    yield _each(_("agent"), runs, lambda run: run.agents, _agent)
    if replayed.moved:
        moved = _table(_("moves to another team"), "")
        for way, count in replayed.moved.items():
            _add(moved, way, str(count))
        yield moved
    yield Text.from_ansi(_plot(stays))
    for said in replayed.assumed:
        yield Text(f"· {told(said)}")


def _name(run: Run) -> str:
    names = {"recorded": _("as it went"), "present": _("played as it is"),
             "new": _("played as new")}  # fmt: skip
    return names[run.name]


def _desk(runs: Sequence[Run]) -> Table:
    table = _table("", *map(_name, runs))
    for label, key, how in (
        (_("mean wait"), "mean", length), (_("half wait at most"), "p50", length),
        (_("nine of ten at most"), "p90", length), (_("begun within target"), "within", share),
        (_("first answers late"), "breaches", number), (_("gave up"), "gave_up", number),
        (_("wait still"), "waiting", number),
    ):  # fmt: skip
        _add(table, label, *(how(run.desk[key]) for run in runs))
    return table


def _each(head: str, runs: Sequence[Run], of: Callable[[Run], Mapping[str, Mapping[str, float]]],
          cell: Callable[[Mapping[str, float]], str]) -> Table:  # fmt: skip
    table = _table(head, *map(_name, runs))
    for name in sorted({name for run in runs for name in of(run)}):
        _add(table, name, *(cell(of(run)[name]) if name in of(run) else "–" for run in runs))
    return table


def _team(figures: Mapping[str, float]) -> str:
    return _("{count}, {wait}, {share} in time", count=number(figures["came"]),
             wait=length(figures["mean"]), share=share(figures["within"]))  # fmt: skip


def _agent(figures: Mapping[str, float]) -> str:
    return _("{count}, {hours} h", count=number(figures["begun"]), hours=f"{figures['hours']:.1f}")


def _plot(stays: Mapping[str, Sequence[Stay]]) -> str:
    waits = {name: sorted(s.wait for s in each if s.begun)
             for name, each in stays.items()}  # fmt: skip
    longest = max((each[int(len(each) * 0.98)] for each in waits.values() if each), default=0.0)
    names = {"recorded": _("as it went"), "present": _("as it is"), "new": _("new")}
    curves = {names[name]: _shares(each, longest or 1.0, len(stays[name]))
              for name, each in waits.items()}  # fmt: skip
    return plotted(curves, title=_("begun within so many minutes, per cent"), across="", up="")


def _shares(waits: Sequence[float], longest: float, of: int) -> Curve:
    """How many of all that came were begun within each time."""
    marks = [longest * step / POINTS for step in range(POINTS + 1)]
    return [mark / 60 for mark in marks], [
        100 * sum(1 for wait in waits if wait <= mark) / max(of, 1) for mark in marks
    ]


# --- cells ---------------------------------------------------------------------------------------


def length(seconds: float) -> str:
    """ "45 s", "4 min", "2.5 h"."""
    if seconds < 99.5:
        return _("{n} s", n=f"{seconds:.0f}")
    if seconds < 5_970:
        return _("{n} min", n=f"{seconds / 60:.1f}")
    return _("{n} h", n=f"{seconds / 3_600:.1f}")


def share(value: float) -> str:
    return _("{n} %", n=f"{value * 100:.1f}")


def number(value: float) -> str:
    return f"{value:,.0f}"


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, no_wrap=True)
    return table


def _add(table: Table, *cells: str) -> None:
    table.add_row(*(Text(clean_line(cell, 60)) for cell in cells))
