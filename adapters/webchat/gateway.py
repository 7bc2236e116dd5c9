"""The doors of the chat: the widget's files, the socket, uploads and downloads, health."""

import asyncio
import os
import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import ip_address, ip_network

from aiohttp import web

from adapters.sdk import Inbox, Unavailable
from adapters.webchat import page_files, render
from adapters.webchat.config import WebchatConfig, origin_of
from adapters.webchat.files import Files
from adapters.webchat.page_socket import PageSocket
from adapters.webchat.talk import Limits, Talk
from adapters.webchat.visitors import Visitor, Visitors

FRAME_LIMIT = 64 * 1024
HEARTBEAT = 25.0
STOPS_WITHIN = 3.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gateway:
    """One listening address, and who comes in there."""

    def __init__(
        self, config: WebchatConfig, inbox: Inbox, clock: Callable[[], float] = time.time
    ) -> None:
        self._config = config
        self._inbox = inbox
        self._clock = clock
        self.files = Files(inbox, config.secret.value.encode(), clock)
        self._limits = Limits(config)
        self._page = page_files.load()
        self._connections: Counter[str] = Counter()
        self._proxies = tuple(ip_network(each) for each in config.trusted_proxies)
        self._origins = set(config.origins)
        self._visitors: Visitors | None = None
        self.url = ""

    def find(self, remote: str) -> Visitor | None:
        """The visitor of that remote conversation, if they are here."""
        return self._visitors.find(remote) if self._visitors else None

    @property
    def visitors(self) -> Visitors:
        if self._visitors is None:
            raise Unavailable("the chat gateway is starting")
        return self._visitors

    async def serve(self) -> None:
        """Listen and stay."""
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=STOPS_WITHIN)
        await runner.setup()
        try:
            async with asyncio.TaskGroup() as group:
                self._visitors = Visitors(self._inbox, group, self.files.link, self._clock)
                await self._listen(runner)
                self._inbox.ready(self.url)
                await self._beat()
        finally:
            # Nobody new first: a page that hears "restart" is back at once, and would be left over.
            for site in list(runner.sites):
                await site.stop()
            await self._say_bye()
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        host, port = self._config.address
        certificate = _certificate(self._config)
        try:
            await web.TCPSite(runner, host, port, ssl_context=certificate).start()
        except OSError as error:
            # asyncio's own words name the address a second time.
            why = os.strerror(error.errno) if error.errno else str(error)
            reason = f"cannot listen on {self._config.listen}: {why}"
            raise Unavailable(reason) from error
        port = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        http = "https" if certificate else "http"
        self.url = self._config.public_url or f"{http}://{shown}:{port}"
        own = (self.url, f"{http}://{shown}:{port}", f"{http}://localhost:{port}")
        self._origins |= {origin_of(url) for url in own}

    async def _beat(self) -> None:
        """Pages cannot see pings, so they are told that we are here."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            await asyncio.gather(*(page.tell(render.Beat()) for page in self.visitors.pages))

    async def _say_bye(self) -> None:
        if self._visitors is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOPS_WITHIN):
                    await asyncio.gather(*(page.bye("restart") for page in self._visitors.pages))

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[_guarded], client_max_size=FRAME_LIMIT)
        app.router.add_get("/ws", self._socket)
        app.router.add_post("/upload", self._upload)
        app.router.add_get("/file/{token}", self.files.download)
        app.router.add_get("/health", self._health)
        app.router.add_get("/{name:(?:words/)?[a-z]+[.](?:js|css|svg|json)}", self._asset)
        if self._config.demo_page:
            app.router.add_get("/", self._demo)
        return app

    # --- doors --------------------------------------------------------------------------------

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Origin", "") not in self._origins:
            raise web.HTTPForbidden(text="this page may not open the chat: see `origins`")
        ip = self._ip(request)
        if self._connections.total() >= self._config.max_connections:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "30"})
        if self._connections[ip] >= self._config.max_connections_per_ip:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "30"})
        self._connections[ip] += 1
        try:
            return await self._talk(request, ip)
        finally:
            self._connections[ip] -= 1
            self._connections += Counter()  # drops the zeros

    async def _talk(self, request: web.Request, ip: str) -> web.StreamResponse:
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT, max_msg_size=FRAME_LIMIT, compress=False, timeout=STOPS_WITHIN
        )
        await socket.prepare(request)
        page = PageSocket(socket, request.transport)
        talk = Talk(page, ip, self._config, self.visitors, self.files, self._limits)
        await talk.listen()
        return socket

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin", "")
        if origin not in self._origins:
            raise web.HTTPForbidden(text="this page may not upload: see `origins`")
        allowed = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        try:
            response = await self.files.upload(request)
        except web.HTTPException as refused:
            refused.headers.update(allowed)
            raise
        response.headers.update(allowed)
        return response

    async def _health(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"state": "ready", "pages": len(self.visitors.pages)})

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        file = self._page.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound
        response = web.Response(body=file.body, content_type=file.media_type, charset="utf-8")
        response.etag = file.etag
        response.enable_compression()
        response.headers["Cache-Control"] = "public, max-age=300"
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if any(known.value == file.etag for known in request.if_none_match or ()):
            return web.Response(status=304, headers=response.headers)
        return response

    async def _demo(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(
            body=self._page["index.html"].body,
            content_type="text/html",
            charset="utf-8",
            headers={"Content-Security-Policy": page_files.DEMO_POLICY},
        )

    def _ip(self, request: web.Request) -> str:
        """Who connects; behind trusted proxies the nearest address that is none of them."""
        ip = request.remote or ""
        for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
            if not hop.strip() or not self._is_proxy(ip):
                break
            ip = hop.strip()
        return ip

    def _is_proxy(self, ip: str) -> bool:
        try:
            return any(ip_address(ip) in network for network in self._proxies)
        except ValueError:
            return False


def _certificate(config: WebchatConfig) -> ssl.SSLContext | None:
    if not config.tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.tls_certificate, config.tls_key)
    except OSError as error:  # ssl's own errors are of this kind too
        said = f"tls_certificate {config.tls_certificate} cannot be used: {error}"
        raise Unavailable(said) from error
    return context


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What every answer says about how little may be done with it."""
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        refused.headers.update(_GUARDS)
        raise
    if not response.prepared:
        response.headers.update(_GUARDS)
    return response


_GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
