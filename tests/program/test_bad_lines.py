"""Lines that are slow, in crumbs, cut or half open: what was said arrives, once, by itself."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.desk import CORDBOARD, WholeDesk
from tests.journeys.hands import Hands
from tests.journeys.letters import letter, read, text_of
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Line, Proxy, proxy
from tests.servers.pty_console import PtyConsole
from wire.messages.verbs import Status

pytestmark = pytest.mark.kills


class Desk(WholeDesk):
    """It looks at its mailbox anew every two seconds, whatever the line says."""

    def _config(self, mail: Dovecot | None) -> str:
        return (
            super()._config(mail).replace('username = "support"', 'username = "support"\nidle = 2')
        )


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Dovecot]:
    with Dovecot.start(tmp_path) as running:
        yield running


@contextmanager
def desk_of(home: Path, mail: Dovecot, imap: Proxy, submission: Proxy) -> Iterator[Desk]:
    ports = replace(mail.ports, imaps=imap.port, submission=submission.port)
    desk = Desk(home, replace(mail, ports=ports))
    try:
        desk.run()
        desk.until(desk.healthy, "channels that work")
        yield desk
    finally:
        desk.end()


@contextmanager
def console_over(desk: Desk, line: Proxy) -> Iterator[Hands]:
    """The agent's machine reaches the desk by that line."""
    url = f"nats://127.0.0.1:{line.port}"
    added = desk.typed("agent", "add", "ana", "--name", "Ana", "--team", "support", "--json")
    subprocess.run(
        [CORDBOARD, "login", "ana", "--code", json.loads(added)["code"], "--url", url],
        cwd=desk.home, env=desk.surroundings, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    with PtyConsole(
        [CORDBOARD, "console", "--as", "ana", "--url", url],
        columns=120, rows=40, env=desk.surroundings, cwd=desk.home,
    ) as terminal:  # fmt: skip
        yield Hands(terminal)


def test_a_bad_line_loses_nothing_and_is_good_again_by_itself(
    tmp_path: Path, mail: Dovecot
) -> None:
    with (
        proxy(mail.ports.imaps) as imap,
        proxy(mail.ports.submission) as submission,
        desk_of(tmp_path, mail, imap, submission) as desk,
        proxy(int(desk.folder.nats_port.read_text("ascii"))) as bus,
        console_over(desk, bus) as ana,
    ):
        # Between the desk and its mailbox, its way out, and between an agent and the desk.
        lines = (imap, submission, bus)
        ana.goes_on_duty()
        hows: tuple[Line, ...] = ("late", "crumbs", "crumbs")
        for line, how in zip(lines, hows, strict=True):
            line.is_(how)
        is_answered(desk, mail, ana, "Order 881")
        for line in lines:
            line.is_("good")
            line.cut()
        is_answered(desk, mail, ana, "Order 882")
        for line in lines:
            line.half_open()
        ana.sees("the link is down")
        is_answered(desk, mail, ana, "Order 883")
        subjects = [read(raw)["Subject"] for raw in mail.mailbox("olena")]
        assert subjects == [f"Re: {subject}" for subject in SUBJECTS]
        assert sorted(row.subject for row in desk.conversations()) == sorted(SUBJECTS)


SUBJECTS = ("Order 881", "Order 882", "Order 883")


def is_answered(desk: Desk, mail: Dovecot, ana: Hands, subject: str) -> None:
    """A customer's mail comes to the agent, and the agent's answer to the customer."""
    mail.deliver("support", letter("Olena <olena@home.test>", subject, "Hm?").as_bytes())
    ana.sees(subject)
    ana.opens(subject)
    ana.press("r")
    ana.sees("^S sends")
    ana.types(f"About {subject}.")
    ana.press("ctrl+s")
    count = SUBJECTS.index(subject) + 1
    answer = read(mail.wait_for_mail("olena", count, seconds=45)[-1])
    assert f"About {subject}." in text_of(answer)
    # A line that breaks before the "250" came makes it uncertain, which is another story.
    desk.until(lambda: desk.asks(Status()).outbox == {"sent": count}, "a message known to be sent")
