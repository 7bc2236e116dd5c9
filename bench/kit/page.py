"""docs/figures.md, written from a run."""

from collections.abc import Iterable, Sequence

from bench.kit.figure import Figure
from bench.kit.program import ROOT

PAGE = ROOT / "docs" / "figures.md"

HEAD = """# Figures

Written by `.venv/bin/python -m bench figures --date {date}`; `make bench` measures the same and
fails when a figure is out of its reach. Each figure stands beside a yardstick that was measured in
the same run, in turns with it, because machines differ and are shared: compare ratios first.

Machine: {machine}

| figure | value | yardstick | ratio | reach | ok |
| --- | --- | --- | --- | --- | --- |
"""


def write(figures: Sequence[Figure], *, date: str, machine_is: str) -> None:
    PAGE.write_text(text(figures, date=date, machine_is=machine_is), "utf-8")


def text(figures: Sequence[Figure], *, date: str, machine_is: str) -> str:
    head = HEAD.format(date=date, machine=machine_is)
    return head + "".join(map(_row, figures)) + "\n" + "".join(_meanings(figures))


def _row(figure: Figure) -> str:
    cells = (
        f"`{figure.name}`",
        f"{_shown(figure.value)} {figure.unit}",
        f"{_shown(figure.yardstick)} {figure.unit}" if figure.yardstick else "",
        f"{figure.ratio:.3g}" if figure.ratio else "",
        str(figure.reach or ""),
        ("yes" if figure.ok else "**no**") if figure.reach else "",
    )
    return f"| {' | '.join(cells)} |\n"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


def _meanings(figures: Sequence[Figure]) -> Iterable[str]:
    for figure in figures:
        beside = f" Beside it: {figure.beside}" if figure.beside else ""
        yield f"- `{figure.name}`: {figure.said}{beside}\n"
