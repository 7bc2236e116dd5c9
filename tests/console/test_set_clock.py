"""The machine's clock is set back while the console runs."""

from pathlib import Path

import pytest

from console.app import PLAIN_LOOK, Console
from tests.console.desk import TwinDesk
from tests.console.hands import Hands

pytestmark = pytest.mark.journey


async def test_a_sentence_is_over_in_seconds_whatever_the_clock_says(
    desk: TwinDesk, tmp_path: Path
) -> None:
    wall, steady = [desk.now], [0.0]
    app = Console(desk.connect, desk.agent, folder=tmp_path, look=PLAIN_LOOK,
                  now=lambda: wall[0], steady=lambda: steady[0])  # fmt: skip
    async with app.run_test(size=(120, 40)) as pilot:
        hands = Hands(app, pilot, desk)
        await hands.sees("mine:")
        app.say("It is done.")
        await hands.sees("It is done.")
        wall[0] -= 3_600
        steady[0] += 7
        await hands.sees_no_more("It is done.")
