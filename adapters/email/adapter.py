"""E-mail: in by IMAP and SMTP, out by submission."""

import asyncio
from collections.abc import Sequence
from functools import partial

from adapters.email import config as configuration
from adapters.email import imap, inbound_smtp, looking, secret, tokens
from adapters.email.config import EmailConfig
from adapters.email.intake import Intake
from adapters.email.maildir import Folder
from adapters.email.oauth import AccessTokens
from adapters.email.process import Readers
from adapters.email.render import Account, Letter, letter
from adapters.email.submission import Submission
from adapters.sdk import (
    Adapter,
    Attachment,
    Capabilities,
    Inbox,
    Listing,
    Outbound,
    Rejected,
    Sent,
    Unavailable,
)


class Email(Adapter[EmailConfig]):
    """One mailbox: its ways in run side by side, and one that breaks leaves the other alone."""

    kind = "email"
    Config = EmailConfig
    capabilities = Capabilities(
        kind="email",
        attachments=True,
        attachment_limit=25 * 1024 * 1024,
        receipts="sent",
        can_start=True,
        subject=True,
        recipients=True,
        # Where our provider keeps what we sent we look there; or else it goes again with the same
        # Message-ID: most mail stores show it once.
        when_unknown="query",
        undo=5.0,
        enter_sends=False,
    )

    def __init__(self, config: EmailConfig, account: str) -> None:
        super().__init__(config, account)
        self._access = AccessTokens(config.oauth) if config.oauth else None
        self._intake: Intake | None = None
        self._writing = asyncio.Lock()
        self._out: Submission | Folder = (
            Folder(config.deliver_to) if config.deliver_to else Submission(config, self._access)
        )

    @classmethod
    def faults(cls, config: EmailConfig) -> list[str]:
        return configuration.faults(config)

    @property
    def address(self) -> str:
        return self.config.address

    async def run(self, inbox: Inbox) -> None:
        """Both ways in, each kept running on its own."""
        async with Readers(authserv_id=self.config.authserv_id) as reading:
            intake = Intake(inbox, reading, self._secret(), domain=self.config.domain)
            self._intake = intake
            async with asyncio.TaskGroup() as group:
                if self.config.imap_host:
                    watch = partial(imap.watch, self.config, self._access, intake, inbox)
                    group.create_task(inbox.keep(watch, imap.PART), name="imap")
                if self.config.smtp_listen:
                    serve = partial(inbound_smtp.serve, self.config, intake, inbox)
                    group.create_task(inbox.keep(serve, inbound_smtp.PART), name="smtp")
                inbox.ready()

    async def send(self, message: Outbound) -> Sent:
        """The files first: nothing has been sent when one of them does not come."""
        files = tuple([(file, await self.inbox.get(file)) for file in message.attachments])
        # One after another: between two of many the loop hears what the mail server says.
        async with self._writing:
            mail = await self._letter(message, files)
        refused = await self._out.send(mail.sender, mail)
        return Sent(remote_id=mail.message_id, refused=refused)

    async def _letter(
        self, message: Outbound, files: tuple[tuple[Attachment, bytes], ...]
    ) -> Letter:
        if not files:
            return letter(message, files, self._writer())
        # Building a mail of 25 MB takes a second: not on the loop that answers others.
        return await asyncio.to_thread(letter, message, files, self._writer())

    async def query(self, message: Outbound) -> Sent | None:
        """None without a folder of what was sent: a repeat does less harm than a lost answer."""
        if not (self.config.imap_host and self.config.sent_folder):
            return None
        id_ = tokens.message_id(
            self._secret(), message.conversation, message.id, self.config.domain
        )
        found = await looking.was_sent(self.config, self._access, id_)
        return Sent(remote_id=id_) if found else None

    async def listing(self, since: float, after: str) -> Listing:
        if not self.config.imap_host:
            raise Rejected("this account has no mailbox to compare with: its mail comes by SMTP")
        return await looking.page(self.config, self._access, since, after)

    async def take(self, events: Sequence[str]) -> int:
        if self._intake is None:
            raise Unavailable("the account is only starting")
        return await looking.take(self.config, self._access, self._intake, events)

    async def close(self) -> None:
        await self._out.close()

    async def check(self) -> str:
        """Log in to everything that is configured."""
        said = []
        if self.config.imap_host:
            async with imap.opened(self.config, self._access) as mailbox:
                said.append(f"IMAP: {self.config.folder} has {mailbox.messages} messages")
        try:
            await self._out.check()
        finally:
            await self._out.close()
        place = self.config.deliver_to or f"{self.config.smtp_host}:{self.config.smtp_port}"
        return "; ".join([*said, f"sending works ({place})"])

    def _writer(self) -> Account:
        config = self.config
        return Account(
            address=config.address,
            secret=self._secret(),
            title=config.title,
            signature=config.signature,
            quote=config.quote,
            plus_address=config.plus_address,
            bounces=config.returning,
        )

    def _secret(self) -> bytes:
        try:
            return secret.load(self.config)
        except OSError as error:
            said = f"token_file {self.config.token_file}: {error.strerror or error}"
            raise Unavailable(said) from error
