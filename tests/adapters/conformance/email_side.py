"""Mail's side: a real Dovecot with customers' mailboxes, and a mail server at our SMTP door."""

import asyncio
import base64
import email
import hashlib
import imaplib
import smtplib
import time
import uuid
from collections.abc import Mapping
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from adapters.sdk.conformance.counterpart import Counterpart, Shown
from adapters.sdk.conformance.desk import Desk
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports

OURS, CUSTOMER = "support@desk.test", "olena@home.test"


class MailSide(Counterpart):
    """In by IMAP, out by submission. IMAP is told nothing: our place is kept at the desk."""

    kind = "email"

    def __init__(self, mail: Dovecot) -> None:
        self.mail = mail
        # A mail of 36 MB is read once.
        self._read: dict[bytes, tuple[str, Shown]] = {}

    def keys(self, folder: Path, *, wrong: bool = False) -> Mapping[str, Any]:
        return {
            **self._account(folder, "not this" if wrong else self.mail.users["support"]),
            "imap_host": self.mail.host,
            "imap_port": self.mail.ports.imaps,
        }

    def _account(self, folder: Path, password: str) -> dict[str, Any]:
        (folder / "password").write_text(password)
        (folder / "key").write_text("a key of ours for this account")
        return {
            "address": OURS,
            "username": "support",
            "password": {"file": "password"},
            "token_secret": {"file": "key"},
            "ca_file": str(self.mail.cafile),
            "smtp_host": self.mail.host,
            "smtp_port": self.mail.ports.submission,
        }

    async def open(self) -> None:
        if self.mail.running:
            for user in ("support", "olena"):
                await asyncio.to_thread(self._empty, user)
        else:
            self.mail.restart()  # from this thread: the server dies with the one that starts it

    async def kill(self) -> None:
        self.mail.kill()

    async def close(self) -> None:
        if not self.mail.running:
            self.mail.restart()

    async def write(self, customer: str, text: str, file: bytes = b"") -> None:
        await asyncio.to_thread(self.mail.deliver, "support", letter(text, file))

    async def again(self, desk: Desk) -> None:
        """Our place in the mailbox was lost: all of it is read once more."""
        await desk.stop()
        desk.router.cursors.clear()
        await desk.start()

    async def shown(self, customer: str) -> list[Shown]:
        raws = await asyncio.to_thread(self.mail.mailbox, "olena")
        for raw in raws:
            if raw not in self._read:
                self._read[raw] = await asyncio.to_thread(_read, raw)
        # Mail programs show what bears one Message-ID once.
        return list(dict(self._read[raw] for raw in raws).values())

    async def slow_down(self, seconds: float) -> None:
        self.mail.relay.busy_until = time.monotonic() + seconds

    def _empty(self, user: str) -> None:
        with imaplib.IMAP4_SSL(
            self.mail.host, self.mail.ports.imaps, ssl_context=self.mail.tls, timeout=10
        ) as imap:
            imap.login(user, self.mail.users[user])
            if imap.select("INBOX")[1] != [b"0"]:
                imap.store("1:*", "+FLAGS.SILENT", r"\Deleted")
                imap.expunge()


class SmtpSide(MailSide):
    """In by our own SMTP door: the customer's mail server keeps each mail until it hears 250."""

    def __init__(self, mail: Dovecot) -> None:
        super().__init__(mail)
        (self._port,) = free_ports(1)
        self._taken: set[str] = set()
        self._last = b""
        self._tasks: list[asyncio.Task[None]] = []

    def keys(self, folder: Path, *, wrong: bool = False) -> Mapping[str, Any]:
        account = self._account(folder, self.mail.users["support"])
        return account | {"smtp_listen": f"127.0.0.1:{self._port}"}

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().close()

    async def write(self, customer: str, text: str, file: bytes = b"") -> None:
        self._last = letter(text, file)
        self._tasks.append(asyncio.create_task(self._bring(text), name="the other mail server"))

    async def again(self, desk: Desk) -> None:
        """The 250 was lost on its way."""
        assert await asyncio.to_thread(self._try, self._last)

    def taken(self, text: str) -> bool:
        return text in self._taken

    async def _bring(self, text: str) -> None:
        raw = self._last
        while not await asyncio.to_thread(self._try, raw):
            await asyncio.sleep(0.1)
        self._taken.add(text)

    def _try(self, raw: bytes) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self._port, "localhost", timeout=20) as smtp:
                smtp.sendmail(CUSTOMER, [OURS], raw.replace(b"\n", b"\r\n"))
        except (OSError, smtplib.SMTPException):
            return False
        return True


def letter(text: str, file: bytes = b"") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Olena <{CUSTOMER}>", OURS
    mail["Subject"] = "conformance"
    mail["Message-ID"] = f"<{uuid.uuid4()}@home.test>"
    mail.set_content(text)
    if file:
        mail.add_attachment(b"?", maintype="application", subtype="octet-stream", filename="l.bin")
    # The library takes seconds over 25 MB.
    return mail.as_bytes().replace(
        b"\n" + base64.encodebytes(b"?"), b"\n" + base64.encodebytes(file)
    )


def _read(raw: bytes) -> tuple[str, Shown]:
    mail = email.message_from_bytes(raw, policy=policy.default)
    return str(mail["Message-ID"]), _shown(mail)


def _shown(mail: EmailMessage) -> Shown:
    body = mail.get_body(("plain",))
    files = [part.get_content() for part in mail.iter_attachments()]
    names = tuple(hashlib.sha256(data).hexdigest() for data in files)
    return Shown(str(body.get_content()) if body else "", names)
