"""The core against theory: a few customers of each kind of model, the same ones each time.

`make theory` plays all models, with many more customers.
"""

import pytest

from bench.theory.cases.case import Case
from bench.theory.cases.every import every

pytestmark = pytest.mark.pure

QUICK = [case for case in every() if case.quick]


# With few customers some figures are too unsure to say anything; each model has others.
UNSURE = 0.10
# So many mean services pass first; the slowest of these queues has forgotten after forty.
WARM = 200


@pytest.mark.parametrize("case", QUICK, ids=lambda case: f"{case.family}: {case.name}")
def test_the_core_does_as_theory_says(case: Case) -> None:
    run = case.played(case.quick, WARM)
    figures = [(expected, expected.measured(run)) for expected in case.expected]
    sure = [(expected, ours) for expected, ours in figures if expected.sure(ours, UNSURE)]
    assert sure, figures
    for expected, ours in sure:
        assert expected.met(ours), (expected, ours)


def test_whoever_goes_first_together_they_wait_as_long() -> None:
    """The conservation law on one path: the same customers and services, in ten orders."""
    orders = [case for case in every() if case.draws == "10 4, 5"]
    assert len(orders) == 10
    queues = {case.name: case.played(4_000, warm=0).waiting().value for case in orders}
    first, *others = queues.values()
    assert first > 0
    assert others == pytest.approx([first] * len(others), rel=1e-9), queues
