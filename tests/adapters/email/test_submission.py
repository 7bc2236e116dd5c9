"""Sending through a real submission server, and into a folder."""

import asyncio
import email
import mailbox
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.email import tokens
from adapters.email.adapter import Email
from adapters.email.config import EmailConfig, OAuth
from adapters.sdk import Attachment, Outbound, Party, Secret
from tests.adapters.email.conftest import KEY, account, at_work, until
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from wire.blobs import digest
from wire.messages import channel
from wire.messages.channel import Delivery, Sent

pytestmark = pytest.mark.program

OUT = Outbound(
    id="out-1",
    epoch=1,
    remote="olena@home.test",
    conversation=42,
    text="Ваше замовлення в дорозі.",
    subject="Re: order",
    at=1_790_000_000,
    to=(Party(address="olena@home.test", name="Олена"),),
    references=("<first@home.test>",),
)


async def sent(config: EmailConfig, *messages: Outbound, blob: bytes = b"") -> list[Delivery]:
    async with at_work(config) as router:
        if blob:
            router.keep_blob(blob, digest(blob))
        await until(lambda: router.health)
        return [await router.send("email", "support", message) for message in messages]


def only(config: EmailConfig) -> EmailConfig:
    """Without its mailbox: these tests are about sending."""
    (port,) = free_ports(1)
    return replace(config, imap_host="", smtp_listen=f"127.0.0.1:{port}")


def subject_is(raw: bytes, subject: str) -> bool:
    return f"Subject: {subject}".encode() in raw


async def test_a_reply_arrives_in_its_thread_with_its_file(mail: Dovecot) -> None:
    data = b"%PDF" + bytes(300_000)
    file = Attachment(sha256=digest(data), name="рахунок.pdf", media_type="application/pdf", size=9)
    message = replace(OUT, subject="with a file", attachments=(file,))
    (delivery,) = await sent(only(account(mail)), message, blob=data)
    assert isinstance(delivery, Sent)
    raws = await asyncio.to_thread(mail.wait_for_mail, "olena")
    (raw,) = [raw for raw in raws if subject_is(raw, "with a file")]
    found = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert found["Message-ID"] == delivery.remote_id
    assert tokens.proved(KEY.encode(), ids=[delivery.remote_id]) == 42
    assert found["In-Reply-To"] == found["References"] == "<first@home.test>"
    assert str(found["To"]) == "Олена <olena@home.test>"
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == OUT.text
    (part,) = found.iter_attachments()
    assert isinstance(part, EmailMessage)
    assert (part.get_filename(), part.get_content()) == ("рахунок.pdf", data)


async def test_many_go_over_one_connection(mail: Dovecot) -> None:
    messages = [replace(OUT, id=f"many-{number}", subject=f"many {number}") for number in range(10)]
    verdicts = await sent(only(account(mail)), *messages)
    assert all(isinstance(verdict, Sent) for verdict in verdicts)
    logins = mail.log().count("submission-login: Login: user=<support>")
    assert logins < 5


async def test_a_server_that_was_restarted_is_connected_to_again(mail: Dovecot) -> None:
    async with at_work(only(account(mail))) as router:
        await until(lambda: router.health)
        first = await router.send("email", "support", replace(OUT, id="r-1"))
        mail.restart()  # from this thread: the server dies with the one that starts it
        second = await router.send("email", "support", replace(OUT, id="r-2"))
    assert isinstance(first, Sent)
    assert isinstance(second, Sent)


async def test_bcc_gets_it_and_is_named_nowhere(mail: Dovecot) -> None:
    message = replace(OUT, id="bcc", subject="hidden", bcc=(Party(address="ivan@home.test"),))
    await sent(only(account(mail)), message)
    raws = await asyncio.to_thread(mail.wait_for_mail, "ivan")
    (raw,) = [raw for raw in raws if subject_is(raw, "hidden")]
    assert b"ivan@home.test" not in raw.split(b"Message-ID:", 1)[1]


