"""The desk as a service: it says when it is ready, and its logs name nobody."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.desk import WholeDesk, whole_desk
from tests.journeys.letters import letter, post
from wire.messages.verbs import Ledger, ReadLedger, Status

pytestmark = pytest.mark.journey

# In each place of a mail that a person fills in, and in what is answered and noted.
TOKENS = ("hushname", "hushbox", "hushtopic", "hushbody", "hushfile", "hushbad", "hushreply")


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Who listens at the socket that the environment names."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def test_a_desk_that_is_looked_after(systemd: socket.socket, tmp_path: Path) -> None:
    with whole_desk(tmp_path) as desk:
        assert b"READY=1" in heard(systemd, b"READY=1")
        customers_write(desk)
        logs = logs_of(desk)
        assert [words for words in TOKENS if words in logs] == []
        assert desk.end() == 0
        assert b"STOPPING=1" in heard(systemd, b"STOPPING=1")


def heard(systemd: socket.socket, fact: bytes) -> bytes:
    while fact not in (told := systemd.recv(1_000)):
        pass
    return told


def customers_write(desk: WholeDesk) -> None:
    """A mail, one that lies about itself, one that nobody is there for, and an answer."""
    mail = letter("Hushname <hushbox@home.test>", "hushtopic", "hushbody, my password is hushbody")
    mail.add_attachment(b"hushfile", "text", "plain", filename="hushfile.txt")
    post(desk.smtp_port, mail)
    post(desk.smtp_port, broken())
    desk.until(lambda: len(ledger(desk).rows) == 2, "two lines of the ledger")
    number = str(desk.conversations()[0].id)
    desk.typed("reply", number, "hushreply")
    desk.typed("comment", number, "hushbody")
    desk.typed("search", "hushtopic")
    desk.until(lambda: desk.asks(Status()).outbox.get("sent"), "an answer that is sent")


def broken() -> bytes:
    return (
        b"From: =?nonsense?q?hushbad?= <hushbad@home.test>\r\nTo: support@desk.test\r\n"
        b"Subject: =?utf-8?b?hushbad?=\r\nMessage-ID: <hushbad@home.test>\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/plain; charset=hushbad\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nhushbad%%%\r\n"
    )


def ledger(desk: WholeDesk) -> Ledger:
    found: Ledger = desk.asks(ReadLedger())
    return found


def logs_of(desk: WholeDesk) -> str:
    """All that its parts wrote; each line of the router and the channels is JSON."""
    found = []
    for path in sorted(desk.folder.logs.glob("*.log")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += lines
        told = [line for line in lines if not line.startswith("router ready")]
        assert [line for line in told if not {"at", "level", "of", "said"} <= set(read(line))] == []
    assert found
    return "\n".join([*found, desk.words()]).lower()


def read(line: str) -> dict[str, str]:
    try:
        told: dict[str, str] = json.loads(line)
    except ValueError:
        return {}
    return told
