"""The bus over NATS. The only file that imports `nats`."""

import asyncio
import json
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import (
    AuthorizationError,
    Error,
    MaxPayloadError,
    NoRespondersError,
    NoServersError,
)
from nats.errors import TimeoutError as NatsTimeout

from wire.bus import (
    Answering,
    BusError,
    LinkDown,
    Listening,
    NoAnswer,
    NobodyListens,
    NotAllowed,
    Request,
    Stop,
    TooLarge,
    fits,
)
from wire.marks import passing

log = logging.getLogger("cordboard.bus")

# The server writes the asker here across an import with `share`, and overwrites a forged one.
ASKER = "Nats-Request-Info"
# Room for headers under the server's max_payload.
HEADERS = 4_096
# Requests being answered at once by one connection; more wait in the client's queue.
AT_ONCE = 4_096
_GOODBYE = 1.0


@dataclass(frozen=True, slots=True)
class Credential:
    """How a process proves itself: an nkey seed, or nothing at the open door; and whom it believes.

    `ca` is a file of certificates, beside which nobody is believed; "" is whom the system trusts.
    """

    seed: str = field(default="", repr=False)
    inbox: str = "_INBOX"
    ca: str = ""


class _Client(Client):
    """Two things of the library mended: TLS that is asked for and not there, lines left open."""

    def __init__(self, *, private: bool) -> None:
        super().__init__()
        self._private = private

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        if self._private and initial_connection and not info.get("tls_required"):
            raise Error("nats: the server offers no TLS")
        await super()._process_info(info, initial_connection)

    async def _connect_to_server(self, s: Any) -> None:
        """An attempt that the server refused leaves its line open: it is closed before the next."""
        if self._transport is not None:
            self._transport.close()  # type: ignore[no-untyped-call]
        await super()._connect_to_server(s)


class NatsBus:
    """One connection. Made by `connect`; reconnects for ever, `closed` tells when it can't."""

    def __init__(self, client: Client, denied: list[str]) -> None:
        """`denied` is what the server said no to, in its words, since it was looked at last."""
        self._client = client
        self._denied = denied
        self._answering: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    @property
    def reconnects(self) -> int:
        """How often the connection came back since it was made."""
        return int(self._client.stats["reconnects"])

    async def rtt(self) -> float:
        """Seconds to the server and back. Raises LinkDown."""
        try:
            return await self._client.rtt(timeout=5)
        except (Error, OSError, TimeoutError) as error:
            raise LinkDown("no answer to a ping") from error

    async def request(self, subject: str, payload: bytes, *, timeout: float = 5.0) -> bytes:
        self._checked(payload)
        try:
            return (await self._once(subject, payload, timeout)).data
        except NoRespondersError:
            await asyncio.sleep(0.1)  # a fresh subscription can miss one
        try:
            return (await self._once(subject, payload, timeout)).data
        except NoRespondersError as error:
            raise NobodyListens(subject) from error

    async def publish(self, subject: str, payload: bytes) -> None:
        self._checked(payload)
        try:
            await self._client.publish(subject, payload)
        except (Error, OSError) as error:
            raise LinkDown(str(error)) from error

    async def serve(self, subject: str, answering: Answering, *, queue: str = "") -> Stop:
        async def on_request(message: Msg) -> None:
            await self._room.acquire()
            task = asyncio.create_task(self._answer(message, answering), name=f"answer {subject}")
            self._answering.add(task)
            task.add_done_callback(self._answered)

        return await self._subscribed(subject, queue, on_request)

    async def listen(self, subject: str, listening: Listening) -> Stop:
        async def on_news(message: Msg) -> None:
            listening(message.subject, message.data)

        return await self._subscribed(subject, "", on_news)

    async def close(self) -> None:
        for task in list(self._answering):
            task.cancel()
        try:
            await self._client.close()
        except (Error, OSError) as error:
            log.debug("close: %s", error)  # truth is in SQL; a torn goodbye loses nothing

    async def _told(self) -> None:
        """Return once the server knows of the subscription or its end.

        The client's ping overtakes commands that it has not written yet; the second one cannot.
        """
        await self._client.flush()
        await self._client.flush()

    def _checked(self, payload: bytes) -> None:
        if not self._client.is_connected:
            raise LinkDown("no connection to the bus")
        fits(payload, self._client.max_payload - HEADERS)

    async def _once(self, subject: str, payload: bytes, timeout: float) -> Msg:
        try:
            return await self._client.request(subject, payload, timeout=timeout)
        except NoRespondersError:
            raise
        except NatsTimeout as error:
            raise NoAnswer(subject) from error
        except MaxPayloadError as error:
            raise TooLarge(subject) from error
        except (Error, OSError) as error:
            raise LinkDown(str(error)) from error

    async def _subscribed(
        self, subject: str, queue: str, callback: "Callable[[Msg], asyncio.Future[None]] | object"
    ) -> Stop:
        try:
            subscription: Subscription = await self._client.subscribe(
                subject,
                queue=queue,
                cb=callback,  # type: ignore[arg-type]
            )
            await self._told()
        except (Error, OSError, TimeoutError) as error:
            raise LinkDown(f"{subject}: {error or type(error).__name__}") from error
        if self._was_denied(subject):
            await subscription.unsubscribe()
            raise NotAllowed(f"{subject}: the bus does not let us hear this")

        async def stop() -> None:
            try:
                await subscription.drain()  # type: ignore[no-untyped-call]  # what came is answered
                await self._told()
            except (Error, OSError, TimeoutError) as error:
                log.debug("unsubscribe %s: %s", subject, error)

        return stop

    def _was_denied(self, subject: str) -> bool:
        """The server said so before it answered our ping."""
        said = [words for words in self._denied if f'"{subject.lower()}"' in words]
        self._denied.clear()
        return bool(said)

    async def _answer(self, message: Msg, answering: Answering) -> None:
        request = Request(message.subject, message.data, *asking(message))
        try:
            answer = fits(await answering(request), self._client.max_payload - HEADERS)
            if message.reply and answer:  # an empty answer through a forged reply can do harm
                passing("answer.publishing", message.subject)
                await self._client.publish(message.reply, answer)
                passing("answer.published", message.subject)
        except (Error, OSError, BusError) as error:
            log.warning("no answer to %s: %s", message.subject, error)
        except Exception:  # bus delivery must not die; what it ate is in the log
            log.exception("no answer to %s", message.subject)

    def _answered(self, task: "asyncio.Task[None]") -> None:
        self._answering.discard(task)
        self._room.release()


