"""The pictures of docs/theory.md: ours as points with errors, theory as lines."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.kit.program import ROOT
from bench.theory.outcome import Found, Outcome

PICTURES = ROOT / "docs" / "pictures"
INK, OURS, OTHER = "#555555", "#1f6f8b", "#c05621"
# The same picture is the same file.
plt.rcParams.update({"svg.hashsalt": "theory", "font.size": 9, "axes.spines.top": False,
                     "axes.spines.right": False, "svg.fonttype": "none"})  # fmt: skip


def draw(outcomes: Sequence[Outcome]) -> None:
    for name, picture in (("errors", _errors), ("head-start", _head_start), ("ring", _ring),
                          ("pooling", _pooling)):  # fmt: skip
        _save(PICTURES / f"theory-{name}.svg", picture, outcomes)


def _save(path: Path, picture: Callable[[Axes, Sequence[Outcome]], None],
          outcomes: Sequence[Outcome]) -> None:  # fmt: skip
    figure, axes = plt.subplots(figsize=(7.2, 3.6), layout="constrained")
    picture(axes, outcomes)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _errors(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    """All figures with an exact value, a row for each family."""
    families = list(dict.fromkeys(one.family for one in outcomes))
    axes.axvspan(-2, 2, color=OURS, alpha=0.08, linewidth=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    for row, family in enumerate(families):
        off = [found.off for one in _of(family, outcomes) for found in one.found
               if found.expected.source == "exact"]  # fmt: skip
        spread = [row + 0.5 * (place + 0.5) / len(off) - 0.25 for place in range(len(off))]
        axes.scatter(off, spread, s=6, color=OURS)
    axes.set_yticks(range(len(families)), families, fontsize=7.5)
    axes.invert_yaxis()
    axes.set_xlabel("ours less theory, in standard errors")
    axes.set_xlim(-4.5, 4.5)


def _head_start(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    """M/M/10 with two classes; the ends are first come first served and strict priority."""
    models = [one for one in _of("Head start", outcomes) if one.name.startswith("n = 10")]
    for number, colour in (("1", OURS), ("2", OTHER)):
        waits = [_figure(one, "wait", (number,)) for one in models]
        places = range(len(waits))
        _theory(axes, places, waits, colour, f"class {number}, theory")
        _points(axes, places, waits, colour, f"class {number}, ours")
    said = [one.name.rpartition("ahead by ")[2].partition(",")[0] for one in models]
    axes.set_xticks(range(len(said)), said)
    axes.set_xlabel("head start of class 1, in mean services (n = 10, λ = 4 and 5)")
    _named(axes)


def _ring(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    for lam, colour in (("0.8", OURS), ("0.6", OTHER)):
        models = [one for one in _of("Ring of skills", outcomes)
                  if one.name.startswith("6 types") and one.name.endswith(lam)]  # fmt: skip
        waits = [_figure(one, "wait", ()) for one in models]
        _theory(axes, range(1, 7), waits, colour, f"λ = {lam}, theory")
        _points(axes, range(1, 7), waits, colour, f"λ = {lam}, ours")
    axes.set_yscale("log")
    axes.set_xlabel("types that each of six agents can do")
    _named(axes)


def _pooling(axes: Axes, outcomes: Sequence[Outcome]) -> None:
    """At 84 of 90 agents busy: nearly all is gained by the second skill."""
    models = {one.name: one for one in _of("Wallace-Whitt", outcomes)}
    for rule, ending, colour in (
        ("longest idle", "", OURS),
        ("level first", ", level first", OTHER),
    ):
        skills = [(1, "1 skill"), (2, "2 skills"), (3, "3 skills"), (6, "6 skills")]
        waits = [_figure(models[f"{said}, λ = 1.4{ending}"], "wait", ()) for _, said in skills]
        places = [number for number, _ in skills]
        _theory(axes, places, waits, colour, f"{rule}, theory or other simulation")
        _points(axes, places, waits, colour, f"{rule}, ours")
    axes.set_xlabel("skills of each of 90 agents (six types, 84 busy on the average)")
    axes.set_ylim(bottom=0)
    _named(axes)


def _theory(axes: Axes, places: Sequence[int], waits: Sequence[Found], colour: str, said: str
            ) -> None:  # fmt: skip
    values = [one.expected.value for one in waits]
    axes.plot(places, values, color=colour, linewidth=0.9, label=said)


def _points(axes: Axes, places: Sequence[int], waits: Sequence[Found], colour: str, said: str
            ) -> None:  # fmt: skip
    values, errors = [one.ours.value for one in waits], [3 * one.ours.error for one in waits]
    axes.errorbar(places, values, errors, fmt="o", markersize=3.5, capsize=2.5, linewidth=0.9,
                  color=colour, label=said)  # fmt: skip


def _named(axes: Axes) -> None:
    axes.set_ylabel("mean wait (bars: three standard errors)")
    axes.legend(frameon=False, fontsize=7.5)


def _of(family: str, outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    return (one for one in outcomes if one.family == family)


def _figure(model: Outcome, measure: str, of: tuple[str, ...]) -> Found:
    return next(found for found in model.found
                if found.expected.measure == measure and found.expected.of == of)  # fmt: skip
