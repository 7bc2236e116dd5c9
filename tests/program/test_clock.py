"""Somebody sets the machine's clock, forth and back: mail comes, answers go, silence is noticed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.desk import WholeDesk
from tests.journeys.hands import Hands
from tests.journeys.letters import arrived, letter, post

pytestmark = pytest.mark.kills

HOUR = 3_600


class WallClock:
    """What every part of the desk takes for the time of day."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.is_off_by(0)

    def is_off_by(self, seconds: int) -> None:
        self._file.write_text(str(seconds), "ascii")

    @property
    def surroundings(self) -> dict[str, str]:
        here = Path(__file__).with_name("set_clock")
        return {"PYTHONPATH": str(here), "SET_CLOCK": str(self._file)}


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    return WallClock(tmp_path / "clock")


@pytest.fixture
def desk(tmp_path: Path, clock: WallClock) -> Iterator[WholeDesk]:
    desk = WholeDesk(tmp_path, None)
    desk.surroundings |= clock.surroundings
    try:
        desk.run()
        desk.until(desk.healthy, "channels that work")
        desk.hire("ana")
        yield desk
    finally:
        desk.end()


def test_a_clock_that_is_set_loses_nothing_and_holds_nothing_up(
    desk: WholeDesk, clock: WallClock
) -> None:
    with desk.console("ana") as ana:
        ana.goes_on_duty()
        is_answered(desk, ana, "Order 881")
        clock.is_off_by(HOUR)
        is_answered(desk, ana, "Order 882")
        clock.is_off_by(-HOUR)
        is_answered(desk, ana, "Order 883")
        # After a start there is no other clock than the one that was set back.
        desk.until_back("router", desk.kill("router"))
        desk.until(desk.healthy, "channels that work")
        is_answered(desk, ana, "Order 884")
        while b"the link is down" not in ana.terminal.raw:
            desk.until_back("nats-server", desk.kill("nats-server"))


def is_answered(desk: WholeDesk, ana: Hands, subject: str) -> None:
    post(desk.smtp_port, letter("Olena <olena@home.test>", subject, "Hm?"))
    ana.sees(subject)
    ana.opens(subject)
    ana.press("r")
    ana.sees("^S sends")
    ana.types(f"About {subject}.")
    ana.press("ctrl+s")
    desk.until(lambda: went_out(desk, subject), "an answer that went out")


def went_out(desk: WholeDesk, subject: str) -> bool:
    return any(subject in mail["Subject"] for mail in arrived(desk.mailbox))
