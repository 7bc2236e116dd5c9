"""The power goes: whatever a customer or an agent was told to be safe is there afterwards."""

import hashlib
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest

from tests.journeys.desk import WholeDesk, whole_desk
from tests.journeys.letters import letter, post
from tests.program.image import Image, image, mounted
from wire.messages.verbs import Reply

pytestmark = pytest.mark.kills

CUTS = int(os.environ.get("CORDBOARD_POWER_CUTS", "2"))
# Larger than what the database keeps: files of the blob folder.
FILE = 90_000


@dataclass
class Customers:
    """They write, each mail with a file, and remember what the desk said "250" to."""

    desk: WholeDesk
    taken: list[tuple[str, str]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def write(self, name: str) -> None:
        number = 0
        while not self.over.is_set():
            token, data = f"{name}-{number}", os.urandom(FILE)
            mail = letter(f"{token}@home.test", token, f"[{token}]")
            mail.add_attachment(data, "application", "octet-stream", filename="photo.bin")
            try:
                post(self.desk.smtp_port, mail)
            except OSError:
                return
            self.taken.append((token, hashlib.sha256(data).hexdigest()))
            number += 1

    def answer(self) -> None:
        """The desk's own side: what it says to be on its way must be on its way."""
        for row in self.desk.conversations():
            token = f"answer-{row.id}"
            self.desk.asks(Reply(conversation=row.id, text=f"[{token}]", anyway=True, to=()))
            self.answered.append(token)


@contextmanager
def writing(desk: WholeDesk) -> Iterator[Customers]:
    customers = Customers(desk)
    threads = [threading.Thread(target=customers.write, args=(f"c{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield customers
    finally:
        customers.over.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Image | None]:
    with image(tmp_path / "desk", tmp_path / "disk.img") as made:
        yield made


def test_what_was_acknowledged_survives_the_power(tmp_path: Path, disk: Image | None) -> None:
    cuts: list[tuple[Path, list[tuple[str, str]], list[str]]] = []
    with whole_desk(tmp_path) as desk:
        for number in range(CUTS):
            with writing(desk) as customers:
                desk.until(lambda: len(customers.taken) >= 6, "mails that are taken")
                if not number:
                    customers.answer()
                copy = cut(desk, disk, tmp_path / f"cut{number}.img", last=number == CUTS - 1)
                cuts.append((copy, list(customers.taken), list(customers.answered)))
    for number, (copy, taken, answered) in enumerate(cuts):
        after = tmp_path / f"after{number}" / "desk"
        after.parent.mkdir()
        with mounted(copy, after) if disk else as_it_is(copy, after):
            check_disk(after, taken, answered)
            if not number:
                check_desk(after.parent, taken)


def cut(desk: WholeDesk, disk: Image | None, copy: Path, *, last: bool) -> Path:
    """Nothing moves while the disk is copied, and nothing is synced for it."""
    router = desk.part("router")
    os.kill(router, signal.SIGKILL if last else signal.SIGSTOP)
    try:
        return disk.cut(copy) if disk else as_files(desk.folder.root, copy)
    finally:
        if not last:
            os.kill(router, signal.SIGCONT)


def check_disk(folder: Path, taken: list[tuple[str, str]], answered: list[str]) -> None:
    database = apsw.Connection(str(folder / "desk.db"))
    try:
        assert database.pragma("integrity_check") == "ok"
        texts = " ".join(text for (text,) in database.execute("SELECT text FROM messages"))
        assert [token for token, _ in taken if f"[{token}]" not in texts] == []
        assert [token for token in answered if f"[{token}]" not in texts] == []
        rows = " ".join(text for (text,) in database.execute("SELECT payload FROM outbox"))
        assert [token for token in answered if f"[{token}]" not in rows] == []
        named = {sha256 for (sha256,) in database.execute(
            "SELECT sha256 FROM blobs WHERE data IS NULL")}  # fmt: skip
        assert {sha256 for _, sha256 in taken} <= named
        for sha256 in named:
            data = (folder / "blobs" / sha256[:2] / sha256).read_bytes()
            assert hashlib.sha256(data).hexdigest() == sha256
    finally:
        database.close()


def check_desk(home: Path, taken: list[tuple[str, str]]) -> None:
    """It starts from there, takes mail, and shows all that it took before."""
    with whole_desk(home) as desk:
        post(desk.smtp_port, letter("new@home.test", "after", "[after]"))
        subjects = {row.subject for row in desk.conversations()}
        assert {token for token, _ in taken} | {"after"} <= subjects


def as_files(folder: Path, copy: Path) -> Path:
    """Where nothing may be mounted: the files as a killed process left them."""
    shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
    return copy


@contextmanager
def as_it_is(copy: Path, folder: Path) -> Iterator[bool]:
    copy.rename(folder)
    yield False
