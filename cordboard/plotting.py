"""Plots in a terminal: curves under each other, as text without colours when it is no terminal."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence

Curve = tuple[Sequence[float], Sequence[float]]
MARKERS = ("●", "○", "▲", "■")
HEIGHT, NARROWEST, WIDEST = 16, 40, 100


def plotted(curves: Mapping[str, Curve], *, title: str, across: str, up: str) -> str:
    """Each curve as (xs, ys) under its name."""
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(max(NARROWEST, min(_width(), WIDEST)), HEIGHT)
    figure.title(title).label(across, "x").label(up, "y")
    for marker, (name, (xs, ys)) in zip(MARKERS, curves.items(), strict=False):
        figure.draw(figure.signal(list(xs), list(ys), marker=marker).lines().label(name))
    drawn = str(figure.build())
    return drawn if sys.stdout.isatty() else str(plotext.uncolorize(drawn))


def _width() -> int:
    return int(os.environ.get("COLUMNS") or shutil.get_terminal_size((80, 24)).columns)
