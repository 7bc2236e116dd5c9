"""Queue → open → thread → reply → tick, in two layouts and at three sizes."""

import pytest

from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.scene import scene
from wire.messages.verbs import Reply

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 48)])
@pytest.mark.parametrize("reply_key", ["r", "к"])
async def test_a_customer_is_answered_with_keys(
    desk: TwinDesk, console: Opening, size: tuple[int, int], reply_key: str
) -> None:
    chat = scene(desk)
    async with console(size) as hands:
        await hands.sees("Olga Petrenko")
        await hands.press("enter")
        await hands.sees("Any news about my refund")
        await hands.press(reply_key)
        await hands.sees("Enter sends")
        await hands.types("It left us today.")
        await hands.press("enter")
        await hands.sees("^Z takes it back")
        (asked,) = desk.asks(Reply)
        assert (asked.conversation, asked.text, asked.anyway) == (
            chat.id, "It left us today.", False,
        )  # fmt: skip
        await desk.delivers(desk.messages[1][-1].id)
        await hands.sees("delivered ✓✓")
        assert hands.draft is not None
        assert hands.draft.empty
