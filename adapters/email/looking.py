"""Looking into the mailbox beside the watching: what it has, what was missed, what we sent."""

import imaplib
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser

from adapters.email import imap
from adapters.email.config import EmailConfig
from adapters.email.imap import Cursor
from adapters.email.imap_client import BATCH
from adapters.email.intake import Intake
from adapters.email.oauth import AccessTokens
from adapters.sdk import Listed, Listing, Unavailable, clean_line

# Days as IMAP writes them, whatever language this machine speaks.
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
LONGEST = 500


async def page(
    config: EmailConfig, access: AccessTokens | None, since: float, after: str
) -> Listing:
    """The folder's mails since then, oldest first, under the ids that watching gives them."""
    async with imap.opened(config, access) as mailbox:
        begin = Cursor(config.folder, mailbox.uidvalidity, int(after or 0))
        words = f"UID {begin.uid + 1}:*" + (f" SINCE {_day(since)}" if since else "")
        uids = [uid for uid in await mailbox.search(words) if uid > begin.uid]
        heads = await mailbox.heads(uids[:BATCH]) if uids else {}
    items = tuple(_listed(begin, uid, *heads[uid]) for uid in uids[:BATCH] if uid in heads)
    return Listing(
        items=tuple(item for item in items if item.at >= since),
        next=str(uids[BATCH - 1]) if len(uids) > BATCH else "",
        within=_mailbox(begin),
    )


async def take(
    config: EmailConfig, access: AccessTokens | None, intake: Intake, events: Sequence[str]
) -> int:
    """Hand over these mails; the cursor stays where watching has it."""
    taken = 0
    async with imap.opened(config, access) as mailbox:
        begin = Cursor(config.folder, mailbox.uidvalidity, 0)
        uids = [int(event.removeprefix(_mailbox(begin))) for event in events
                if event.startswith(_mailbox(begin))]  # fmt: skip
        sizes = await mailbox.sizes(uids) if uids else {}
        for uid, size in sizes.items():
            at = Cursor(begin.folder, begin.uidvalidity, uid)
            taken += await imap.take(mailbox, at, size, intake, config.size_limit, None)
    return taken


async def was_sent(config: EmailConfig, access: AccessTokens | None, message_id: str) -> bool:
    """Whether the provider keeps a copy of it among what we sent."""
    async with imap.opened(config, access) as mailbox:
        await mailbox.select(config.sent_folder)
        return bool(await mailbox.search(f'HEADER Message-ID "{message_id}"'))


def _mailbox(at: Cursor) -> str:
    return at.event_id.removesuffix(str(at.uid))


def _listed(begin: Cursor, uid: int, told: bytes, head: bytes) -> Listed:
    headers = BytesHeaderParser().parsebytes(head[:16_384])
    said = " · ".join(_readable(str(headers.get(name, ""))) for name in ("From", "Subject"))
    return Listed(
        event=Cursor(begin.folder, begin.uidvalidity, uid).event_id,
        at=_moment(told),
        message_id=clean_line(str(headers.get("Message-ID", "")), LONGEST).strip(),
        said=clean_line(said, 200),
    )


def _readable(header: str) -> str:
    try:
        return str(make_header(decode_header(header[:LONGEST])))
    except (ValueError, LookupError):
        return header[:LONGEST]


def _moment(told: bytes) -> float:
    """An INTERNALDATE as epoch seconds; 0 when it is none."""
    local = imaplib.Internaldate2tuple(b'INTERNALDATE "%s"' % told)
    return time.mktime(local) if local else 0.0


def _day(since: float) -> str:
    """The day before: servers compare days, in their own time zone."""
    try:
        day = datetime.fromtimestamp(since, UTC) - timedelta(days=1)
    except (OverflowError, ValueError, OSError) as error:
        raise Unavailable("there is no such day") from error
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
