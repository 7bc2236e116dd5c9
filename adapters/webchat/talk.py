"""The conversation with one open page, frame by frame."""

import asyncio
import secrets

from aiohttp import WSMsgType

from adapters.sdk import Attachment, IdentityIn, Party, Rejected, State
from adapters.sdk.words import N_
from adapters.webchat import parse, render, tokens
from adapters.webchat.config import WebchatConfig
from adapters.webchat.files import Files
from adapters.webchat.limits import Pace
from adapters.webchat.page_socket import PageSocket
from adapters.webchat.visitors import Letter, Visitor, Visitors

HELLO_WITHIN = 10.0
BAD_FRAMES = 5
TABS = 10
HISTORY = 30
GONE = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)


class Limits:
    """How fast pages may talk: generous for people, tight for programs."""

    def __init__(self, config: WebchatConfig) -> None:
        newcomer, frame = (
            60 / config.newcomers_per_minute_per_ip,
            1 / config.frames_per_second_per_ip,
        )
        self._newcomers = Pace(burst=20, every=newcomer)
        self._frames_of_ip = Pace(burst=200, every=frame)
        self._frames = Pace(burst=60, every=0.1)
        self._messages = Pace(burst=15, every=1.0)
        self._files = Pace(burst=10, every=6.0)
        self._addresses = Pace(burst=5, every=60.0)

    def newcomer(self, ip: str) -> float:
        """Seconds to wait; 0 is go ahead. So are the others."""
        return self._newcomers.wait(ip, _now())

    def frame(self, ip: str, visitor: str) -> float:
        wait = self._frames_of_ip.wait(ip, _now())
        return wait or (self._frames.wait(visitor, _now()) if visitor else 0.0)

    def message(self, visitor: str) -> float:
        return self._messages.wait(visitor, _now())

    def file(self, visitor: str) -> float:
        return self._files.wait(visitor, _now())

    def address(self, visitor: str) -> float:
        return self._addresses.wait(visitor, _now())


def _now() -> float:
    # Not the wall clock: one that is set back would shut everybody out.
    return asyncio.get_running_loop().time()


