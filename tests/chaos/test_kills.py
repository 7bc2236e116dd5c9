"""A working desk is killed part by part and point by point: nothing is lost, nothing is twice.

The long form of the first is `make chaos`; `python -m chaos --points --only MARK` tries one point.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.passing import PASSING, PassingRun, shared
from chaos.points import IN_NO_DAY, Point, points
from chaos.reckoning import Report
from chaos.run import SHORT, VICTIMS, Run
from chaos.table import of

pytestmark = pytest.mark.program


def judged(run: Run) -> Report:
    report = run.whole()
    print(of(report))
    assert report.faults == []
    assert report.came_in["written"] == sum(report.came_in.values()) / 2
    assert report.went_out["written"] == report.went_out["arrived"] > 0
    return report


def test_parts_that_are_killed_again_and_again_lose_nothing_and_show_nothing_twice(
    tmp_path: Path,
) -> None:
    report = judged(Run(SHORT, tmp_path, print))
    assert report.kills.keys() == VICTIMS.keys()
    assert report.went_out["written"] == SHORT.replies


def test_a_process_that_is_killed_at_any_marked_point_loses_nothing(tmp_path: Path) -> None:
    seed = random.randrange(1, 1_000_000)  # the order is another one each time, and is printed
    halves = [(tmp_path / name, own) for name, own in zip("ab", shared(seed), strict=True)]

    def passed(home: Path, own: list[Point]) -> dict[str, int]:
        home.mkdir()
        return judged(PassingRun(replace(PASSING, seed=seed), home, print, own)).points

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda half: passed(*half), halves)
    every = {str(point) for point in points() if not point.is_one_of(IN_NO_DAY)}
    assert first | second == dict.fromkeys(every, 1)
    assert len(every) >= 30
