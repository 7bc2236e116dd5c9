"""Telegram's Bot API: one call, and what its answer means. The token never leaves this file."""

import io
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import aiohttp
import msgspec

from adapters.sdk import AuthFailed, Rejected, Retry, Unavailable, Unknown, Verdict, clean_line
from adapters.sdk.words import N_
from adapters.telegram.config import TelegramConfig
from adapters.telegram.updates import KINDS, User

T = TypeVar("T")

# Seconds for a call, for a file, and how much longer than its poll a poll may last.
CALL = 8.0
FILE = 100.0
CONNECT = 6.0
BEYOND_POLL = 10.0
# A kept connection that Telegram has closed meanwhile would make the next message's fate unknown.
KEEP_CONNECTION = 5.0
ANSWER = 16 * 1024 * 1024
DOWNLOAD = 20 * 1024 * 1024

# A whole character of two halves, a half alone, any other escape; and an unescaped control.
_ESCAPE = re.compile(
    rb"(?P<whole>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.|(?P<control>[\0-\x1f])",
    re.DOTALL,
)
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*){0,9}")

# How a reason begins; Telegram's own words follow.
BROKE_OFF = N_("the connection to Telegram broke off")
AWAY = N_("Telegram cannot be reached")
NOT_NOW = N_("Telegram cannot do it now")
REFUSES = N_("Telegram refuses it")
FAULT = N_("Telegram has a fault of its own")
BLOCKED = N_("the customer has blocked the bot")
# What a 403 says, in words for the agent who wrote.
_FORBIDDEN = {
    "blocked by the user": BLOCKED,
    "user is deactivated": N_("the customer's Telegram account is gone"),
    "can't initiate conversation": N_("the customer has not written to the bot yet"),
    "kicked": N_("the bot is not in this chat any more"),
}


class _Parameters(msgspec.Struct, frozen=True):
    retry_after: float = 0.0
    migrate_to_chat_id: int = 0


class _Reply(msgspec.Struct, frozen=True):
    ok: bool
    result: msgspec.Raw = msgspec.Raw()
    description: str = ""
    error_code: int = 0
    parameters: _Parameters = _Parameters()


class _Place(msgspec.Struct, frozen=True):
    """Where a file can be fetched."""

    file_path: str = ""


class SentMessage(msgspec.Struct, frozen=True):
    message_id: int


_reply: msgspec.json.Decoder[_Reply] = msgspec.json.Decoder(_Reply)


class Upload(msgspec.Struct, frozen=True):
    field: str
    name: str
    media_type: str
    data: bytes


