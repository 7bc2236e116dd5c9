"""An offer ends once, whatever is said about it and however often."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.offering import LONGEST, Deed, Pace, Returning, State, after, faults

pytestmark = pytest.mark.pure

deeds = st.lists(st.tuples(st.sampled_from(get_args(Deed)), st.booleans()), max_size=12)


def _ended(told: list[tuple[Deed, bool]]) -> tuple[State, list[State | None]]:
    state: State = "open"
    answers = []
    for deed, in_time in told:
        answer = after(state, deed, in_time=in_time)
        answers.append(answer)
        state = answer or state
    return state, answers


@given(deeds)
def test_whatever_is_said_in_whatever_order_the_first_that_counts_decides(
    told: list[tuple[Deed, bool]],
) -> None:
    state, answers = _ended(told)
    counting = [answer for answer in answers if answer not in (None, "open")]
    assert set(counting) <= {state}, "what ended it never becomes something else"
    assert (state == "open") == (not counting)


@given(deeds, st.integers(0, 12))
def test_what_is_said_twice_changes_nothing(told: list[tuple[Deed, bool]], place: int) -> None:
    doubled = [*told[:place], *(one for one in told[place:] for _ in (0, 1))]
    assert _ended(doubled)[0] == _ended(told)[0]


@pytest.mark.parametrize(("deed", "in_time", "state"), [
    ("accept", True, "accepted"), ("accept", False, None),
    ("decline", True, "declined"), ("decline", False, None),
    ("time", True, None), ("time", False, "missed"),
    ("revoke", True, "revoked"), ("revoke", False, "revoked"),
])  # fmt: skip
def test_an_open_offer_is_answered_in_time_or_missed(
    deed: Deed, in_time: bool, state: State | None
) -> None:
    assert after("open", deed, in_time=in_time) == state


def test_nobody_changes_what_another_made_of_it() -> None:
    ends: dict[Deed, State] = {"accept": "accepted", "decline": "declined", "time": "missed",
                               "revoke": "revoked"}  # fmt: skip
    for said, ended in ends.items():
        for deed in get_args(Deed):
            answer = after(ended, deed, in_time=True)
            assert answer == (ended if deed == said else None)


def test_times_are_by_kind_with_one_for_all_others() -> None:
    pace = Pace(offers={"webchat": 20.0, "": 60.0}, wrap_up={"email": 90.0})
    assert (pace.offered("webchat"), pace.offered("email")) == (20.0, 60.0)
    assert (pace.wrapped("email"), pace.wrapped("webchat")) == (90.0, 0.0)
    assert Pace().offered("webchat") == Pace().to_begin("webchat") == 0.0


def test_a_time_that_cannot_be_meant_is_named_with_its_place() -> None:
    pace = Pace(offers={"webchat": -1.0}, grace={"": LONGEST + 1},
                returning=Returning(retry_after=-5.0))  # fmt: skip
    assert [place for place, _ in faults(pace)] == [
        "offers.webchat", "grace.", "returning.retry_after"
    ]  # fmt: skip
    assert list(faults(Pace())) == []
