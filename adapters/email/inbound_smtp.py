"""The second way in: a small SMTP server that says 250 only when the mail is committed."""

import asyncio
import hashlib
import logging
import os
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, AnyStr

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


# An address without quotes, comments or routes, and what stands behind it.
_PLAIN = re.compile(r"(?a)<([\w+=-]+(?:\.[\w+=-]+)*@[\w-]+(?:\.[\w-]+)*)>(| \w.*)")


class TooMuch(Exception):
    """The mail is too large, or no mail; the words are for who sent it."""


class Session(SMTP):
    """Mail is written with lines longer than the rules allow, and a person wants to read it."""

    # `size_limit` bounds the whole mail; a command has its own limit.
    line_length_limit = 1024 * 1024

    async def push(self, status: AnyStr) -> None:
        await super().push(status)
        if status == TAKEN:
            passing("smtp.told")

    async def smtp_DATA(self, arg: str) -> None:
        """As the library does, but by the piece: line by line a mail costs more than to read it."""
        envelope, refusal = self._addressed(), self._out_of_turn(arg)
        if refusal:
            await self.push(refusal)
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            content = await self._content()
        except TooMuch as error:
            said = str(error)
        else:
            envelope.content = envelope.original_content = content
            said = str(await self._call_handler_hook("DATA"))
        self.envelope = self._create_envelope()
        await self.push(said)

    def _addressed(self) -> Envelope:
        if self.envelope is None:
            raise RuntimeError("a command came before the connection was made")
        return self.envelope

    def _out_of_turn(self, arg: str) -> str:
        if self.session is None or not self.session.host_name:
            return "503 Error: send HELO first"
        if not self._addressed().rcpt_tos:
            return "503 Error: need RCPT command"
        return "501 Syntax: DATA" if arg else ""

    async def _content(self) -> bytes:
        """All up to the line that is a dot, with the dots undone. Raises TooMuch once it is over.

        Only `<CR><LF>.<CR><LF>` ends it: what other servers take for an end smuggles a second mail.
        """
        data, size, limit = bytearray(), 0, self.data_size_limit or 0
        while not (data == b".\r\n" or data.endswith(b"\r\n.\r\n")):
            piece = await self._piece()
            size += len(piece)
            data += piece
            if size > limit + 3:
                del data[:-5]
        if size > limit + 3:
            raise TooMuch("552 Error: Too much mail data")
        if len(data) > self.line_length_limit and self._has_long_line(data):
            raise TooMuch("500 Line too long (see RFC5321 4.5.3.1.6)")
        whole = bytes(data[:-3])
        return whole[whole.startswith(b".") :].replace(b"\r\n.", b"\r\n")

    async def _piece(self) -> bytes:
        """Up to the next place where it may end, or as much as is held at once."""
        try:
            return await self._reader.readuntil(b".\r\n")
        except asyncio.LimitOverrunError as error:
            return await self._reader.readexactly(error.consumed)

    def _has_long_line(self, data: bytearray) -> bool:
        # Some programs end their lines with `<LF>` alone: those are lines for who reads them.
        return max(map(len, data.split(b"\n"))) > self.line_length_limit

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Nearly all addresses are plain; the library's grammar of all others costs a tenth."""
        plain = _PLAIN.fullmatch(arg)
        if plain:
            return plain[1], plain[2]
        known: tuple[str | None, str | None] = super()._getaddr(arg)
        return known


class Door:
    """What aiosmtpd asks while a mail comes in."""

    def __init__(self, config: EmailConfig, intake: Intake, inbox: Inbox) -> None:
        self._ours = frozenset(map(str.lower, _addresses(config)))
        self._patience = config.smtp_patience
        self._intake, self._inbox = intake, inbox

    async def handle_EHLO(
        self, _server: SMTP, session: Any, _envelope: Envelope, name: str, offers: list[str]
    ) -> list[str]:
        """Commands may come together: they are read one by one all the same."""
        session.host_name = name
        return [*offers[:-1], "250-PIPELINING", offers[-1]]

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
