"""The desk on a virtual clock, against what a person would do by hand and against Erlang."""

import random
from collections.abc import Iterator
from itertools import islice
from math import inf

import pytest

from router.core.desk import Desk
from router.core.need import Need, Step, Waiting
from router.core.people import Agent
from router.core.playing.player import Arrival, Played, Shift, play

pytestmark = pytest.mark.pure
EMAIL = Need("support", "email")


def desk_of(*names: str, capacity: int = 1, presence: str = "online") -> Desk:
    desk = Desk()
    for name in names:
        desk.put_agent(Agent(name, name.title(), ("support",), capacity=capacity,
                             presence=presence))  # type: ignore[arg-type]  # fmt: skip
    return desk


def mail(number: int, at: float, service: float = 10.0, patience: float = inf, to: str = "",
         need: Need = EMAIL, steps: tuple[Step, ...] = ()) -> Arrival:  # fmt: skip
    waiting = Waiting(number, need, at, entered=at, steps=steps)
    return Arrival(at, waiting, service, patience, to)


def outcome(played: Iterator[Played]) -> dict[int, tuple[str, float | None, float | None]]:
    return {one.arrival.waiting.conversation: (one.agent, one.started, one.ended) for one in played}


def test_each_is_begun_when_somebody_has_room_oldest_first() -> None:
    came = [mail(1, 0.0), mail(2, 1.0), mail(3, 2.0)]
    assert outcome(play(desk_of("ada"), came)) == {
        1: ("ada", 0.0, 10.0), 2: ("ada", 10.0, 20.0), 3: ("ada", 20.0, 30.0)}  # fmt: skip


def test_who_has_no_patience_left_is_gone_and_takes_no_time() -> None:
    came = [mail(1, 0.0), mail(2, 1.0, patience=5.0), mail(3, 2.0)]
    played = outcome(play(desk_of("ada"), came))
    assert played[2] == ("", None, 6.0)
    assert played[3] == ("ada", 10.0, 20.0)


def test_who_comes_finds_what_waits_and_who_goes_gets_no_more() -> None:
    shifts = [Shift(5.0, "ada", "online"), Shift(12.0, "ada", "offline")]
    came = [mail(1, 0.0), mail(2, 1.0)]
    played = outcome(play(desk_of("ada", presence="offline"), came, shifts))
    assert played == {1: ("ada", 5.0, 15.0), 2: ("", None, None)}


def test_a_step_is_taken_at_its_time_though_nothing_else_happens() -> None:
    french = Need("support", "email", (("french", 3),))
    came = [mail(1, 0.0, need=french, steps=(Step(60.0, drop=("french",)),))]
    assert outcome(play(desk_of("ada"), came))[1] == ("ada", 60.0, 70.0)


def test_what_was_given_by_hand_takes_room() -> None:
    came = [mail(1, 0.0, service=30.0, to="ada"), mail(2, 1.0)]
    assert outcome(play(desk_of("ada"), came))[2][1] == 30.0


def test_a_play_ends_at_its_time_and_tells_what_still_waits() -> None:
    came = [mail(1, 0.0), mail(2, 1.0), mail(3, 200.0)]
    assert outcome(play(desk_of("ada"), came, until=5.0)) == {
        1: ("ada", 0.0, 10.0), 2: ("", None, None)}  # fmt: skip


def test_endless_arrivals_are_taken_as_they_are_asked_for() -> None:
    endless = (mail(number, float(number), service=0.5) for number in range(1, 10**9))
    assert [one.started for one in islice(play(desk_of("ada"), endless), 3)] == [1.0, 2.0, 3.0]


def test_waits_are_those_of_erlang() -> None:
    """M/M/5, four arrivals in a unit of time: E[W] is 0.554113."""
    chance, agents = random.Random(5), [f"agent-{number}" for number in range(5)]

    def arrivals() -> Iterator[Arrival]:
        at = 0.0
        for number in range(15_000):
            at += chance.expovariate(4.0)
            yield mail(number, at, service=chance.expovariate(1.0))

    waits = [one.wait or 0.0 for one in play(desk_of(*agents), arrivals())]
    assert sum(waits[2_000:]) / len(waits[2_000:]) == pytest.approx(0.554, rel=0.15)