async def test_one_refused_recipient_does_not_keep_it_from_the_others(mail: Dovecot) -> None:
    message = replace(OUT, id="partly", cc=(Party(address="x@nowhere.test"),))
    (verdict,) = await sent(only(account(mail)), message)
    assert isinstance(verdict, Sent)
    assert list(verdict.refused) == ["x@nowhere.test"]
    assert verdict.refused["x@nowhere.test"].startswith("550")


def gone(mail: Dovecot) -> EmailConfig:
    return only(account(mail, smtp_port=free_ports(1)[0]))


async def test_what_nobody_takes_is_rejected_with_the_servers_words(mail: Dovecot) -> None:
    nobody = replace(OUT, id="nobody", to=(Party(address="x@nowhere.test"),))
    broken = replace(OUT, id="broken", to=(Party(address="no address"),))
    refused, impossible = await sent(only(account(mail)), nobody, broken)
    assert isinstance(refused, channel.Rejected)
    assert (refused.code, "no such domain" in refused.reason) == ("550", True)
    assert isinstance(impossible, channel.Rejected)


async def test_what_may_work_later_is_tried_again_and_says_why(mail: Dovecot) -> None:
    wrong = only(account(mail, password=Secret("wrong")))
    untrusted = only(account(mail, ca_file=""))
    reasons = []
    for number, config in enumerate((wrong, untrusted, gone(mail))):
        (verdict,) = await sent(config, replace(OUT, id=f"later-{number}"))
        assert isinstance(verdict, channel.Retry)
        reasons.append(verdict.reason)
    assert "refuses to log us in: " in reasons[0]
    assert "certificate is not trusted" in reasons[1]
    assert "localhost:" in reasons[2]


async def test_a_wrong_password_for_sending_is_in_the_health(mail: Dovecot) -> None:
    async with at_work(only(account(mail, password=Secret("wrong")))) as router:
        await until(lambda: router.health)
        await router.send("email", "support", OUT)
        await until(lambda: router.health[-1].state == "paused")
        assert "refuses to log us in" in router.health[-1].said


async def test_a_token_is_used_and_a_revoked_one_renewed(mail: Dovecot) -> None:
    mail.tokens.refreshing["refresh"] = "support@desk.test"
    oauth = OAuth(mail.tokens.token_url, "desk", refresh_token=Secret("refresh"))
    config = only(account(mail, password=None, oauth=oauth))
    async with at_work(config) as router:
        await until(lambda: router.health)
        first = await router.send("email", "support", replace(OUT, id="t-1"))
        mail.tokens.revoke_all()
        mail.restart()  # so that a new connection has to log in
        second = await router.send("email", "support", replace(OUT, id="t-2"))
    assert isinstance(first, Sent)
    assert isinstance(second, Sent)


async def test_a_connection_that_breaks_after_the_text_leaves_its_fate_unknown() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                break
            writer.write(b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    config = EmailConfig(
        address="support@desk.test",
        token_secret=Secret(KEY),
        smtp_listen=f"127.0.0.1:{free_ports(1)[0]}",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
    )
    (verdict,) = await sent(config, OUT)
    assert isinstance(verdict, channel.Unknown)
    server.close()


async def test_a_folder_can_stand_in_for_a_server(tmp_path: Path) -> None:
    config = EmailConfig(
        address="support@desk.test",
        token_secret=Secret(KEY),
        smtp_listen=f"127.0.0.1:{free_ports(1)[0]}",
        deliver_to=str(tmp_path / "deep" / "out"),
    )
    assert "sending works" in await Email(config, "support").check()
    (verdict,) = await sent(config, replace(OUT, bcc=(Party(address="b@home.test"),)))
    assert isinstance(verdict, Sent)
    found = list(mailbox.Maildir(config.deliver_to))
    assert {one["Message-ID"] for one in found} == {verdict.remote_id}
    # As at a server, what one gets does not say who else got it unseen.
    to = sorted(one.get_all("X-Envelope-To", []) for one in found)
    assert to == [["b@home.test"], ["olena@home.test"]]
    assert sum(b"b@home.test" in one.as_bytes() for one in found) == 1
