"""The ten cases of Cordboard's conformance kit, against the counterpart."""

import pytest

from adapters.sdk.conformance.cases import CASES, Case
from adapters.sdk.conformance.kit import check
from cordboard_example.counterpart import ExampleCounterpart


@pytest.mark.parametrize("case", CASES, ids=str)
def test_conformance(case: Case) -> None:
    check(case, ExampleCounterpart)
