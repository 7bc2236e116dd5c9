"""The SMTP door: 250 means committed, everything else leaves the mail with its sender."""

import asyncio
import logging
import smtplib
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.email import tokens
from adapters.email.config import EmailConfig
from adapters.email.inbound_smtp import Session
from adapters.sdk import MessageIn, Secret
from tests.adapters.email.conftest import KEY, at_work, is_ready, letter, subjects, until
from tests.servers.dovecot import make_certificate
from tests.servers.ports import free_ports

pytestmark = pytest.mark.program


@pytest.fixture
def config(tmp_path: Path) -> EmailConfig:
    return EmailConfig(
        address="support@desk.test",
        aliases=("Help@desk.test",),
        token_secret=Secret(KEY),
        smtp_listen=f"127.0.0.1:{free_ports(1)[0]}",
        smtp_patience=0.5,
        size_limit=100_000,
        deliver_to=str(tmp_path / "out"),
    )


def door(config: EmailConfig) -> Callable[..., Awaitable[int]]:
    """Hands a mail in as another mail server would; the code of the last answer."""
    _, _, port = config.smtp_listen.rpartition(":")

    def hand_in(raw: bytes, to: str = "support@desk.test", sender: str = "olena@home.test") -> int:
        with smtplib.SMTP("127.0.0.1", int(port), "localhost", timeout=10) as smtp:
            try:
                smtp.sendmail(sender, [to], raw)
            except smtplib.SMTPRecipientsRefused as error:
                return error.recipients[to][0]
            except smtplib.SMTPResponseException as error:
                return error.smtp_code
            return 250

    async def handed_in(*arguments: object) -> int:
        return await asyncio.to_thread(hand_in, *arguments)  # type: ignore[arg-type]

    return handed_in


async def test_a_mail_is_taken_once_it_is_committed(config: EmailConfig) -> None:
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        assert await door(config)(letter("by smtp")) == 250
        assert subjects(router) == ["by smtp"]
        event = router.order[0]
    assert isinstance(event, MessageIn)
    evidence = bytes(router.blobs[event.raw])
    assert evidence.startswith(b"Return-Path: <olena@home.test>\r\nDelivered-To: support@desk.test")


async def test_a_repeat_after_a_lost_answer_is_the_same_message(config: EmailConfig) -> None:
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        assert await door(config)(letter("twice")) == 250
        assert await door(config)(letter("twice")) == 250
        assert subjects(router) == ["twice"]


async def test_without_an_active_router_it_must_come_again(config: EmailConfig) -> None:
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        router.active = False
        assert await door(config)(letter("too early")) == 451
        assert router.order == []
        router.active = True
        assert await door(config)(letter("too early")) == 250
        assert subjects(router) == ["too early"]


async def test_with_no_router_at_all_it_must_come_again(config: EmailConfig) -> None:
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        await router.close()
        assert await door(config)(letter("nobody there")) == 451
        await router.open()


async def test_a_mail_that_is_too_large_is_refused_for_good(config: EmailConfig) -> None:
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        assert await door(config)(letter("large", "x\n" * 60_000)) == 552
        assert router.order == []


async def test_lines_longer_than_the_rules_allow_are_taken(config: EmailConfig) -> None:
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        raw = b"From: o@home.test\r\nSubject: one line\r\n\r\n" + b"x" * 50_000 + b"\r\n"
        assert await door(config)(raw) == 250
        assert subjects(router) == ["one line"]


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("SUPPORT@desk.test", 250),
        ("help@desk.test", 250),
        ("support+anything@desk.test", 250),
        ("boss@desk.test", 550),
        ("support@elsewhere.test", 550),
    ],
)
async def test_only_our_own_addresses_are_let_in(config: EmailConfig, to: str, code: int) -> None:
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        assert await door(config)(letter("to whom"), to) == code


async def test_a_tag_that_only_the_envelope_has_proves_the_conversation(
    config: EmailConfig,
) -> None:
    tagged = tokens.reply_address(KEY.encode(), "support@desk.test", 42)
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        assert await door(config)(letter("answer"), tagged) == 250
    event = router.order[0]
    assert isinstance(event, MessageIn)
    assert event.proved == 42


async def test_an_unreadable_mail_is_taken_and_shown(config: EmailConfig) -> None:
    bomb = b"From: a@home.test\r\n" + b"X: y\r\n" * 5_000 + b"\r\nbody"
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        assert await door(config)(bomb) == 250
        assert type(router.order[0]).__name__ == "UnreadableIn"


