"""What `cordboard adapter new` writes passes the kit as it stands."""

import pytest

from adapters.sdk.conformance.cases import CASES, Case
from adapters.sdk.conformance.kit import check
from cordboard_example.counterpart import ExampleCounterpart
from tests.adapters.conformance.conftest import Install

pytestmark = pytest.mark.program


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_example_does_it_right(case: Case, installed: Install) -> None:
    installed(example="cordboard_example.adapter:Example")
    assert check(case, ExampleCounterpart) == ""
