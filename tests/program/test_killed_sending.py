"""What is being sent when something dies: known at once, repeated under its name, never lost."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.journeys.desk import WholeDesk
from tests.journeys.letters import DESK, letter
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from wire.messages.desk import OutboxRow
from wire.messages.verbs import ReadOutbox, Reply

pytestmark = pytest.mark.kills

JAN, OLENA = "jan@home.test", "olena@home.test"


class Provider:
    """A mail provider that takes its time: it has the mail, and its "250 OK" comes when told."""

    def __init__(self) -> None:
        self.has: list[str] = []
        self.answers = threading.Event()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if envelope.rcpt_tos == [JAN]:
            return "550 5.7.1 not from you"
        self.has.append(message_from_bytes(envelope.content)["Message-ID"])
        await asyncio.to_thread(self.answers.wait, 60)
        return "250 OK"


class Desk(WholeDesk):
    """Its mail goes out by that provider."""

    def __init__(self, home: Path, port: int) -> None:
        self.port = port
        super().__init__(home, None)

    def _config(self, mail: Dovecot | None) -> str:
        out = f'smtp_host = "127.0.0.1"\nsmtp_port = {self.port}\nsmtp_security = "none"'
        return super()._config(mail).replace(f'deliver_to = "{self.mailbox}"', out)

    def outbox(self, state: str = "") -> list[OutboxRow]:
        return list(self.asks(ReadOutbox(state=state)).rows)

    def writes(self, customer: str, count: int) -> None:
        """A customer writes, and is answered."""
        raw = letter(customer, "Hm", "?").as_bytes()
        with smtplib.SMTP("127.0.0.1", self.smtp_port, "localhost", timeout=20) as smtp:
            smtp.sendmail(customer, [DESK], raw)
        self.until(lambda: len(self.conversations()) == count, "a conversation")
        number = self.conversations()[-1].id
        self.asks(Reply(conversation=number, text="On its way", anyway=True))


@pytest.fixture(scope="module")
def provider() -> Provider:
    return Provider()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Desk]:
    """Jan and Olena wrote and were answered; the provider does not want the mail to Jan."""
    (port,) = free_ports(1)
    controller = Controller(provider, hostname="127.0.0.1", port=port)
    controller.start()
    desk = Desk(tmp_path_factory.mktemp("desk"), port)
    try:
        desk.run()
        desk.until(desk.healthy, "channels that work")
        desk.writes(JAN, 1)
        desk.writes(OLENA, 2)
        yield desk
    finally:
        provider.answers.set()
        desk.end()
        controller.stop()


def test_a_provider_that_says_no_is_heard_in_words_and_a_person_settles_it(desk: Desk) -> None:
    (row,) = desk.until(lambda: desk.outbox("failed"), "a failed message")
    assert row.reason == "the mail server refuses it: 550 5.7.1 not from you"
    assert "not from you" in desk.typed("outbox")
    desk.typed("outbox", "drop", str(row.message))
    assert [one.id for one in desk.outbox("cancelled")] == [row.id]


def test_a_bus_a_router_and_an_adapter_killed_while_sending(desk: Desk, provider: Provider) -> None:
    """Without anybody's asking each of these would hold up the message for 45 seconds."""
    desk.until(lambda: provider.has, "a mail at the provider")
    desk.until_back("nats-server", desk.kill("nats-server"))
    (row,) = desk.until(lambda: desk.outbox("sending"), "a message that is being sent")
    assert (len(provider.has), row.doubts) == (1, 0), "its adapter lives and is at it"
    desk.until_back("router", desk.kill("router"))
    (row,) = desk.until(lambda: desk.outbox("sending"), "a message that is being sent")
    assert (len(provider.has), row.doubts) == (1, 0), "the new router heard that it is at it"
    desk.kill("support")
    desk.until(lambda: len(provider.has) == 2, "a repeat", seconds=20)
    provider.answers.set()
    (row,) = desk.until(lambda: desk.outbox("sent"), "a sent message", seconds=20)
    assert provider.has[0] == provider.has[1], "a mail store shows it once"
    assert row.doubts == 1, "and the desk knows that it may be there twice"
    assert "perhaps it arrived twice" in desk.thread(row.contact)[-1].reason
