"""aioimaplib, hardened: one connection to one folder that works or ends, and never hangs.

The numbers name the defects of aioimaplib 2.0.3 that each line is there for:
 1 a lost connection leaves commands waiting    2 its TLS class takes no callback
 3 recursive parser, dead after 1000 lines      4 FETCH re-reads all lines for each line
 5 "* " and parentheses in texts are misread    6 an OAuth refusal is never answered
 7 no capabilities after XOAUTH2                8 EXISTS outside IDLE is dropped
 9 unusable after a time-out                   10 names unquoted, socket never closed
"""

import asyncio
import base64
import logging
import re
import ssl
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from aioimaplib import aioimaplib

from adapters.sdk import AuthFailed, Unavailable

T = TypeVar("T")

# It logs every byte at DEBUG, mails and all.
logging.getLogger("aioimaplib").setLevel(logging.WARNING)

SECONDS = 10.0
# So many messages are asked about at once: answers stay small (3, 4).
BATCH = 200
# A server that sends more in one piece than any mail has is broken, or not one.
LONGEST_LINE = 4 * 1024 * 1024
_CRLF = b"\r\n"
_LITERAL = re.compile(rb"\{(\d{1,12})\}$")
_CHANGED = re.compile(rb"\d+ (?:EXISTS|RECENT|EXPUNGE)\b", re.I)
_UID = re.compile(rb"\bUID (\d+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_TRY_LATER = re.compile(rb"\[(?:UNAVAILABLE|SERVERBUG|LIMIT|INUSE|CONTACTADMIN)\]", re.I)


class Protocol(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc, unused-ignore]
    """Reads responses one after another; says when the connection is gone and when to look."""

    def __init__(self, loop: asyncio.AbstractEventLoop, longest: int) -> None:
        super().__init__(loop)
        self.lost: asyncio.Future[None] = loop.create_future()
        self.changed = asyncio.Event()
        # When the server was heard of last.
        self.heard = loop.time()
        self._longest = longest
        self._buffer = bytearray()
        self._scanned = 0
        self._parts: list[bytes | bytearray] = []
        self._missing = 0
        self._greeted = False

    def connection_lost(self, exc: Exception | None) -> None:
        """(1) Whoever waits for anything waits for this too."""
        self.state = aioimaplib.LOGOUT
        if not self.lost.done():
            self.lost.set_result(None)

    def data_received(self, d: bytes) -> None:
        """(3) No recursion; an answer that cannot be read ends the connection."""
        self._buffer += d
        self.heard = self.loop.time()
        try:
            while (parts := self._next()) is not None:
                self._handle(parts)
            if self.pending_sync_command is not None:
                self.pending_sync_command.flush()
        except Exception as error:  # noqa: BLE001  reading a payload: theirs must not hang ours
            logging.getLogger("cordboard.email").warning("IMAP: unreadable answer: %r", error)
            self.transport.abort()

    def _next(self) -> list[bytes | bytearray] | None:
        """The next whole response: its lines and literals in turn; None when more must come.

        (4, 5) A response goes on exactly where a line ends with the size of a literal, so that
        nothing is ever counted or looked for inside texts.
        """
        while True:
            if self._missing:
                if len(self._buffer) < self._missing:
                    return None
                self._parts.append(self._cut(self._missing))
                self._missing = 0
            line = self._line()
            if line is None:
                return None
            self._parts.append(line)
            literal = _LITERAL.search(line)
            if literal is None:
                parts, self._parts = self._parts, []
                return parts
            self._missing = int(literal[1])
            if self._missing > self._longest:
                raise ValueError("a literal larger than any mail we take")
            if not self._missing:
                self._parts.append(bytearray())

    def _line(self) -> bytes | None:
        end = self._buffer.find(_CRLF, max(0, self._scanned - 1))
        if end < 0:
            self._scanned = len(self._buffer)
            if self._scanned > LONGEST_LINE:
                raise ValueError("a line longer than any answer")
            return None
        line = bytes(self._cut(end))
        del self._buffer[: len(_CRLF)]
        return line

    def _cut(self, size: int) -> bytearray:
        piece = self._buffer[:size]
        del self._buffer[:size]
        self._scanned = 0
        return piece

    def _handle(self, parts: list[bytes | bytearray]) -> None:
        line = bytes(parts[0])
        if not self._greeted:
            self._greet(line)
        elif line.startswith(b"* "):
            self._untagged([line[2:], *parts[1:]])  # (5) only the prefix is taken off
        elif line.startswith(b"+"):
            self._continuation(line)
        elif aioimaplib.tagged_status_response_re.match(line):
            self._response_done(line)

    def _greet(self, line: bytes) -> None:
        self._greeted = True
        if not line.startswith((b"* OK", b"* PREAUTH")):
            raise ValueError(line[:200])
        self._handle_line(line, None)

    def _untagged(self, parts: list[bytes | bytearray]) -> None:
        line = bytes(parts[0])
        if _CHANGED.match(line) or self.has_pending_idle_command():
            self.changed.set()  # (8) any push means: go and look
        command, line = self._waiting_for(line)
        for part in (line, *parts[1:]) if command is not None else ():
            command.append_to_resp(part)

    def _waiting_for(self, line: bytes) -> tuple[Any, bytes]:
        """The command that this belongs to, and the line as the library hands it on."""
        if self.pending_sync_command is not None:
            return self.pending_sync_command, line
        match = aioimaplib.message_data_re.match(line)
        name, _, rest = line.partition(b" ")
        name, rest = (match[1], line) if match else (name, rest)
        return self.pending_async_commands.get(name.decode("ascii", "replace").upper()), rest

    def _continuation(self, line: bytes) -> None:
        command = self.pending_sync_command
        if command is not None and command.name == "AUTHENTICATE":
            self.transport.write(_CRLF)  # (6) then the server says no, in words
        else:
            super()._continuation(line)


class Mailbox:
    """One folder of one account. After any Unavailable it is of no more use: `close` it (9)."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self.uidvalidity = 0
        self.messages = 0

    @classmethod
    async def connect(
        cls, host: str, port: int, *, tls: ssl.SSLContext | None, longest: int
    ) -> "Mailbox":
        """(2) The plain protocol over TLS. Raises Unavailable."""
        loop = asyncio.get_running_loop()
        protocol = Protocol(loop, longest)
        try:
            async with asyncio.timeout(SECONDS):
                await loop.create_connection(lambda: protocol, host, port, ssl=tls)
        except (OSError, TimeoutError) as error:
            raise Unavailable(f"the mail server {host}:{port} {_why(error)}") from error
        mailbox = cls(protocol)
        await mailbox._do(protocol.wait("AUTH|NONAUTH"), "greeting")
        return mailbox

    @property
    def changed(self) -> asyncio.Event:
        """Set when there may be something new."""
        return self._protocol.changed

    async def login(self, user: str, password: str) -> None:
        """Raises AuthFailed when the server refuses."""
        answer = await self._do(self._protocol.login(aioimaplib.quoted(user), password), "login")
        _authenticated(answer, "the user name or password")
        await self._do(self._protocol.capability(), "capability")

    async def login_with_token(self, user: str, token: str) -> None:
        """XOAUTH2. Raises AuthFailed when the server refuses."""
        answer = await self._do(self._protocol.xoauth2(user, token), "login")
        _authenticated(answer, "the access token")
        await self._do(self._protocol.capability(), "capability")  # (7)

    async def select(self, folder: str) -> None:
        """Open it. Raises Unavailable when there is none."""
        name = aioimaplib.quoted(utf7(folder))  # (10)
        answer = await self._do(self._protocol.select(name), "select")
        if answer.result != "OK":
            raise Unavailable(f"the mailbox has no folder {folder!r}: {_said(answer)}")
        lines = b"\n".join(line for line in answer.lines if isinstance(line, bytes))
        self.uidvalidity = _number(rb"UIDVALIDITY (\d+)", lines)
        self.messages = _number(rb"^(\d+) EXISTS", lines)

    async def newer_than(self, uid: int) -> list[int]:
        """UIDs above this one, in order; a server always names the highest it has."""
        return [number for number in await self.search(f"UID {uid + 1}:*") if number > uid]

    async def search(self, words: str) -> list[int]:
        """UIDs of what matches, in order; `words` as RFC 3501 has them."""
        search = self._protocol.search(words, charset=None, by_uid=True)
        answer = self._good(await self._do(search, "search"), "search")
        return sorted({int(word) for line in answer.lines[:-1] for word in bytes(line).split()})

    async def heads(self, uids: Iterable[int]) -> dict[int, tuple[bytes, bytes]]:
        """By UID of at most BATCH messages: when it came (as told), and some of its headers."""
        wanted = "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT FROM)])"
        answer = await self._fetch(",".join(map(str, uids)), wanted)
        found: dict[int, tuple[bytes, bytes]] = {}
        told = b""
        for line in answer.lines:
            if not isinstance(line, bytearray):
                told = bytes(line)
            elif uid := _UID.search(told):
                date = _DATE.search(told)
                found[int(uid[1])] = (date[1] if date else b"", bytes(line))
        return found

    async def sizes(self, uids: Iterable[int]) -> dict[int, int]:
        """Sizes by UID of at most BATCH messages; one that is gone has none."""
        answer = await self._fetch(",".join(map(str, uids)), "(UID RFC822.SIZE)")
        lines = [line for line in answer.lines if isinstance(line, bytes)]
        pairs = [(_UID.search(line), _SIZE.search(line)) for line in lines]
        return {int(uid[1]): int(size[1]) for uid, size in pairs if uid and size}

    async def fetch(self, uid: int, most: int = 0) -> bytes | None:
        """The mail, or its first `most` bytes; None when it is gone. It stays unread."""
        part = f"(UID BODY.PEEK[]<0.{most}>)" if most else "(UID BODY.PEEK[])"
        answer = await self._fetch(str(uid), part)
        return next((bytes(line) for line in answer.lines if isinstance(line, bytearray)), None)

    async def idle(self, seconds: float) -> None:
        """Return when something may have changed, or after so long."""
        if "IDLE" not in self._protocol.capabilities:
            return await self._poll(seconds)
        idling = asyncio.ensure_future(self._protocol.idle())
        try:
            await self._do(self._protocol.wait_for_idle_response(), "IDLE")
            await self._first(self.changed.wait(), seconds)
            self._protocol.idle_done()
            await self._do(asyncio.shield(idling), "DONE")
        finally:
            idling.cancel()
            await asyncio.gather(idling, return_exceptions=True)

    async def close(self) -> None:
        """(10) The socket is closed here; the library never does it."""
        if self._protocol.transport is not None:
            self._protocol.transport.abort()
        for task in list(self._protocol.tasks):
            task.cancel()
        await asyncio.gather(*self._protocol.tasks, return_exceptions=True)

    async def _poll(self, seconds: float) -> None:
        await self._first(asyncio.sleep(min(seconds, 30.0)), seconds)
        await self._do(self._protocol.simple_command("NOOP"), "NOOP")

    async def _fetch(self, uids: str, parts: str) -> Any:
        command = _Fetch(
            self._protocol.new_tag(), uids, parts, prefix="UID", loop=self._protocol.loop
        )
        return self._good(await self._do(self._protocol.execute(command), "fetch"), "fetch")

    def _good(self, answer: Any, what: str) -> Any:
        if answer.result != "OK":
            raise Unavailable(f"the mail server refuses to {what}: {_said(answer)}")
        return answer

    async def _do(self, work: Coroutine[Any, Any, T] | asyncio.Future[T], what: str) -> T:
        """The result, within time and as long as there is a connection (1, 9)."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await self._wait({task}, SECONDS)
                if not task.done() and self._silent() >= SECONDS:
                    raise Unavailable(f"the mail server did not answer ({what})")
            return task.result()
        except (aioimaplib.AioImapException, ValueError) as error:
            raise Unavailable(f"the mail server's answer ({what}): {error}") from error
        finally:
            await _ended(task)

    def _silent(self) -> float:
        return float(self._protocol.loop.time() - self._protocol.heard)

    async def _first(self, work: Coroutine[Any, Any, Any], seconds: float) -> None:
        """Wait for it at most so long; only a lost connection is an error."""
        task = asyncio.ensure_future(work)
        try:
            await self._wait({task}, seconds)
        finally:
            await _ended(task)

    async def _wait(self, tasks: set["asyncio.Future[Any]"], seconds: float) -> None:
        lost = self._protocol.lost
        await asyncio.wait({*tasks, lost}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if lost.done() and not any(task.done() for task in tasks):
            raise Unavailable("the connection to the mail server broke off")


class _Fetch(aioimaplib.FetchCommand):  # type: ignore[misc, unused-ignore]
    """(4) Our parser knows where a response ends, and never asks."""

    def wait_data(self) -> bool:
        return False


async def _ended(task: "asyncio.Future[Any]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _authenticated(answer: Any, what: str) -> None:
    if answer.result == "OK":
        return
    said = _said(answer)
    if _TRY_LATER.search(said.encode()):
        raise Unavailable(f"the mail server cannot log us in now: {said}")
    raise AuthFailed(f"the mail server refuses {what}: {said}")


def _said(answer: Any) -> str:
    last = bytes(answer.lines[-1]) if answer.lines else b""
    return last.decode("utf-8", "replace")[:200]


def _number(pattern: bytes, lines: bytes) -> int:
    match = re.search(pattern, lines, re.M)
    return int(match[1]) if match else 0


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has a certificate that is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "does not answer"
    return f"cannot be reached: {error}"


def utf7(folder: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501, 5.1.3)."""
    pieces = re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", folder)
    return "".join(p.replace("&", "&-") if p[0] <= "\x7e" else _shifted(p) for p in pieces)


def _shifted(text: str) -> str:
    coded = base64.b64encode(text.encode("utf-16-be")).decode("ascii").rstrip("=")
    return f"&{coded.replace('/', ',')}-"
