"""Customers who write mails: to the desk's own SMTP door, or into the mailbox that it watches."""

import asyncio
import smtplib
import time
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib

from cordboard.demo.customers.ledger import Ledger, Sent, Taken
from tests.servers.relay import deliver

DESK = "support@desk.test"
# One mailbox for all of them: what stands after the plus tells them apart.
HOME = "olena+{name}@home.test"
ANSWER_WITHIN = 15.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 1.0
# Each so many mails one carries a file that is too large for the database.
FILE_EACH, FILE = 5, bytes(range(256)) * 400


class MailCustomer:
    """Brings a mail again until it is taken. `_brought` is one try."""

    channel = ""

    def __init__(self, name: str, port: int, ledger: Ledger) -> None:
        self.name, self._port, self._ledger = name, port, ledger

    async def writes(self, number: int) -> None:
        token, tries, pause = f"{self.name}-{number}", 1, FIRST_PAUSE
        self._ledger.write(Sent(token, self.channel, self.name, time.time()))
        mail = self._mail(number, token)
        while not await self._brought(mail):
            await asyncio.sleep(pause)
            tries, pause = tries + 1, min(pause * 2, LONGEST_PAUSE)
        self._ledger.write(Taken(token, time.time(), tries))

    async def _brought(self, mail: EmailMessage) -> bool:
        raise NotImplementedError

    @property
    def _address(self) -> str:
        return HOME.format(name=self.name)

    def _mail(self, number: int, token: str) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"{self.name} <{self._address}>"
        mail["To"] = DESK
        mail["Subject"] = f"about {self.name}"
        mail["Message-ID"] = f"<{token}@home.test>"
        if number:
            mail["In-Reply-To"] = mail["References"] = f"<{self.name}-0@home.test>"
        mail.set_content(f"[{token}]\n")
        if number % FILE_EACH == FILE_EACH - 1:
            head = token.encode().ljust(16)
            mail.add_attachment(head + FILE, maintype="application", subtype="octet-stream",
                                filename="photo.raw")  # fmt: skip
        return mail


class SmtpCustomer(MailCustomer):
    """A mail server at the desk's door: anything but 250 means to come again."""

    channel = "smtp"

    async def _brought(self, mail: EmailMessage) -> bool:
        try:
            await aiosmtplib.send(
                mail, sender=self._address, recipients=[DESK], hostname="127.0.0.1",
                port=self._port, start_tls=False, timeout=ANSWER_WITHIN,
                local_hostname="mx.home.test",
            )  # fmt: skip
        except (aiosmtplib.SMTPException, OSError):
            return False
        return True


class ImapCustomer(MailCustomer):
    """Writes to a mailbox elsewhere, which the desk reads by IMAP."""

    channel = "imap"

    async def _brought(self, mail: EmailMessage) -> bool:
        try:
            await asyncio.to_thread(deliver, self._port, self._address, [DESK], mail.as_bytes())
        except (OSError, smtplib.SMTPException):
            return False
        return True
