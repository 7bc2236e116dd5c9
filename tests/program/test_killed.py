"""Parts of the desk are killed while customers write and an agent looks on: nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.desk import WholeDesk, whole_desk
from tests.journeys.hands import Hands
from tests.program.crowd import crowd, in_threads, painted

pytestmark = pytest.mark.program

MESSAGES, KILLS = 500, 6


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WholeDesk]:
    with whole_desk(tmp_path) as running:
        running.hire(
            "ana", "--capacity", "1000", "--limit", "webchat=1000", "--limit", "email=1000"
        )
        yield running


def test_a_router_killed_again_and_again_loses_nothing_and_shows_nothing_twice(
    desk: WholeDesk,
) -> None:
    with desk.console("ana", rows=70) as ana:
        ana.goes_on_duty()
        with crowd(desk, mailing=25, chatting=25, each=10, pause=0.3) as customers:
            for kill in range(1, KILLS + 1):
                enough = kill * MESSAGES // (KILLS + 2)
                desk.until(customers.taken(enough), "messages that flow")
                desk.kill("router")
            desk.until(lambda: customers.done, "customers who are through", seconds=90)
            assert customers.process.returncode == 0
            wrote, taken = customers.tokens("wrote"), customers.tokens("taken")
        assert len(taken) == len(set(wrote)) == MESSAGES
        assert set(in_threads(desk).items()) == {(token, 1) for token in wrote}
        assert set(painted(ana, set(wrote)).items()) == {(token, 1) for token in wrote}


def test_a_bus_and_channels_that_are_killed_come_back_and_nothing_is_lost(
    desk: WholeDesk,
) -> None:
    with desk.console("ana", rows=70) as ana:
        ana.goes_on_duty()
        with crowd(desk, mailing=10, chatting=10, each=8, pause=0.2) as customers:
            desk.until(customers.taken(20), "messages that flow")
            kill_until_seen(desk, "nats-server", ana, b"the link is down")
            ana.sees_no_more("the link is down")
            for taken, channel in ((50, "support"), (80, "chat")):
                desk.until(customers.taken(taken), "messages that flow")
                desk.until_back(channel, desk.kill(channel))
            desk.until(lambda: customers.done, "customers who are through", seconds=90)
            wrote = customers.tokens("wrote")
        assert len(customers.tokens("taken")) == len(set(wrote)) == 160
        assert set(in_threads(desk).items()) == {(token, 1) for token in wrote}
        assert set(painted(ana, set(wrote)).items()) == {(token, 1) for token in wrote}
        ana.sees("link ")


def kill_until_seen(desk: WholeDesk, part: str, ana: Hands, words: bytes) -> None:
    """One that is back at once is not noticed at all, and each time it takes a little longer."""
    while words not in ana.terminal.raw:
        desk.until_back(part, desk.kill(part))
