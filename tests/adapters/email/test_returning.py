"""A mail of ours that comes back, through a real server both ways: our return path names it."""

import asyncio
import email
import smtplib
from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.email import tokens
from adapters.email.config import EmailConfig
from adapters.sdk import BouncedIn, Outbound, Party, Secret, UnreadableIn
from tests.adapters.email.conftest import KEY, account, at_work, is_ready, until
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from wire.messages.channel import Sent

pytestmark = pytest.mark.program

OUT = Outbound(
    id="out-7",
    epoch=1,
    remote="olena@home.test",
    conversation=42,
    text="on its way",
    subject="returning",
    at=1_790_000_000,
    to=(Party(address="olena@home.test"),),
)
# It names nothing of ours; only the address that it comes to does.
SILENT = (
    b"From: MAILER-DAEMON@mx.test\r\nTo: somebody\r\nSubject: Returned mail\r\n\r\n"
    b"Your message was not delivered.\r\n"
)


def bounced(event: object) -> BouncedIn:
    assert isinstance(event, BouncedIn)
    return event


async def test_what_comes_back_to_the_return_path_names_the_message(mail: Dovecot) -> None:
    async with at_work(account(mail, plus_address=True)) as router:
        await until(lambda: is_ready(router))
        delivery = await router.send("email", "support", OUT)
        assert isinstance(delivery, Sent)
        raws = await asyncio.to_thread(mail.wait_for_mail, "olena")
        (raw,) = [raw for raw in raws if b"Subject: returning" in raw]
        back = str(email.message_from_bytes(raw)["Return-Path"]).strip("<>")
        assert back.startswith("support+b42.out-7.")
        await asyncio.to_thread(mail.deliver, back, SILENT, sender="")
        await until(lambda: router.order)
    event = bounced(router.order[0])
    assert (event.message_id, event.proved) == (delivery.remote_id, True)


async def test_a_bounce_comes_in_by_smtp_to_an_address_of_its_own(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    config = EmailConfig(
        address="support@desk.test",
        bounce_address="returns@desk.test",
        token_secret=Secret(KEY),
        smtp_listen=f"127.0.0.1:{port}",
        deliver_to=str(tmp_path / "out"),
    )
    back = tokens.return_address(KEY.encode(), "returns@desk.test", 42, "out-7")

    def hand_in() -> None:
        with smtplib.SMTP("127.0.0.1", port, "localhost", timeout=10) as smtp:
            smtp.sendmail("", [back], SILENT)

    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        await asyncio.to_thread(hand_in)
        event = bounced(router.order[0])
    ours = tokens.message_id(KEY.encode(), 42, "out-7", "desk.test")
    assert (event.message_id, event.proved) == (ours, True)


async def test_without_plus_addresses_a_mail_goes_out_from_the_account(mail: Dovecot) -> None:
    async with at_work(account(mail)) as router:
        await until(lambda: is_ready(router))
        await router.send("email", "support", replace(OUT, id="out-8", subject="plain"))
        raws = await asyncio.to_thread(mail.wait_for_mail, "olena", 2)
    (raw,) = [raw for raw in raws if b"Subject: plain" in raw]
    assert email.message_from_bytes(raw)["Return-Path"] == "<support@desk.test>"


async def test_a_mail_that_cannot_be_read_is_offered_whole(mail: Dovecot) -> None:
    bomb = b"From: a@home.test\r\n" + b"X: y\r\n" * 5_000 + b"\r\nbody"
    async with at_work(account(mail, folder="INBOX")) as router:
        await until(lambda: is_ready(router))
        await asyncio.to_thread(mail.deliver, "support", bomb)
        await until(lambda: any(isinstance(event, UnreadableIn) for event in router.order))
    (found,) = [event for event in router.order if isinstance(event, UnreadableIn)]
    (file,) = found.attachments
    assert (file.name, file.media_type) == ("mail.eml", "message/rfc822")
    assert router.blobs[file.sha256].count(b"X: y") == 5_000
