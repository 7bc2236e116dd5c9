"""The mail server behind Dovecot's submission: takes mail for our domains, delivers it by LMTP."""

import asyncio
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


class Relay:
    """Closes the loop submission → relay → LMTP → INBOX with no root anywhere."""

    def __init__(self, lmtp_port: int, domains: tuple[str, ...]) -> None:
        self.lmtp_port = lmtp_port
        self.domains = domains
        # Until then everybody is told to come again.
        self.busy_until = 0.0

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if time.monotonic() < self.busy_until:
            return "451 4.7.1 slowly, please"
        if address.rpartition("@")[2].lower() not in self.domains:
            return "550 5.1.2 no such domain here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        try:
            await asyncio.to_thread(
                deliver, self.lmtp_port, envelope.mail_from, envelope.rcpt_tos, envelope.content
            )
        except (OSError, smtplib.SMTPException) as error:
            return f"451 4.3.0 {type(error).__name__}, try again"
        return "250 OK"


def deliver(lmtp_port: int, sender: str, recipients: list[str], message: bytes) -> None:
    # A local name is given because looking up our own can take seconds.
    with smtplib.LMTP("127.0.0.1", lmtp_port, "localhost", timeout=10) as lmtp:
        lmtp.sendmail(sender, recipients, message)


@contextmanager
def relay(port: int, *, lmtp_port: int, domains: tuple[str, ...]) -> Iterator[Relay]:
    ours = Relay(lmtp_port, domains)
    controller = Controller(ours, hostname="127.0.0.1", port=port, data_size_limit=40_000_000)
    controller.start()
    try:
        yield ours
    finally:
        controller.stop()
