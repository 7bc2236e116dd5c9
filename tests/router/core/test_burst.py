"""At a start as much is given out as can be: beside the maximum matching of scipy."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import (  # type: ignore[import-untyped]
    maximum_bipartite_matching,
)

from router.core.desk import Desk
from router.core.need import Need, Waiting, lacking
from router.core.people import Agent

pytestmark = pytest.mark.pure


def _world(agents: int, works: int, skills: int, chance: random.Random) -> Desk:
    """Agents with room for one and a few skills each; work that asks one or two of them."""
    desk, names = Desk(), [f"s{number}" for number in range(skills)]
    for number in range(agents):
        known = chance.sample(names, min(skills, chance.randint(1, 4)))
        desk.put_agent(Agent(f"a{number:04}", "x", ("t",), presence="online", capacity=1,
                             skills=dict.fromkeys(known, 3)))  # fmt: skip
    for number in range(works):
        asked = sorted(chance.sample(names, min(skills, chance.choice((1, 1, 2)))))
        desk.wait(Waiting(number, Need("t", "email", tuple((s, 1) for s in asked)), float(number)))
    return desk


def _most(desk: Desk) -> int:
    """By scipy."""
    agents = list(desk.agents.values())
    rows = [[int(lacking(agent, desk.load_of(agent.id), waiting.need, desk.scheme) is None)
             for agent in agents] for waiting in desk.waiting.values()]  # fmt: skip
    if not rows or not agents:
        return 0
    found = maximum_bipartite_matching(csr_matrix(rows), perm_type="column")
    return int((found >= 0).sum())


@given(st.integers(0, 12), st.integers(0, 14), st.integers(1, 6), st.integers(0, 10**6))
@settings(max_examples=300, deadline=None)
def test_as_many_find_somebody_as_can(agents: int, works: int, skills: int, seed: int) -> None:
    desk = _world(agents, works, skills, random.Random(seed))
    most = _most(desk)
    assert len(desk.settle(100.0, burst=True)) == most


def test_a_large_start_is_within_half_a_percent_of_the_most() -> None:
    desk = _world(400, 400, 40, random.Random(3))
    most = _most(desk)
    by_rank = _world(400, 400, 40, random.Random(3)).settle(1e3)
    given_out = desk.settle(1e3, burst=True)
    assert len(given_out) >= 0.995 * most
    assert len(by_rank) < len(given_out)


def test_what_is_urgent_is_not_passed_over_for_the_many() -> None:
    desk = Desk()
    desk.put_agent(Agent("ana", "Ana", ("t",), skills={"x": 1, "y": 1}, capacity=1,
                         presence="online"))  # fmt: skip
    desk.wait(Waiting(1, Need("t", "email", (("x", 1),)), 0.0, tier=1))
    desk.wait(Waiting(2, Need("t", "email", (("y", 1),)), 50.0, tier=0))
    assert [match.waiting.conversation for match in desk.settle(60.0, burst=True)] == [2]