async def test_it_offers_tls_with_a_certificate(config: EmailConfig, tmp_path: Path) -> None:
    make_certificate(tmp_path, tmp_path)
    certified = replace(
        config,
        smtp_certificate=str(tmp_path / "server.pem"),
        smtp_key=str(tmp_path / "server.key"),
    )
    port = int(config.smtp_listen.rpartition(":")[2])

    def over_tls() -> None:
        import ssl

        with smtplib.SMTP("localhost", port, "localhost", timeout=10) as smtp:
            trusted = ssl.create_default_context(cafile=str(tmp_path / "dovecot-ca.pem"))
            smtp.starttls(context=trusted)
            smtp.sendmail("olena@home.test", ["support@desk.test"], letter("sealed"))

    async with at_work(certified) as router:
        await until(lambda: is_ready(router))
        await asyncio.to_thread(over_tls)
        assert subjects(router) == ["sealed"]


async def test_a_port_that_is_taken_is_told(config: EmailConfig) -> None:
    async with at_work(config) as first:
        await until(lambda: is_ready(first))
        async with at_work(config, "second") as second:
            said = f"smtp_listen {config.smtp_listen}: Address already in use"
            await until(lambda: any(said in health.said for health in second.health))


async def test_stopping_leaves_no_task_and_no_open_port(config: EmailConfig) -> None:
    before = asyncio.all_tasks()
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        port = int(config.smtp_listen.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await reader.readline()).startswith(b"220")
    # Whoever is in the middle of it hears that they should come again, and is cut off.
    assert (await reader.read()).startswith(b"421 ")
    writer.close()
    await asyncio.sleep(0)
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_no_body_and_no_address_is_logged(
    config: EmailConfig, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with at_work(config) as router:
            await until(lambda: is_ready(router))
            await door(config)(letter("a secret subject", "a secret body"))
    assert "secret" not in caplog.text
    assert "olena" not in caplog.text


def conversation(config: EmailConfig, data: bytes) -> list[bytes]:
    """All commands at once, then the data as it stands; the codes of the answers."""
    host, _, port = config.smtp_listen.rpartition(":")
    commands = b"EHLO a.test\r\nMAIL FROM:<o@home.test>\r\nRCPT TO:<support@desk.test>\r\nDATA\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(commands + data + b"QUIT\r\n")
        said = b"".join(iter(lambda: line.recv(4096), b""))
    return [one[:3] for one in said.splitlines() if one[3:4] == b" "]


HEAD = b"From: o@home.test\r\nSubject: s\r\n\r\n"


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r", b"\r\n\x00.\r\n"]
)
async def test_nothing_but_a_dot_between_two_line_ends_ends_a_mail(
    config: EmailConfig, end: bytes
) -> None:
    smuggled = b"MAIL FROM:<ceo@bank.test>\r\nRCPT TO:<support@desk.test>\r\nDATA\r\n"
    data = HEAD + b"one" + end + smuggled + HEAD + b"two\r\n.\r\n"
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        codes = await asyncio.to_thread(conversation, config, data)
        assert codes == [b"220", b"250", b"250", b"250", b"354", b"250", b"221"]
        assert len(router.order) == 1


async def test_doubled_dots_are_single_again_and_sentences_may_end_in_one(
    config: EmailConfig,
) -> None:
    body = b"A sentence.\r\n..hidden\r\n...\r\nThe end.\r\n"
    async with at_work(config) as router:
        await until(lambda: is_ready(router))
        await asyncio.to_thread(conversation, config, HEAD + body + b".\r\n")
        event = router.order[0]
    assert isinstance(event, MessageIn)
    assert event.text == "A sentence.\n.hidden\n..\nThe end."


async def test_an_empty_mail_ends_at_once_and_a_long_line_is_refused(config: EmailConfig) -> None:
    large = replace(config, size_limit=3 * 1024 * 1024)
    async with at_work(large) as router:
        await until(lambda: is_ready(router))
        codes = await asyncio.to_thread(conversation, large, b".\r\n")
        assert codes[4:] == [b"354", b"250", b"221"]
        endless = HEAD + b"x" * (Session.line_length_limit + 1) + b"\r\n.\r\n"
        codes = await asyncio.to_thread(conversation, large, endless)
        assert codes[4:] == [b"354", b"500", b"221"]
        assert len(router.order) == 1


async def test_a_large_mail_of_short_lines_is_taken_whatever_ends_them(config: EmailConfig) -> None:
    large = replace(config, size_limit=3 * 1024 * 1024, smtp_patience=20.0)
    lines = b"x" * 75 + b"\n"
    raw = HEAD.replace(b"\r", b"") + lines * (Session.line_length_limit // len(lines) + 1)
    async with at_work(large) as router:
        await until(lambda: is_ready(router))
        for mail in (raw, raw.replace(b"\n", b"\r\n")):
            assert await door(large)(mail) == 250
        assert len(router.order) == 2


async def test_no_mail_larger_than_the_limit_by_a_byte(config: EmailConfig) -> None:
    for more, code in ((0, b"250"), (1, b"552")):
        body = b"y" * (config.size_limit - len(HEAD) - 2 + more)
        async with at_work(config) as router:
            await until(lambda: is_ready(router))
            codes = await asyncio.to_thread(conversation, config, HEAD + body + b"\r\n.\r\n")
        assert codes[5] == code
