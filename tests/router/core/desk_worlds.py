"""Desks, agents and work for Hypothesis: small worlds in which everything touches everything.

Times and slopes are dyadic, so no order hangs on the rounding of a sum.
"""

import math

from hypothesis import strategies as st

from router.core.need import Need, Step, Waiting
from router.core.people import Agent
from router.core.scheme import Scheme

TEAMS = ("support", "billing")
KINDS = ("email", "webchat", "phone")
SKILLS = ("french", "refunds")
AGENTS = ("a0", "a1", "a2", "a3")

names = st.sampled_from(AGENTS)
some_names = st.lists(names, min_size=1, max_size=2, unique=True).map(tuple)
skills = st.sampled_from([(), (), (("french", 1),), (("french", 3),), (("refunds", 2),),
                          (("french", 2), ("refunds", 1)), (("french", 0),)])  # fmt: skip
either = st.sampled_from([(), (), (), ((("french", 2),), (("refunds", 2),))])
ends = st.sampled_from([math.inf, 20.0, 60.0, 200.0])
passed = st.lists(st.tuples(names, ends), min_size=1, max_size=2).map(tuple)
needs = st.builds(
    Need,
    st.sampled_from(TEAMS),
    st.sampled_from(KINDS),
    skills,
    either=either,
    language=st.sampled_from(["", "", "", "french"]),
    widened=st.sampled_from([(), (), ("billing",)]),
    only=st.one_of(st.just(()), st.just(()), some_names),
    without=st.one_of(
        st.just(()),
        st.just(()),
        st.lists(st.tuples(names, ends), min_size=1, max_size=2).map(tuple),
    ),
)
steps = st.builds(
    Step,
    st.sampled_from([0.0, 10.0, 30.0, 30.0, 100.0]),
    drop=st.sampled_from([(), ("french",), ("refunds", "french")]),
    lower=st.sampled_from([(), (("french", 1),)]),
    any_language=st.booleans(),
    widen=st.sampled_from([(), ("billing",)]),
    prefer=st.sampled_from([None, (), ("a1",)]),
    sooner=st.sampled_from([0.0, 0.0, 1.0, 2.0]),
    tier=st.sampled_from([None, None, 0, 1]),
    skip=st.booleans(),
)
conversations = st.integers(1, 10)
works = st.builds(
    Waiting,
    conversations,
    needs,
    st.integers(0, 120).map(float),
    tier=st.sampled_from([0, 0, 0, 1]),
    slope=st.sampled_from([1.0, 1.0, 1.0, 0.5, 2.0, 0.0]),
    entered=st.sampled_from([0.0, 50.0, 100.0]),
    rings=st.lists(needs, max_size=1).map(tuple),
    steps=st.lists(steps, max_size=2).map(tuple),
)
agents = st.builds(
    Agent,
    id=names,
    name=st.just("x"),
    teams=st.sampled_from([(), ("support",), ("support",), ("billing",), TEAMS]),
    secondary=st.sampled_from([(), (), ("support",), ("billing",)]),
    skills=st.dictionaries(st.sampled_from(SKILLS), st.integers(0, 4), max_size=2),
    capacity=st.integers(0, 6),
    limits=st.dictionaries(st.sampled_from(KINDS), st.integers(0, 2), max_size=1),
    presence=st.sampled_from(["online", "online", "online", "online", "wrap-up", "offline"]),
    idle_since=st.integers(0, 5).map(float),
    turn=st.integers(0, 3),
    enabled=st.sampled_from([True, True, True, False]),
)
presences = st.sampled_from(["online", "online", "away", "wrap-up", "offline"])
strategies = st.dictionaries(
    st.sampled_from(["", *TEAMS]),
    st.sampled_from(["longest_idle", "least_loaded", "best_level", "round_robin", "scored"]),
)
schemes = st.builds(
    Scheme,
    weights=st.dictionaries(st.sampled_from(["", *KINDS]), st.integers(0, 3)),
    admits=st.dictionaries(
        st.sampled_from(KINDS), st.frozensets(st.sampled_from(KINDS)), max_size=2
    ),
    interruptible=st.sampled_from([frozenset(), frozenset({"email"})]),
    strategies=strategies,
    shares=st.sampled_from([{}, {}, {}, {"support": 0.5, "billing": 0.5}, {"billing": 0.25}]),
)