class Bot:
    """One bot. Told to wait by one answer, it asks nothing at all until the wait is over."""

    def __init__(self, config: TelegramConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._token, self._base = config.token.value, config.base_url.rstrip("/")
        self._poll, self._clock = config.poll_seconds, clock
        self._quiet_until = 0.0
        # Groups that became supergroups: old id → new id.
        self._moved: dict[int, int] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def me(self) -> User:
        return await self.call("getMe", User)

    async def updates(self, offset: int) -> list[bytes]:
        """News from `offset` on, each as it came; all before it are thereby confirmed."""
        fields: dict[str, Any] = {"timeout": self._poll, "allowed_updates": KINDS}
        if offset:
            fields["offset"] = offset
        timeout = self._poll + BEYOND_POLL
        raws = await self.call("getUpdates", list[msgspec.Raw], fields, timeout=timeout)
        return [bytes(raw) for raw in raws]

    async def call(
        self,
        method: str,
        answer: type[T],
        fields: Mapping[str, Any] | None = None,
        *,
        upload: Upload | None = None,
        timeout: float = CALL,
    ) -> T:
        """What Telegram answers. Raises a verdict: Unknown when it may have happened or not."""
        fields = self._readdressed(fields or {})
        seconds = FILE if upload else timeout
        reply = await self._asked(method, fields, upload, seconds)
        if self._has_moved(fields, reply):
            reply = await self._asked(method, self._readdressed(fields), upload, seconds)
        if not reply.ok:
            raise self._verdict(reply)
        try:
            return msgspec.json.decode(reply.result, type=answer)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise Unknown("Telegram's answer cannot be read") from error

    async def fetch(self, file: str) -> bytes:
        """A file's bytes. Raises Rejected when it will never come: too large, or gone."""
        path = (await self.call("getFile", _Place, {"file_id": file})).file_path
        if not _PATH.fullmatch(path):
            raise Rejected("Telegram names no file that can be fetched")
        url = f"{self._base}/file/bot{self._token}/{path}"
        status, data = await self._exchanged("GET", url, most=DOWNLOAD, timeout=FILE)
        if len(data) > DOWNLOAD:
            raise Rejected("the file is larger than Telegram says")
        if status == 200:
            return data
        if 400 <= status < 500 and status != 429:
            raise Rejected(f"Telegram does not hand over the file (status {status})")
        raise Unavailable(f"Telegram does not hand over the file now (status {status})")

    def _has_moved(self, fields: dict[str, Any], reply: _Reply) -> bool:
        """A group became a supergroup: it has another id from now on."""
        chat, moved = fields.get("chat_id"), reply.parameters.migrate_to_chat_id
        if reply.ok or not moved or chat is None or chat in self._moved:
            return False
        self._moved[chat] = moved
        return True

    def _readdressed(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        chat = fields.get("chat_id")
        return {**fields, "chat_id": self._moved[chat]} if chat in self._moved else {**fields}

    # --- one exchange ------------------------------------------------------------------------

    async def _asked(
        self, method: str, fields: dict[str, Any], upload: Upload | None, timeout: float
    ) -> _Reply:
        wait = self._quiet_until - self._clock()
        if wait > 0:
            raise Retry("Telegram wants this bot to wait", after=wait)
        url = f"{self._base}/bot{self._token}/{method}"
        body = {"data": _form(fields, upload)} if upload else {"json": fields}
        status, data = await self._exchanged("POST", url, most=ANSWER, timeout=timeout, **body)
        try:
            return _decoded(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise _unreadable(status) from error

    async def _exchanged(
        self, method: str, url: str, *, most: int, timeout: float, **body: Any
    ) -> tuple[int, bytes]:
        """Without the cause of an error: it may quote the address, which has the token in it."""
        limits = aiohttp.ClientTimeout(total=timeout, connect=CONNECT)
        try:
            async with self._open().request(
                method, url, timeout=limits, allow_redirects=False, **body
            ) as response:
                return response.status, await _read(response, most)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unavailable(f"{AWAY}: {_why(error)}") from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unknown(f"{BROKE_OFF}: {_why(error)}") from None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(keepalive_timeout=KEEP_CONNECTION)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    # --- what an answer means ----------------------------------------------------------------

    def _verdict(self, reply: _Reply) -> Verdict:
        code, said = reply.error_code, self._hidden(reply.description)
        if code == 429:
            return self._told_to_wait(max(1.0, reply.parameters.retry_after))
        if code in (401, 404):
            return AuthFailed(N_("Telegram refuses the token"))
        if code == 403:
            return Rejected(_forbidden(said), code="403")
        if code == 409:
            return Unavailable(f"somebody else reads this bot's messages: {said}")
        if "temporarily unavailable" in said:
            return Unavailable(f"{NOT_NOW}: {said}")
        if 400 <= code < 500:
            return Rejected(f"{REFUSES}: {said}", code=str(code))
        return Unknown(f"{FAULT}: {said or code}")

    def _told_to_wait(self, seconds: float) -> Retry:
        self._quiet_until = max(self._quiet_until, self._clock() + seconds)
        return Retry(f"Telegram wants this bot to wait for {seconds:.0f} s", after=seconds)

    def _hidden(self, said: str) -> str:
        return clean_line(said.replace(self._token, "***"), 200)


def _form(fields: dict[str, Any], upload: Upload) -> aiohttp.FormData:
    # Quoted, a Cyrillic name would reach the customer as %D1%80…
    form = aiohttp.FormData(quote_fields=False)
    for name, value in fields.items():
        form.add_field(name, str(value))
    form.add_field(
        upload.field, io.BytesIO(upload.data), filename=upload.name, content_type=upload.media_type
    )
    return form


def _decoded(data: bytes) -> _Reply:
    """An answer. One broken character in it must not make the bot deaf for all the rest."""
    try:
        return _reply.decode(data)
    except (msgspec.DecodeError, UnicodeError):
        return _reply.decode(_ESCAPE.sub(_mended, data))


def _mended(found: re.Match[bytes]) -> bytes:
    if found["half"]:
        return b"\\ufffd"
    return b" " if found["control"] else found[0]


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    """All of it, or a little more than `most`."""
    data = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        data += chunk
        if len(data) > most:
            break
    return bytes(data)


def _unreadable(status: int) -> Verdict:
    """No answer of Telegram's: a 4xx is somebody's before it, who passed nothing on."""
    if status == 413:
        return Rejected(N_("it is too large for Telegram"), code="413")
    if 300 <= status < 500:
        return Unavailable(f"what answers there is not Telegram (status {status})")
    return Unknown(f"Telegram's answer cannot be read (status {status})")


def _forbidden(said: str) -> str:
    known = (words for part, words in _FORBIDDEN.items() if part in said)
    return next(known, f"{REFUSES}: {said}")


def _why(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.strerror:
        return error.os_error.strerror
    return N_("no answer in time") if isinstance(error, TimeoutError) else type(error).__name__
