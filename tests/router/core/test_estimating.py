"""Where one stands and how long it will take: right in small, calibrated over a day."""

import random

import pytest

from bench import estimates as bench
from router.core.desk import Desk
from router.core.estimating import Estimates, Rate, _drained, _quantile
from router.core.need import Need, Waiting
from router.core.people import Agent

pytestmark = pytest.mark.pure
EMAIL, SALES = Need("support", "email"), Need("sales", "email")


def desk_of(agents: int, waiting: int, **facts: object) -> Desk:
    """Everybody has one; others wait."""
    desk = Desk()
    for number in range(agents):
        desk.put_agent(Agent(f"a{number}", "A", ("support",), capacity=1, presence="online"))
        desk.give(1_000 + number, f"a{number}", "email", 0.0)
    for number in range(1, waiting + 1):
        desk.wait(Waiting(number, EMAIL, float(number), entered=float(number)))
    return desk


def known(**ends: float) -> Estimates:
    """It was seen for long how often work ends (a second)."""
    return Estimates(ends={kind: Rate(rate * 1e9, 1e9) for kind, rate in ends.items()})


def test_the_next_of_five_agents_waits_a_fifth_of_the_handling_time() -> None:
    standing = known(email=1 / 300).standing(desk_of(5, 3), 1, 10.0)
    assert standing is not None
    assert standing.position == 1
    assert standing.mean == pytest.approx(60.0, rel=0.01)


def test_the_third_waits_for_three_to_end() -> None:
    standing = known(email=1 / 300).standing(desk_of(5, 3), 3, 10.0)
    assert standing is not None
    assert standing.position == 3
    assert standing.mean == pytest.approx(180.0, rel=0.01)
    assert standing.low is not None
    assert standing.high is not None
    assert standing.low < 180.0 < standing.high


def test_who_gives_up_before_one_makes_it_shorter() -> None:
    estimates = known(email=1 / 300)
    estimates.gives_up = Rate(1e6, 6e8)  # after ten minutes each
    standing = estimates.standing(desk_of(5, 3), 3, 10.0)
    assert standing is not None
    assert standing.mean == pytest.approx(1 / (1 / 60 + 2 / 600) + 1 / (1 / 60 + 1 / 600) + 60,
                                          rel=0.01)  # fmt: skip


def test_others_work_for_other_teams_makes_nobody_wait() -> None:
    desk = desk_of(5, 1)
    for number in range(50, 60):
        desk.wait(Waiting(number, SALES, 0.0, entered=0.0))
    standing = known(email=1 / 300).standing(desk, 1, 10.0)
    assert standing is not None
    assert standing.position == 11
    assert standing.mean == pytest.approx(60.0, rel=0.01)


def test_an_agent_who_is_shared_is_waited_for_together() -> None:
    desk = desk_of(5, 1)
    desk.put_agent(Agent("both", "B", ("support", "sales"), capacity=1, presence="online"))
    desk.give(2_000, "both", "email", 0.0)
    desk.wait(Waiting(60, SALES, 0.0, entered=0.0))
    standing = known(email=1 / 300).standing(desk, 1, 10.0)
    assert standing is not None
    # The one before it takes that agent certainly: six end before this one's turn is sure.
    assert standing.mean == pytest.approx(2 * 50.0, rel=0.01)


def test_where_nobody_could_take_it_no_time_is_told() -> None:
    desk = desk_of(1, 1)
    desk.wait(Waiting(9, Need("support", "email", (("french", 1),)), 0.0))
    standing = known(email=1 / 300).standing(desk, 9, 10.0)
    assert standing is not None
    assert (standing.mean, standing.low, standing.high) == (None, None, None)


def test_what_does_not_wait_stands_nowhere() -> None:
    assert Estimates().standing(desk_of(1, 1), 1_000, 0.0) is None


def test_it_sees_how_fast_work_ends() -> None:
    """One a minute of four ends, for an hour: each takes four minutes."""
    desk, estimates = desk_of(4, 0), Estimates()
    number = 5_000
    for second in range(0, 3_600, 5):
        if second % 60 == 0 and second:
            ended = min(desk.held)
            agent = desk.held[ended].agent
            desk.end(ended, float(second))
            number += 1
            desk.give(number, agent, "email", float(second))
        estimates.look(desk, float(second))
    assert 1 / estimates.ends["email"].value() == pytest.approx(240.0, rel=0.05)


@pytest.mark.parametrize("ahead", [0.0, 2.5, 40.0])
def test_the_line_before_one_drains_as_it_does_in_play(ahead: float) -> None:
    """Exact mean and deviation, by a thousand plays of it; what is a part of one counts so."""
    chance, speed, leaving = random.Random(2), 0.05, 0.004
    found = []
    for _ in range(4_000):
        left = int(ahead) + (chance.random() < ahead % 1)
        found.append(sum(chance.expovariate(speed + stage * leaving)
                         for stage in range(left + 1)))  # fmt: skip
    mean, deviation = _drained(ahead, speed, leaving)
    assert mean == pytest.approx(sum(found) / len(found), rel=0.05)
    found.sort()
    assert _quantile(mean, deviation, -1.2816) == pytest.approx(found[400], rel=0.15)
    assert _quantile(mean, deviation, 1.2816) == pytest.approx(found[3_600], rel=0.1)


def test_over_a_day_of_three_teams_what_is_told_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "DAYS", 2)
    told = bench.calibration(random.Random(5))
    assert len(told) > 1_000
    assert 0.70 < bench.within(told) < 0.90
    assert abs(bench.bias(told)) < 0.2
