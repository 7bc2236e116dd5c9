"""The core against theory: a few customers of each kind of model, the same ones each time.

`make theory` plays all models, with many more customers.
"""

import pytest

from bench.theory.cases.case import Case
from bench.theory.cases.every import every

pytestmark = pytest.mark.pure

QUICK = [case for case in every() if case.quick]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: f"{case.family}: {case.name}")
def test_the_core_does_as_theory_says(case: Case) -> None:
    run = case.played(case.quick)
    for expected in case.expected:
        ours = expected.measured(run)
        assert expected.met(ours), (expected, ours)


def test_whoever_goes_first_together_they_wait_as_long() -> None:
    """The conservation law on one path: the same customers and services, in ten orders."""
    orders = [case for case in every() if case.draws == "10 4, 5"]
    assert len(orders) == 10
    queues = {case.name: case.played(4_000).waiting().value for case in orders}
    first, *others = queues.values()
    assert first > 0
    assert others == pytest.approx([first] * len(others), rel=1e-9), queues
