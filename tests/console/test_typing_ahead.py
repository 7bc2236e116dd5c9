"""Keys that are typed faster than commands end come in the order in which they were pressed."""

import asyncio
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from console.typeahead import TypeAhead
from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.scene import scene

pytestmark = pytest.mark.journey

LONG = "Nobody has to wait for a command that takes its time. " * 4


@pytest.mark.parametrize("together", [1, 8, 21])
async def test_an_answer_that_is_typed_at_once_stands_there_as_it_was_typed(
    desk: TwinDesk, console: Opening, together: int
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        hands.app.post_message(events.Key("r", "r"))
        for start in range(0, len(LONG), together):
            for letter in LONG[start : start + together]:
                hands.app.post_message(events.Key("space" if letter == " " else letter, letter))
            await asyncio.sleep(0)
        await hands.until(lambda: hands.draft is not None and len(hands.draft.text) >= len(LONG))
        assert hands.draft is not None
        assert hands.draft.text == LONG


async def test_a_key_that_was_on_its_way_when_the_composer_opened_is_written_there(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.sees("Olga Petrenko")
        queue = hands.app.focused
        await hands.press("r")
        await hands.sees("Enter sends")
        key = events.Key("8", "8")
        hands.app._ahead.passes(key, queue)
        assert hands.app.commands.typed(key)
        await hands.until(lambda: hands.draft is not None and hands.draft.text == "8")


@given(st.lists(st.sampled_from(["key", "turn", "turn", "hold", "release"]), max_size=60))
def test_no_key_overtakes_another(steps: list[str]) -> None:
    """Of a queue as the app's, from which keys are taken while commands begin and end."""
    ahead, queue, served = TypeAhead(clock=lambda: 0.0), deque[events.Key](), list[float]()
    pressed = 0

    def turn() -> None:
        if queue:
            key = queue.popleft()
            waits = ahead.waits(key)
            if ahead.due:
                queue.extend(ahead.release())
            if not waits:
                served.append(key.time)

    for step in (*steps, "release"):
        match step:
            case "key":
                pressed += 1
                key = events.Key("a", "a")
                key.time = float(pressed)
                queue.append(key)
            case "turn":
                turn()
            case "hold":
                ahead.hold()
            case "release":
                queue.extend(ahead.release())
    while queue:
        turn()
    assert served == [float(number + 1) for number in range(pressed)]
