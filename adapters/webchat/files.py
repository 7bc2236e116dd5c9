"""Files up by a ticket that is good once, and down by a link that we signed."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from adapters.sdk import Attachment, Inbox, NotNow, Rejected, Retry
from adapters.webchat import parse, tokens

TICKET_LASTS = 60.0
TICKETS = 1000
UPLOAD_WITHIN = 300.0
DESK_WITHIN = 20.0
# Files are held in memory while they pass.
AT_ONCE = 4


@dataclass(frozen=True)
class Ticket:
    visitor: str
    name: str
    media_type: str
    size: int
    until: float


class Files:
    def __init__(self, inbox: Inbox, key: bytes, clock: Callable[[], float]) -> None:
        self._inbox = inbox
        self._key = key
        self._clock = clock
        self._tickets: dict[str, Ticket] = {}
        self._passing = asyncio.Semaphore(AT_ONCE)

    # --- signed names -------------------------------------------------------------------------

    def link(self, file: Attachment) -> str:
        until = self._clock() + tokens.DAY
        return "file/" + tokens.sealed(tokens.DownloadPass(file, until), self._key)

    def uploaded(self, token: str, visitor: str) -> Attachment | None:
        """The file that this visitor uploaded under this pass."""
        brought = tokens.opened(token, tokens.UploadPass, self._key, self._clock())
        return brought.file if brought and brought.visitor == visitor else None

    def ticket(self, wanted: parse.Ticket, visitor: str) -> str:
        """Where the page may post the file, once and soon."""
        now = self._clock()
        if len(self._tickets) >= TICKETS:
            self._tickets = {k: old for k, old in self._tickets.items() if old.until > now}
        name, media_type = parse.file_name(wanted.name), parse.media_type(wanted.media_type)
        ticket = secrets.token_urlsafe(24)
        until = now + TICKET_LASTS
        self._tickets[ticket] = Ticket(visitor, name, media_type, wanted.size, until)
        return f"upload?ticket={ticket}"

    # --- doors --------------------------------------------------------------------------------

    async def upload(self, request: web.Request) -> web.Response:
        ticket = self._tickets.pop(request.query.get("ticket", ""), None)
        if ticket is None or ticket.until < self._clock():
            raise web.HTTPForbidden(text="this ticket is not good, or was used")
        if self._passing.locked():
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"})
        async with self._passing:
            file = await self._take(request, ticket)
        until = self._clock() + tokens.DAY
        token = tokens.sealed(tokens.UploadPass(ticket.visitor, file, until), self._key)
        return web.json_response({"file": token})

    async def _take(self, request: web.Request, ticket: Ticket) -> Attachment:
        try:
            async with asyncio.timeout(UPLOAD_WITHIN):
                data = await _body(request, ticket.size)
            return await self._inbox.put(data, ticket.name, ticket.media_type, patience=DESK_WITHIN)
        except TimeoutError as error:
            raise web.HTTPRequestTimeout from error
        except NotNow as error:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from error
        except Rejected as error:
            raise web.HTTPForbidden(text="this file is not taken") from error

    async def download(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        brought = tokens.opened(token, tokens.DownloadPass, self._key, self._clock())
        if brought is None:
            raise web.HTTPForbidden(text="this link is not good any more: reload the chat")
        async with self._passing:
            data = await self._fetch(brought.file)
        # Never shown inside the page's origin, whatever it claims to be.
        return web.Response(
            body=data,
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": _saved_as(brought.file.name),
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cache-Control": "private, no-store",
            },
        )

    async def _fetch(self, file: Attachment) -> bytes:
        try:
            async with asyncio.timeout(DESK_WITHIN):
                return await self._inbox.get(file)
        except Rejected as error:
            raise web.HTTPNotFound from error
        except (Retry, TimeoutError) as error:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from error


async def _body(request: web.Request, size: int) -> bytes:
    """The whole body, if it is as long as announced."""
    data = bytearray()
    async for chunk in request.content.iter_chunked(65536):
        data += chunk
        if len(data) > size:
            break
    if len(data) != size:
        raise web.HTTPBadRequest(text="the file is not as long as announced")
    return bytes(data)


def _saved_as(name: str) -> str:
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
