"""docs/theory.md, written from a run."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bench.kit import machine
from bench.kit.program import ROOT
from bench.theory.cases.case import BLUNT, ERRORS, SHARE
from bench.theory.outcome import Found, Outcome

PAGE = ROOT / "docs" / "theory.md"

HEAD = """# The routing core beside queueing theory

Written by `make theory`, which fails when a figure is not met. Customers come, wait, lose patience
and are served on a virtual clock; who takes what is decided by the core that the router runs
(`router/core/desk.py`, through its public methods), which knows nothing of the models. What theory
says is worked out in `bench/theory/`, and a test compares those formulas with printed tables.

A figure is met within the larger of {errors:g} standard errors (batch means, forty batches) and
{share:.0%} of its value. Counting begins after 2,000 mean services. **theory** is exact, or
*simulated*: a figure of another simulation, where no formula is known; *at most* is a bound.
Where a standard error is more than {blunt:.0%} of the value the row is marked *unsure*: it would
hardly show a fault. Waits of several classes of one pool are measured beside the whole queue of
that pool, whose mean is known (control variates); the sum of λ·W is as it came. The same customers
come in each run, so a run can be repeated to the digit.

{played}

**{met} of {all} figures are met** ({unsure} of them unsure); {arrivals:,} customers in
{models} models, {seconds:,.0f} s of processor time. Of the {exact} figures with an exact value,
{one} % are within one standard error and {two} % within two (of chance: 68 and 95).
Machine: {machine}

"""

# What each family is about, and where it comes from.
ABOUT = {
    "Erlang C": "One line, `n` equal agents, patient customers (M/M/n). The mean square of an "
    "agent's idle time is that of the longest idle first: who becomes idle beside i others is "
    "taken by the (i + 1)-th customer.",
    "Erlang A": "The same with impatience: customers leave at the rate θ (M/M/n+M).",
    "Strict priority": "Tiers of the core; Cobham 1954. λ is by class, the most urgent first.",
    "Accumulating priority": "Slopes of the core; Kleinrock 1964. The sum of λ·W is the "
    "conservation law: no order of service changes it.",
    "Head start": "The key of the core: arrival less a head start. No closed form; none and "
    "endless ones are first come first served and strict priority, and the wait of the later "
    "class exceeds the other's by no more than the difference of their head starts.",
    "Fixed queue ratio": "Shares of teams; Gurvich and Whitt. Queues are whole numbers, which "
    "puts small shares a little above what was asked.",
    "Product form": "Several kinds of agents, first come first served, longest idle first: exact "
    "after Adan and Weiss 2014. Pools are named by what they can do.",
    "Ring of skills": "As many agents as types, each able to do k types in a row: how little "
    "flexibility is enough. The product form again.",
    "A team that helps another": "Teams that agents help only when their own have nothing: an "
    "N-model in which b goes first at pool 2 and a goes first to pool 1; a Markov chain.",
    "Fast and slow agents": "One line. The best level first is a Markov chain, the longest idle "
    "first a product form.",
    "Wallace-Whitt": "Six types, 15 agents of each, services of ten minutes, at most 30 wait; "
    "λ a minute by type. One skill and six are exact ends. Two must be within 35 % of the wait "
    "with six and take at least 70 % from the wait with one.",
}
PICTURES = {
    "Erlang C": "![How far off, in standard errors](pictures/theory-errors.svg)",
    "Head start": "![Waits by head start](pictures/theory-head-start.svg)",
    "Ring of skills": "![Waits by skills for each agent](pictures/theory-ring.svg)",
    "Wallace-Whitt": "![Waits by skills for each agent](pictures/theory-pooling.svg)",
}
SAID = {
    "wait": "mean wait", "p_wait": "P(wait)", "queue": "Σ λ·W", "soon": "P(served within T)",
    "lost": "P(leaves)", "wait_of_served": "mean wait of the served", "blocked": "P(no place)",
    "by_own": "served by their own pool", "busy_share": "busy",
    "queue_share": "share of the queue", "idle_square": "mean square of idle times",
}  # fmt: skip

TABLE = "| model | figure | theory | ours | error | off | met |\n" + "| --- " * 7 + "|\n"


def write(outcomes: Sequence[Outcome], played: str) -> None:
    """`played` says how much of the whole was."""
    PAGE.write_text(text(outcomes, played, machine.description()), "utf-8")


def text(outcomes: Sequence[Outcome], played: str, machine_is: str) -> str:
    parts = [_head(outcomes, played, machine_is)]
    for family, models in groupby(outcomes, key=lambda one: one.family):
        parts.append(f"## {family}\n\n{ABOUT[family]}\n\n")
        if family in PICTURES:
            parts.append(f"{PICTURES[family]}\n\n")
        parts.append(
            "| model | figure | theory | ours | error | off | met |\n" + "| --- " * 7 + "|\n"
        )
        parts.extend(line for model in models for line in _rows(model))
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def _head(outcomes: Sequence[Outcome], played: str, machine_is: str) -> str:
    found = [found for one in outcomes for found in one.found]
    off = [abs(one.off) for one in found if one.expected.source == "exact"]
    return HEAD.format(
        errors=ERRORS, share=SHARE, blunt=BLUNT, machine=machine_is, played=played,
        met=sum(one.met for one in found), all=len(found), models=len(outcomes),
        unsure=sum(not one.sure for one in found if one.expected.source != "at most"),
        arrivals=sum(one.arrivals for one in outcomes),
        seconds=sum(one.seconds for one in outcomes), exact=len(off),
        one=round(100 * sum(one <= 1 for one in off) / max(1, len(off))),
        two=round(100 * sum(one <= 2 for one in off) / max(1, len(off))),
    )  # fmt: skip


def _rows(model: Outcome) -> Iterator[str]:
    named = f"{model.name} ({model.arrivals:,} customers, {model.seconds:.0f} s)"
    for found in model.found:
        yield f"| {named} | {_figure(found)} |\n"
        named = ""


def _figure(found: Found) -> str:
    expected, ours = found.expected, found.ours
    of = " less that of ".join(expected.of)
    source = "" if expected.source == "exact" else f" ({expected.source})"
    met = "yes" if found.met else "**no**"
    sure = "" if found.sure or expected.source == "at most" else ", unsure"
    off = "" if expected.source == "at most" else f"{found.off:+.1f}"
    return (f"{SAID[expected.measure]} {of}".rstrip()
            + f" | {expected.value:.5g}{source} | {ours.value:.5g} | ±{ours.error:.2g}"
            + f" | {off} | {met}{sure}")  # fmt: skip
