"""A full disk: the desk says so, takes nothing that it cannot keep, and then goes on."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.desk import WholeDesk, whole_desk
from tests.journeys.letters import letter, post
from tests.program.crowd import crowd, in_threads
from tests.program.disk import Disk, SmallDisk, disk
from wire.messages.verbs import Status

pytestmark = pytest.mark.kills


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path / "desk") as one:
        yield one


@pytest.fixture
def desk(tmp_path: Path, small: Disk) -> Iterator[WholeDesk]:
    with whole_desk(tmp_path) as running:
        running.hire("ana")
        yield running


def is_read_only(desk: WholeDesk) -> bool:
    return desk.asks(Status()).read_only is not None


def test_on_a_full_disk_nothing_is_taken_and_nothing_is_lost(desk: WholeDesk, small: Disk) -> None:
    with desk.console("ana") as ana:
        ana.goes_on_duty()
        post(desk.smtp_port, letter("Olena <olena@home.test>", "Order 881", "There was room."))
        ana.sees("Order 881")
        ana.opens("Order 881")
        ana.sees("There was room.")
        small.fill(desk)
        with crowd(desk, mailing=4, chatting=4, each=3, pause=0.0) as customers:
            ana.sees("read only")
            desk.until(lambda: is_read_only(desk), "a desk that says it is read only")
            held = letter("Olena <olena@home.test>", "Held", "Is there room?")
            with pytest.raises(smtplib.SMTPDataError) as later:
                post(desk.smtp_port, held)
            assert later.value.smtp_code == 451
            # What is there can be read, and words that cannot be kept are not taken.
            ana.press("r")
            ana.sees("^S sends")
            ana.types("It left today.")
            ana.press("ctrl+s")
            ana.sees("The desk cannot write now")
            assert customers.tokens("taken") == []
            small.free(desk)
            ana.sees_no_more("read only")
            ana.press("ctrl+s")
            ana.sees("goes out in")
            post(desk.smtp_port, held)
            ana.sees("Held")
            desk.until(lambda: customers.done, "customers who are through")
            wrote = set(customers.tokens("wrote"))
    assert set(in_threads(desk).items()) == {(token, 1) for token in wrote}


def test_a_router_that_cannot_start_on_a_full_disk_starts_when_there_is_room(
    desk: WholeDesk, small: Disk
) -> None:
    post(desk.smtp_port, letter("Olena <olena@home.test>", "Before", "Hm?"))
    small.fill(desk)
    desk.kill("router")
    if isinstance(small, SmallDisk):
        desk.until(lambda: desk.words().count("router: ended with status 4") > 1, "new tries")
        said = desk.doctor()
        assert "its router does not; it is tried again" in said
        assert "The database cannot be written" in said
    small.free(desk)
    desk.until(desk.healthy, "a desk that is well")
    post(desk.smtp_port, letter("Olena <olena@home.test>", "After", "And now?"))
    assert [row.subject for row in desk.conversations()] == ["Before", "After"]
