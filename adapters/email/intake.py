"""From a raw mail to "it is committed": read, keep the files, hand over the event."""

import time
from collections.abc import Callable, Iterable

from adapters.email import events
from adapters.email.mail import Mail, Unreadable
from adapters.email.process import Readers
from adapters.sdk import SMALL_FILE, Attachment, Event, Inbox, Rejected, Taken, attached

MAIL_TYPE = "message/rfc822"


class Intake:
    """One account's mails, whichever way they come in."""

    def __init__(
        self,
        inbox: Inbox,
        reading: Readers,
        secret: bytes,
        *,
        domain: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._inbox, self._reading, self._secret = inbox, reading, secret
        self._domain, self._clock = domain, clock

    async def take(
        self,
        raw: bytes,
        id_: str,
        *,
        recipients: Iterable[str] = (),
        cursor: str | None = None,
        patience: float | None = None,
    ) -> Taken:
        """Return once the mail is committed, read or not. Raises NotNow, like `receive`."""
        now = self._clock()
        found = await self._reading.parse(raw, received=now)
        files = Files(self._inbox, patience)
        evidence = await files.kept(raw, "mail.eml", MAIL_TYPE)
        if isinstance(found, Unreadable):
            event: Event = events.unreadable(found, id_=id_, at=now, evidence=evidence)
        else:
            event = await self._event(found, raw, id_, now, _name(evidence), recipients, files)
        return await self._inbox.receive(
            event, cursor=cursor, patience=patience, files=files.beside
        )

    async def take_beginning(self, raw: bytes, id_: str, why: str, cursor: str | None) -> Taken:
        """A mail too large to fetch: a person is told, and sees how it begins."""
        now = self._clock()
        found = await self._reading.parse(raw, received=now)
        files = Files(self._inbox, None)
        evidence = await files.kept(raw, "beginning.eml", MAIL_TYPE)
        writer = events.sender(found) if isinstance(found, Mail) else None
        event = events.unreadable(
            Unreadable(why), id_=id_, at=now, evidence=evidence, writer=writer
        )
        return await self._inbox.receive(event, cursor=cursor, files=files.beside)

    async def _event(
        self,
        mail: Mail,
        raw: bytes,
        id_: str,
        at: float,
        evidence: str,
        recipients: Iterable[str],
        files: "Files",
    ) -> Event:
        attachments, lost = await _attachments(mail, files)
        return events.event(
            mail,
            raw,
            id_=id_,
            at=at,
            secret=self._secret,
            domain=self._domain,
            evidence=evidence,
            files=attachments,
            recipients=recipients,
            lost=lost,
        )


class Files:
    """Those of one mail: small ones come with its event, larger ones go ahead of it."""

    def __init__(self, inbox: Inbox, patience: float | None) -> None:
        self._inbox, self._patience = inbox, patience
        self.beside: list[bytes] = []

    async def kept(
        self, data: bytes, name: str, media_type: str, *, inline: bool = False
    ) -> Attachment | None:
        """None when the router will not have it: the words still go through."""
        file = attached(data, name, media_type, inline=inline)
        if len(data) <= SMALL_FILE:
            self.beside.append(data)
            return file
        try:
            await self._inbox.put(data, name, media_type, patience=self._patience)
        except Rejected as error:
            self._inbox.log.warning("a file was not kept: %s", error.reason)
            return None
        return file


async def _attachments(mail: Mail, files: Files) -> tuple[tuple[Attachment, ...], str]:
    """What was kept, and the names of what was not: still in the raw mail, if that was kept."""
    kept, lost = [], []
    for one in mail.attachments:
        file = await files.kept(one.content, one.name, one.media_type, inline=one.inline)
        if file is None:
            lost.append(one.name)
        else:
            kept.append(file)
    return tuple(kept), ", ".join(lost)


def _name(kept: Attachment | None) -> str:
    return kept.sha256 if kept else ""
