"""A working desk is killed part by part and point by point: nothing is lost, nothing is twice.

The long form of the first is `make chaos`; `python -m chaos --points --only MARK` tries one point.
"""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.passing import PASSING, PassingRun, in_a_day
from chaos.reckoning import Report
from chaos.run import SHORT, VICTIMS, Run
from chaos.table import of

pytestmark = pytest.mark.kills


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
    every = in_a_day(seed)
    report = judged(PassingRun(replace(PASSING, seed=seed), tmp_path, print, every))
    assert report.points == dict.fromkeys(map(str, every), 1)
    assert len(every) >= 30
