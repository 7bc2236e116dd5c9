"""The second way in: a small SMTP server that says 250 only when the mail is committed."""

import asyncio
import hashlib
import logging
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from adapters.email.config import EmailConfig, listening
from adapters.email.intake import Intake
from adapters.sdk import Inbox, NotNow, Unavailable
from adapters.sdk.marks import passing

# It logs each command, addresses and all.
logging.getLogger("mail.log").setLevel(logging.WARNING)

PART = "smtp"
# One mail to us, not to a crowd; and a slow client holds a connection no longer than this.
RECIPIENTS = 100
COMMAND_SECONDS = 120

TAKEN = "250 2.0.0 taken"
LATER = "451 4.3.0 the desk cannot take mail at the moment, please try again"
ENDING = b"421 4.3.2 the desk is ending, please try again\r\n"
NOT_HERE = "550 5.1.1 there is nobody of this name here"
CROWD = "452 4.5.3 too many recipients"


class Session(SMTP):
    """Mail is written with lines longer than the rules allow, and a person wants to read it."""

    # `size_limit` bounds the whole mail; a command has its own limit.
    line_length_limit = 1024 * 1024

    async def push(self, status: str | bytes) -> None:
        await super().push(status)
        if status == TAKEN:
            passing("smtp.told")


class Door:
    """What aiosmtpd asks while a mail comes in."""

    def __init__(self, config: EmailConfig, intake: Intake, inbox: Inbox) -> None:
        self._ours = frozenset(map(str.lower, _addresses(config)))
        self._patience = config.smtp_patience
        self._intake, self._inbox = intake, inbox

    async def handle_RCPT(
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if untagged(address) not in self._ours:
            return NOT_HERE
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return CROWD
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode("utf-8", "replace")
        passing("smtp.taking")
        try:
            async with asyncio.timeout(self._patience):
                await self._intake.take(
                    _enveloped(raw, envelope), _event_id(raw), recipients=envelope.rcpt_tos
                )
        except (TimeoutError, NotNow):
            return LATER
        except Exception:  # whatever broke, the sender still has the mail
            self._inbox.log.exception("a mail could not be taken")
            return LATER
        passing("smtp.taken")
        return TAKEN


def _addresses(config: EmailConfig) -> tuple[str, ...]:
    return (config.address, *config.aliases, *filter(None, [config.bounce_address]))


def untagged(address: str) -> str:
    """`Support+tok@desk` → `support@desk`."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _event_id(raw: bytes) -> str:
    """The same when the sender repeats it after a lost 250: then it is a duplicate."""
    return f"smtp.{hashlib.sha256(raw).hexdigest()}"


def _enveloped(raw: bytes, envelope: Envelope) -> bytes:
    """With what only the envelope knew, as any receiving server writes it down."""
    to = "".join(f"Delivered-To: {one}\r\n" for one in envelope.rcpt_tos)
    return f"Return-Path: <{envelope.mail_from or ''}>\r\n{to}".encode("utf-8", "replace") + raw


async def serve(config: EmailConfig, intake: Intake, inbox: Inbox) -> None:
    """Listen until cancelled. Raises Unavailable when the port is taken."""
    door = Door(config, intake, inbox)
    async with _listening(config, lambda: _session(config, door)) as place:
        inbox.ready(part=PART)
        inbox.log.info("SMTP listens on %s", place)
        await asyncio.Event().wait()


def _session(config: EmailConfig, door: Door) -> Session:
    return Session(
        door,
        data_size_limit=config.size_limit,
        enable_SMTPUTF8=True,
        hostname=config.domain,
        ident="Cordboard",
        tls_context=_certificate(config),
        timeout=COMMAND_SECONDS,
        auth_exclude_mechanism=("LOGIN", "PLAIN"),  # nobody logs in here
        loop=asyncio.get_running_loop(),
    )


def _certificate(config: EmailConfig) -> ssl.SSLContext | None:
    if not config.smtp_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.smtp_certificate, config.smtp_key)
    except (OSError, ssl.SSLError) as error:
        said = f"smtp_certificate {config.smtp_certificate} cannot be used: {error}"
        raise Unavailable(said) from error
    return context


@asynccontextmanager
async def _listening(config: EmailConfig, session: Callable[[], SMTP]) -> AsyncIterator[str]:
    """The open port. At the end whoever is still connected is cut off, and keeps their mail."""
    _certificate(config)  # a broken one is told now, and not to the first sender
    host, port = listening(config.smtp_listen) or ("", 0)
    sessions: list[SMTP] = []

    def one_more() -> SMTP:
        sessions[:] = [one for one in sessions if one.transport is not None]
        sessions.append(session())
        return sessions[-1]

    try:
        server = await asyncio.get_running_loop().create_server(one_more, host, port)
    except OSError as error:
        # asyncio's own words name the address a second time.
        why = os.strerror(error.errno) if error.errno else str(error)
        said = f"smtp_listen {config.smtp_listen}: {why}"
        raise Unavailable(said) from error
    try:
        yield config.smtp_listen
    finally:
        server.close()
        for one in (session for session in sessions if session.transport is not None):
            transport: Any = one.transport
            transport.write(ENDING)
            transport.close()  # what was written is still sent
        await server.wait_closed()
