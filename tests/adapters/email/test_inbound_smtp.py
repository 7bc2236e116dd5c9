"""The SMTP door: 250 means committed, everything else leaves the mail with its sender."""

import asyncio
import logging
import smtplib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.email import tokens
from adapters.email.config import EmailConfig
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
