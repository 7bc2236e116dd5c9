"""What nobody could ever take, against trying every agent after every step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.impossible import because, in_vain_for_ever
from router.core.need import Need, Step, Waiting, unfit
from router.core.people import Agent
from router.core.relaxing import loosened

pytestmark = pytest.mark.pure

LEVELS = st.dictionaries(st.sampled_from("ab"), st.integers(1, 3), max_size=2)
SKILLS = LEVELS.map(lambda levels: tuple(sorted(levels.items())))
AGENTS = st.lists(
    st.builds(Agent, st.sampled_from("xyz"), st.just(""), st.sampled_from([("t",), ("u",), ()]),
              skills=LEVELS, enabled=st.booleans()), max_size=3)  # fmt: skip
STEPS = st.lists(
    st.builds(Step, st.floats(0, 9), drop=st.sampled_from([(), ("a",)]), lower=SKILLS,
              any_language=st.booleans(), widen=st.sampled_from([(), ("u",)])),
    max_size=3)  # fmt: skip
NEEDS = st.builds(Need, st.just("t"), st.just("email"), SKILLS,
                  either=st.lists(SKILLS, max_size=2).map(tuple),
                  language=st.sampled_from(["", "a"]))  # fmt: skip


@given(NEEDS, STEPS, AGENTS)
def test_it_is_so_for_ever_if_and_only_if_no_step_helps(
    need: Need, steps: list[Step], agents: list[Agent]
) -> None:
    waiting, hope = Waiting(1, need, 0.0, steps=tuple(steps)), False
    while True:
        hope = hope or any(unfit(agent, waiting.need) is None for agent in agents)
        if not waiting.steps:
            break
        waiting = loosened(waiting)
    assert in_vain_for_ever(need, steps, agents) is not hope
    if not hope:
        assert str(because(need, agents)).startswith("nobody")
