"""A simulation for a person: how many when, how sure, and what the formula says."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from console.words.catalogue import _, told
from cordboard.plotting import plotted
from cordboard.replay_shown import length, on_paper, share
from cordboard.simulating import Part, Simulated


def shown(found: Sequence[Simulated]) -> None:
    console = on_paper()
    for one in found:
        for part in _parts(one):
            console.print(part)
    for said in found[0].assumed:
        console.print(Text(f"· {told(said)}"))


def _parts(one: Simulated) -> Iterator[Table | Text]:
    yield Text(_("Goal: {share} of all that come are begun within {soon}. {days} days were played.",
                 share=share(one.goal), soon=length(one.seconds), days=one.days))  # fmt: skip
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in (_("from"), _("come"), _("agents"), _("in time"), _("mean wait"), _("gave up"),
                 _("busy"), _("by Erlang"), _("in time by Erlang")):  # fmt: skip
        table.add_column(head, no_wrap=True, justify="right")
    for part in one.parts:
        table.add_row(*map(Text, _cells(part)))
    yield table
    if len(one.parts) > 1:
        hours = sum(part.agents for part in one.parts) / 2
        yield Text(_("{hours} hours of agents; {most} at the same time.", hours=f"{hours:g}",
                     most=max(part.agents for part in one.parts)))  # fmt: skip
        yield Text.from_ansi(_plot(one.parts))


def _cells(part: Part) -> tuple[str, ...]:
    within = f"{share(part.within)} ±{part.margin * 100:.1f}"
    return (part.begins, f"{part.come:.1f}", str(part.agents), within, length(part.wait),
            share(part.gave_up), share(part.busy), str(part.erlang),
            share(part.erlang_within))  # fmt: skip


def _plot(parts: Sequence[Part]) -> str:
    hours = [int(part.begins[:2]) + int(part.begins[3:]) / 60 for part in parts]
    curves = {_("agents"): (hours, [float(part.agents) for part in parts]),
              _("by Erlang"): (hours, [float(part.erlang) for part in parts])}  # fmt: skip
    return plotted(curves, title=_("agents by hour of the day"), across="", up="")