class Talk:
    """What one page may ask for, and what it is answered."""

    def __init__(
        self,
        page: PageSocket,
        ip: str,
        config: WebchatConfig,
        visitors: Visitors,
        files: Files,
        limits: Limits,
    ) -> None:
        self._page = page
        self._ip = ip
        self._config = config
        self._key = config.secret.value.encode()
        self._visitors = visitors
        self._files = files
        self._limits = limits
        self._bad = 0
        self._asking: asyncio.Task[None] | None = None
        self._name = ""
        self._signed: IdentityIn | None = None
        self._url = ""
        self._language = ""

    async def listen(self) -> None:
        """Until the page closes, is silent at first, or says too much nonsense."""
        async with asyncio.TaskGroup() as group:
            try:
                async with asyncio.timeout(HELLO_WITHIN):
                    met = await self._greet(group)
                if met:
                    await self._converse(met, group)
            except TimeoutError:
                await self._page.bye("hello", code=1008)
            finally:
                if self._asking:
                    self._asking.cancel()

    async def _greet(self, group: asyncio.TaskGroup) -> tuple[Visitor, Party] | None:
        frame = await self._frame()
        while frame is not None and not isinstance(frame, parse.Hello):
            await self._nonsense("hello")
            frame = await self._frame()
        if frame is None:
            return None
        token, sender = self._who(frame)
        if token and token != frame.token and self._limits.newcomer(self._ip):
            await self._page.bye("busy", code=1013)
            return None
        visitor = self._visitors.enter(sender.address)
        if len(visitor.pages) >= TABS:
            await self._page.bye("tabs", stay=True, code=1008)
            return None
        self._url, self._language = parse.page(frame.page), parse.language(frame.lang)
        self._name = visitor.name
        if frame.user:
            self._signed = parse.signed_address(frame.user, sender, self._visitors.clock())
        visitor.open(self._page, self._url)
        self._asking = group.create_task(self._welcome(visitor, frame, token), name="chat welcome")
        return visitor, sender

    def _who(self, hello: parse.Hello) -> tuple[str, Party]:
        """The token that the page keeps, and who they are to the desk."""
        secret = self._config.identity_secret
        doubt = ""
        if hello.user and secret:
            user = hello.user
            if tokens.signed_login(user.id, user.hash, secret.value):
                return "", parse.signed_in(tokens.visitor_of_user(user.id, self._key), user)
            doubt = N_("the page claimed a login without a valid signature")
        now = self._visitors.clock()
        brought = tokens.opened(hello.token, tokens.VisitorPass, self._key, now)
        if brought:
            return hello.token, parse.anonymous(brought.visitor, doubt)
        visitor = secrets.token_hex(16)
        token = tokens.sealed(tokens.VisitorPass(visitor, now + tokens.YEAR), self._key)
        return token, parse.anonymous(visitor, doubt)

    async def _welcome(self, visitor: Visitor, hello: parse.Hello, token: str) -> None:
        past = await self._past(visitor)
        if past is None:
            await self._page.bye("refused", stay=True, code=1008)
            return
        lines = render.history(past.history, visitor.name, self._files.link)
        welcome = render.Welcome(
            visitor=visitor.name,
            token=token,
            title=self._config.title,
            greeting=self._config.greeting_in(self._language),
            limit=self._config.attachment_limit,
            history=lines,
            more=past.more,
        )
        if await self._page.tell(welcome):
            visitor.shown(lines, hello.read)

    async def _older(self, visitor: Visitor, before: int) -> None:
        past = await self._past(visitor, before)
        if past is None:
            return
        lines = render.history(past.history, visitor.name, self._files.link)
        if await self._page.tell(render.History(lines, past.more)):
            visitor.shown(lines, read=before)

    async def _past(self, visitor: Visitor, before: int = 0) -> State | None:
        """The conversation so far; None when the desk does not know our account."""
        try:
            return await self._visitors.inbox.state(visitor.name, before=before, limit=HISTORY)
        except Rejected:
            return None

    # --- frames -------------------------------------------------------------------------------

    async def _frame(self) -> parse.Frame | None:
        """The next one that can be read and is not too soon; None when the page is gone."""
        while True:
            message = await self._page.socket.receive()
            if message.type in GONE:
                return None
            frame = parse.frame(message.data) if message.type == WSMsgType.TEXT else None
            if frame is None:
                await self._nonsense("frame")
            elif self._limits.frame(self._ip, self._name):
                await self._nonsense("slow")
                if isinstance(frame, parse.Msg):
                    await self._page.tell(render.Nack(frame.cid, retry=5))
            else:
                return frame

    async def _nonsense(self, code: str) -> None:
        self._bad += 1
        if self._bad < BAD_FRAMES:
            await self._page.tell(render.Error(code))
        else:
            await self._page.bye(code, code=1008)

    async def _converse(self, met: tuple[Visitor, Party], group: asyncio.TaskGroup) -> None:
        visitor, sender = met
        try:
            while (frame := await self._frame()) is not None:
                if isinstance(frame, parse.Bye):
                    break
                await self._heard(frame, visitor, sender, group)
        finally:
            visitor.close(self._page)

    async def _heard(
        self, frame: parse.Frame, visitor: Visitor, sender: Party, group: asyncio.TaskGroup
    ) -> None:
        match frame:
            case parse.Msg():
                await self._message(frame, visitor, sender)
            case parse.Typing(on):
                visitor.typing(on=on)
            case parse.Read(seq):
                visitor.read(seq)
            case parse.History(before):
                self._ask(group, visitor, before)
            case parse.Email():
                await self._email(frame, visitor, sender)
            case parse.Ticket():
                await self._ticket(frame, visitor)
            case _:
                await self._nonsense("frame")

    async def _message(self, said: parse.Msg, visitor: Visitor, sender: Party) -> None:
        now = self._visitors.clock()
        wait = self._limits.message(visitor.name)
        files = self._uploaded(said.files, visitor)
        if wait or files is None:
            await self._page.tell(render.Nack(said.cid, retry=wait))
            return
        event = parse.message(said, files, sender, now, self._url, self._language)
        if event is None:
            await self._nonsense("empty")
            return
        self._introduce(visitor)
        if visitor.wrote(Letter(event, said.cid), self._page):
            visitor.typing(on=False)
        else:
            await self._page.tell(render.Nack(said.cid, retry=10))

    def _introduce(self, visitor: Visitor) -> None:
        """Before the first words: the desk may know the address that the site vouches for."""
        if self._signed:
            visitor.knows(self._signed)
            self._signed = None

    def _uploaded(self, passes: tuple[str, ...], visitor: Visitor) -> tuple[Attachment, ...] | None:
        files = tuple(self._files.uploaded(each, visitor.name) for each in passes)
        known = tuple(file for file in files if file is not None)
        return known if len(known) == len(files) else None

    def _ask(self, group: asyncio.TaskGroup, visitor: Visitor, before: int) -> None:
        """One question to the desk at a time; a page that asks more gets no second answer."""
        if self._asking is None or self._asking.done():
            question = self._older(visitor, before)
            self._asking = group.create_task(question, name="chat history")

    async def _email(self, said: parse.Email, visitor: Visitor, sender: Party) -> None:
        identity = parse.identity(said, sender, self._visitors.clock())
        if identity and not self._limits.address(visitor.name):
            visitor.knows(identity)
            await self._page.tell(render.Noted(ok=True))
        else:
            await self._page.tell(render.Noted(ok=False))

    async def _ticket(self, said: parse.Ticket, visitor: Visitor) -> None:
        wait = self._limits.file(visitor.name)
        if wait or not 0 < said.size <= self._config.attachment_limit:
            await self._page.tell(render.Nack(said.cid, retry=wait))
        else:
            await self._page.tell(render.Ticket(said.cid, self._files.ticket(said, visitor.name)))
