"""A disk that turns read-only or slow under a running desk: it says so, and goes on by itself."""

import contextlib
import smtplib
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from tests.journeys.desk import WholeDesk, whole_desk
from tests.journeys.letters import letter, post
from tests.program.crowd import crowd, in_threads
from tests.program.image import Image, image
from tests.servers.needs import program
from wire.messages.verbs import Status

pytestmark = pytest.mark.kills


class Database:
    """Its files: the system refuses to write into them, even to who has them open."""

    def __init__(self, folder: Path) -> None:
        # Not what is mapped into memory (-shm): a write there would end the process by SIGBUS.
        self._files = [str(folder / name) for name in ("desk.db", "desk.db-wal")]

    def may_be_written(self, may: bool) -> None:
        change = [program("chattr"), "-i" if may else "+i", *self._files]
        subprocess.run(change, check=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def disk(home: Path) -> Iterator[Image | None]:
    with image(home / "desk", home / "disk.img") as made:
        yield made


@pytest.fixture(scope="module")
def desk(home: Path, disk: Image | None) -> Iterator[WholeDesk]:
    with whole_desk(home) as running:
        yield running


def read_only(desk: WholeDesk) -> bool:
    return desk.asks(Status()).read_only is not None


def test_on_a_read_only_disk_nothing_is_taken_and_it_goes_on_by_itself(
    desk: WholeDesk, disk: Image | None
) -> None:
    if disk is None:
        return  # the image has said that this machine mounts nothing
    post(desk.smtp_port, letter("Olena <olena@home.test>", "Order 881", "Hm?"))
    database = Database(desk.folder.root)
    database.may_be_written(False)
    try:
        held = letter("Olena <olena@home.test>", "Order 882", "And this?")
        with pytest.raises(smtplib.SMTPDataError) as later:
            post(desk.smtp_port, held)
        assert later.value.smtp_code == 451
        desk.until(lambda: read_only(desk), "a desk that says it is read only")
        assert "cannot write" in desk.doctor()
        desk.kill("router")
        desk.until(lambda: "router: ended with status 4" in desk.words(), "a router that waits")
    finally:
        database.may_be_written(True)
    desk.until(desk.healthy, "a desk that is well")
    assert not read_only(desk)
    post(desk.smtp_port, held)
    subjects = [row.subject for row in desk.conversations()]
    assert subjects == ["Order 881", "Order 882"]


@contextmanager
def held_for_long(database: Path) -> Iterator[None]:
    """Another program writes into the database as well, and takes its time each time."""
    over = threading.Event()

    def hold() -> None:
        other = apsw.Connection(str(database))
        while not over.is_set():
            with contextlib.suppress(apsw.BusyError):
                other.execute("BEGIN IMMEDIATE")
                over.wait(1.2)
                other.execute("COMMIT")
            time.sleep(0.25)
        other.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_slow_database_loses_nothing_and_the_doctor_says_so(desk: WholeDesk) -> None:
    with crowd(desk, mailing=3, chatting=3, each=3, pause=0.0) as all_:
        with held_for_long(desk.folder.root / "desk.db"):
            desk.until(all_.taken(3), "messages that are taken all the same")
            desk.until(lambda: "another program holds" in desk.doctor(), "a finding")
        desk.until(lambda: all_.done, "customers who are through")
        wrote = set(all_.tokens("wrote"))
        assert set(in_threads(desk).items()) == {(token, 1) for token in wrote}
        desk.until(lambda: "another program holds" not in desk.doctor(), "a database that is well")
