"""The pace of sending, by a clock that stands still until it is moved."""

import pytest

from adapters.sdk import Retry
from adapters.telegram.turns import Turns

pytestmark = pytest.mark.pure


def test_a_chat_takes_a_few_at_once_and_then_one_a_second() -> None:
    turns = Turns(clock=lambda: 50.0)
    assert [turns.taken(1) for _ in range(5)] == [0.0, 0.0, 0.0, 1.0, 2.0]
    assert turns.taken(2) == 0.0


def test_all_chats_together_take_thirty_a_second() -> None:
    now = [0.0]
    turns = Turns(clock=lambda: now[0])
    delays = [turns.taken(chat) for chat in range(60)]
    assert delays[29] == 0.0
    assert delays[59] == pytest.approx(1.0)
    now[0] = 60.0
    assert turns.taken(0) == 0.0


def test_who_would_wait_for_long_is_asked_to_come_again() -> None:
    turns = Turns(clock=lambda: 50.0)
    for _ in range(13):
        turns.taken(1)
    with pytest.raises(Retry) as later:
        turns.taken(1)
    assert later.value.after == pytest.approx(11.0)
