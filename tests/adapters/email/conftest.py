"""A real mail server, and an account of ours on it with a router twin behind."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from adapters.email.adapter import Email
from adapters.email.config import EmailConfig
from adapters.sdk import MessageIn, Secret
from adapters.sdk.host import Host
from adapters.sdk.pace import Pace
from tests.adapters.router_twin import RouterTwin
from tests.servers.dovecot import Dovecot
from wire.memory_bus import Hub, MemoryBus

KEY = "a key of ours for this account"
FAST = Pace(health=0.05, announce=0.5, auth=0.3, ask_first=0.01, run_first=0.02, run_most=0.3)


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot.start(tmp_path_factory.mktemp("mail")) as running:
        yield running


def account(mail: Dovecot, **changes: object) -> EmailConfig:
    """The support mailbox, read by IMAP and answered by submission."""
    config = EmailConfig(
        address="support@desk.test",
        title="Support",
        username="support",
        password=Secret(mail.users["support"]),
        token_secret=Secret(KEY),
        ca_file=str(mail.cafile),
        imap_host=mail.host,
        imap_port=mail.ports.imaps,
        smtp_host=mail.host,
        smtp_port=mail.ports.submission,
    )
    return replace(config, **changes)


@asynccontextmanager
async def at_work(config: EmailConfig, name: str = "support") -> AsyncIterator[RouterTwin]:
    """The account runs for the length of the block; what it handed over is at the twin."""
    hub = Hub()
    router, bus = RouterTwin(MemoryBus(hub)), MemoryBus(hub)
    await router.open()
    host = Host(Email(config, name), bus, pace=FAST)
    running = asyncio.create_task(host.run())
    try:
        yield router
    finally:
        host.stop()
        await running
        await bus.close()


async def until(what: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something that other tasks bring about."""
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.01)


def letter(subject: str, text: str = "Where is my order?", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Olena <olena@home.test>"
    message["To"] = "support@desk.test"
    message["Subject"] = subject
    message["Message-ID"] = f"<{subject.replace(' ', '.')}@home.test>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def subjects(router: RouterTwin) -> list[str]:
    return [event.subject for event in router.order if isinstance(event, MessageIn)]


def is_ready(router: RouterTwin) -> bool:
    return bool(router.health) and router.health[-1].state == "ready"
