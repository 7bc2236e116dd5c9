"""From a raw mail to "it is committed": read, keep the files, hand over the event."""

import time
from collections.abc import Callable, Iterable

from adapters.email import events
from adapters.email.mail import Mail, Unreadable
from adapters.email.process import ParsingProcess
from adapters.sdk import Attachment, Event, Inbox, Rejected, Taken

MAIL_TYPE = "message/rfc822"


class Intake:
    """One account's mails, whichever way they come in."""

    def __init__(
        self,
        inbox: Inbox,
        reading: ParsingProcess,
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
        evidence = await self._kept(raw, "mail.eml", MAIL_TYPE, patience)
        if isinstance(found, Unreadable):
            event: Event = events.unreadable(found, id_=id_, at=now, evidence=evidence)
        else:
            event = await self._event(found, raw, id_, now, _name(evidence), recipients, patience)
        return await self._inbox.receive(event, cursor=cursor, patience=patience)

    async def take_beginning(self, raw: bytes, id_: str, why: str, cursor: str | None) -> Taken:
        """A mail too large to fetch: a person is told, and sees how it begins."""
        now = self._clock()
        found = await self._reading.parse(raw, received=now)
        evidence = await self._kept(raw, "beginning.eml", MAIL_TYPE, None)
        writer = events.sender(found) if isinstance(found, Mail) else None
        event = events.unreadable(
            Unreadable(why), id_=id_, at=now, evidence=evidence, writer=writer
        )
        return await self._inbox.receive(event, cursor=cursor)

    async def _event(
        self,
        mail: Mail,
        raw: bytes,
        id_: str,
        at: float,
        evidence: str,
        recipients: Iterable[str],
        patience: float | None,
    ) -> Event:
        files, lost = await self._files(mail, patience)
        return events.event(
            mail,
            raw,
            id_=id_,
            at=at,
            secret=self._secret,
            domain=self._domain,
            evidence=evidence,
            files=files,
            recipients=recipients,
            lost=lost,
        )

    async def _files(
        self, mail: Mail, patience: float | None
    ) -> tuple[tuple[Attachment, ...], str]:
        """What was kept, and the names of what was not: still in the raw mail, if that was kept."""
        files, lost = [], []
        for one in mail.attachments:
            kept = await self._kept(one.content, one.name, one.media_type, patience)
            if kept is None:
                lost.append(one.name)
            else:
                files.append(
                    Attachment(
                        sha256=kept.sha256,
                        name=one.name,
                        media_type=one.media_type,
                        size=one.size,
                        inline=one.inline,
                    )
                )
        return tuple(files), ", ".join(lost)

    async def _kept(
        self, data: bytes, name: str, media_type: str, patience: float | None
    ) -> Attachment | None:
        """None when the router will not have it: the words still go through."""
        try:
            return await self._inbox.put(data, name, media_type, patience=patience)
        except Rejected as error:
            self._inbox.log.warning("a file was not kept: %s", error.reason)
            return None


def _name(kept: Attachment | None) -> str:
    return kept.sha256 if kept else ""
