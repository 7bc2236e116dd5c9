"""A simulation carried out, with its bar: the fewest agents, or how a given number does."""

import random

from console.words.catalogue import _
from cordboard.demanded import Wanted
from cordboard.progress import progress
from cordboard.simulating import Part, Simulated
from router.core.playing import staffing
from router.core.playing.staffing import Tally


def answer(wanted: Wanted, number: int, seed: int, *, quiet: bool) -> Simulated:
    """With `number` agents all day; 0 searches the fewest."""
    ask = wanted.ask

    def chances(day: int) -> random.Random:
        return random.Random(f"{seed}/{day}")  # noqa: S311

    days = 0
    with progress(_("days played"), staffing.MOST, quiet=quiet) as done:

        def tell() -> None:
            nonlocal days
            days += 1
            done(days % staffing.MOST)

        agents = [number] * ask.groups if number else staffing.fewest(ask, chances, tell)
        tallies = staffing.measured(ask, agents, chances, tell)
    parts = tuple(_part(wanted, group, agents[group], tally)
                  for group, tally in enumerate(tallies) if sum(tally.came))  # fmt: skip
    return Simulated(goal=ask.share, seconds=ask.soon, days=len(tallies[0].came), parts=parts,
                     assumed=wanted.assumed)  # fmt: skip


def _part(wanted: Wanted, group: int, agents: int, tally: Tally) -> Part:
    ask = wanted.ask
    [span] = [span for span in ask.spans if span.group == group and span.counted]
    days, came = len(tally.came), sum(tally.came)
    together = staffing.together(ask, span)
    line = staffing.formula(agents * together, span.rate, staffing.handling(span), ask)
    return Part(
        begins=wanted.names[group], come=round(came / days, 2), agents=agents,
        within=round(tally.share, 4), margin=round(tally.margin, 4), wait=round(tally.wait, 2),
        gave_up=round(tally.gave_up / came, 4),
        busy=round(tally.held / days / span.length / max(agents * together, 1), 4),
        erlang=staffing.erlang(ask, group)[0],
        erlang_within=round(line.soon, 4) if line else 0.0,
    )  # fmt: skip