def asking(message: Msg) -> tuple[str, str]:
    """The user whom the server names as asking, and their host; both "" inside one account."""
    told: object = (message.headers or {}).get(ASKER)
    if isinstance(told, list):  # so nats-py reads headers where fast_mail_parser is installed
        told = told[0] if len(told) == 1 else ""
    try:
        known = json.loads(told) if isinstance(told, str) and told else {}
        user, host = known.get("user", ""), known.get("host", "")
    except (ValueError, AttributeError):
        return "", ""
    return user if isinstance(user, str) else "", host if isinstance(host, str) else ""


async def connect(
    url: str,
    *,
    credential: Credential = Credential(),
    name: str = "cordboard",
    server: str = "",
    closed: Callable[[], None] = lambda: None,
    timeout: float = 20.0,
    patient: bool = False,
) -> NatsBus:
    """Connect once (or, when `patient`, until it works), then stay connected.

    `server` is the name that the server must have; another one means a foreign server on our port.
    Raises NotAllowed for bad credentials and LinkDown when nobody is there.
    """
    trusted = _trusted(url, credential.ca, named=bool(server))
    client = _Client(private=trusted is not None)
    refused = False
    denied: list[str] = []

    async def on_error(error: Exception) -> None:
        nonlocal refused
        refused = refused or "authorization" in str(error).lower()
        if "permissions violation for subscription" in str(error).lower():
            denied[:] = [*denied[-99:], str(error).lower()]
        # While connecting whoever asked gets the error; a log line is for what comes later.
        level = logging.WARNING if client.is_connected else logging.DEBUG
        log.log(level, "bus: %s", error or type(error).__name__)

    async def on_closed() -> None:
        closed()

    try:
        await asyncio.wait_for(
            client.connect(
                url,
                name=name,
                error_cb=on_error,
                closed_cb=on_closed,
                nkeys_seed_str=credential.seed or None,
                inbox_prefix=credential.inbox,
                allow_reconnect=patient,
                max_reconnect_attempts=-1 if patient else 1,
                reconnect_time_wait=0.25,  # type: ignore[arg-type]
                connect_timeout=5,
                ping_interval=5,  # a line that is open on one side only is noticed within 15 s
                max_outstanding_pings=2,
                pending_size=0,
                tls=trusted,
            ),
            timeout,
        )
    except (NoServersError, TimeoutError, OSError, AuthorizationError, Error) as error:
        await _abandon(client)
        if refused or "authorization" in str(error).lower():
            raise NotAllowed("the bus refused these credentials") from error
        raise LinkDown(f"no bus at {url}: {error or type(error).__name__}") from error
    client.options |= {"allow_reconnect": True, "max_reconnect_attempts": -1}
    named = str(client._server_info.get("server_name", ""))
    if server and named != server:
        await _abandon(client)
        raise LinkDown(f"{url}: another server answers there ({named}, not {server})")
    return NatsBus(client, denied)


def _trusted(url: str, ca: str, *, named: bool) -> ssl.SSLContext | None:
    """For `tls://`. Who knows the server's own name from its folder needs no name of its host."""
    if not url.startswith("tls://"):
        return None
    try:
        context = ssl.create_default_context(cafile=ca or None)
    except OSError as error:  # ssl's own errors are of this kind too
        raise LinkDown(f"the certificates in {ca} cannot be read: {error}") from error
    if ca:
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a certificate may vouch for itself
        context.check_hostname = not named
    return context


async def _abandon(client: Client) -> None:
    try:
        # Half way into TLS the client would wait for its end for ever.
        await asyncio.wait_for(client.close(), _GOODBYE)
    except (Error, OSError, TimeoutError) as error:
        log.debug("abandoned: %s", error)
