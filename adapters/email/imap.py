"""Watching a mailbox: every mail is handed over in order, the cursor moves when it is committed."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from adapters.email import tls
from adapters.email.config import EmailConfig
from adapters.email.imap_client import BATCH, Mailbox
from adapters.email.intake import Intake
from adapters.email.oauth import AccessTokens
from adapters.sdk import AuthFailed, Inbox
from adapters.sdk.marks import passing
from adapters.sdk.words import N_

# Of a mail over the limit so much is fetched: who wrote it, and how it begins.
BEGINNING = 64 * 1024
PART = "imap"
TOO_LARGE = N_("The mail is too large to be fetched; this is its beginning.")


class Cursor(msgspec.Struct, frozen=True):
    """The last mail that was taken. UIDs count anew when `uidvalidity` is another one."""

    folder: str
    uidvalidity: int
    uid: int

    def to_text(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def event_id(self) -> str:
        return f"imap.{self.folder}.{self.uidvalidity}.{self.uid}"


def last_taken(text: str, folder: str, uidvalidity: int) -> Cursor:
    """Where to go on: at the beginning for a new, another or a rebuilt folder.

    A rebuilt folder is read again from its beginning: the router knows mails by Message-ID and
    body, and shows none twice.
    """
    fresh = Cursor(folder, uidvalidity, 0)
    try:
        stored = msgspec.json.decode(text, type=Cursor)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return fresh
    return stored if (stored.folder, stored.uidvalidity) == (folder, uidvalidity) else fresh


@asynccontextmanager
async def opened(config: EmailConfig, access: AccessTokens | None) -> AsyncIterator[Mailbox]:
    """The folder, logged in to. Raises AuthFailed and Unavailable."""
    context: ssl.SSLContext | None = None
    if config.imap_security == "tls":
        context = tls.context(config.ca_file)
    mailbox = await _connected(config, context)
    try:
        await _log_in(mailbox, config, access)
        await mailbox.select(config.folder)
        yield mailbox
    finally:
        await mailbox.close()


async def _connected(config: EmailConfig, context: ssl.SSLContext | None) -> Mailbox:
    return await Mailbox.connect(
        config.imap_host, config.imap_port, tls=context, longest=config.size_limit + BEGINNING
    )


async def _log_in(mailbox: Mailbox, config: EmailConfig, access: AccessTokens | None) -> None:
    if access is not None:
        await _log_in_with_token(mailbox, config.user, access)
    elif config.password is not None:
        await mailbox.login(config.user, config.password.value)


async def _log_in_with_token(mailbox: Mailbox, user: str, access: AccessTokens) -> None:
    """A token that is refused is renewed once: it may have been revoked early."""
    token = await access.current()
    try:
        return await mailbox.login_with_token(user, token)
    except AuthFailed:
        access.refused(token)
    await mailbox.login_with_token(user, await access.current())


async def watch(
    config: EmailConfig, access: AccessTokens | None, intake: Intake, inbox: Inbox
) -> None:
    """Take what is there and what comes, until the connection breaks."""
    async with opened(config, access) as mailbox:
        stored = (await inbox.state()).cursor
        last = last_taken(stored, config.folder, mailbox.uidvalidity)
        inbox.ready(part=PART)
        while True:
            mailbox.changed.clear()
            came = await _take_new(mailbox, last, intake, config.size_limit)
            if came == last and not mailbox.changed.is_set():
                await mailbox.idle(config.idle)
            last = came


async def _take_new(mailbox: Mailbox, last: Cursor, intake: Intake, limit: int) -> Cursor:
    """Hand over everything newer, oldest first; the last that was taken."""
    uids = await mailbox.newer_than(last.uid)
    for start in range(0, len(uids), BATCH):
        batch = uids[start : start + BATCH]
        sizes = await mailbox.sizes(batch)
        for uid in batch:
            last = msgspec.structs.replace(last, uid=uid)
            if uid in sizes:  # or else it was deleted in the meantime
                await _take(mailbox, last, sizes[uid], intake, limit)
    return last


async def _take(mailbox: Mailbox, at: Cursor, size: int, intake: Intake, limit: int) -> None:
    await take(mailbox, at, size, intake, limit, at.to_text())


async def take(
    mailbox: Mailbox, at: Cursor, size: int, intake: Intake, limit: int, cursor: str | None
) -> bool:
    """Hand over one mail; `cursor` moves with it. False when it is gone."""
    if size > limit:
        beginning = await mailbox.fetch(at.uid, BEGINNING) or b""
        await intake.take_beginning(beginning, at.event_id, TOO_LARGE, cursor)
        return True
    raw = await mailbox.fetch(at.uid)
    if raw is not None:
        passing("imap.taking")
        await intake.take(raw, at.event_id, cursor=cursor)
        passing("imap.taken")
    return raw is not None
