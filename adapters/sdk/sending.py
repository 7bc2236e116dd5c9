"""Messages of ours on their way out: each at most once here, in pieces when it is too long."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from adapters.sdk.adapter import Adapter
from adapters.sdk.pulse import Pulse
from adapters.sdk.split import piece_ids, split
from adapters.sdk.supervise import first_cause
from adapters.sdk.verdicts import AuthFailed, Rejected, Retry, Unavailable, Unknown
from wire import codec
from wire.bus import Request
from wire.codec import Malformed
from wire.marks import passing
from wire.messages import channel
from wire.messages.channel import Delivery, Fate, NeverHeard, Outbound, Sent, Stale
from wire.text import clean, clean_line
from wire.words import N_

# Ids that are remembered as sent; a router repeats one within minutes, not after so many others.
REMEMBERED = 10_000
# Health's part for what `send` says.
PART = "sending"


class Sending:
    """Serves `send`. `newer_router` is called when a router with a newer epoch appears."""

    def __init__(
        self,
        adapter: Adapter[Any],
        *,
        pulse: Pulse,
        log: logging.Logger,
        newer_router: Callable[[], None] = lambda: None,
        auth_pause: float = 60.0,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._adapter, self._pulse, self._log = adapter, pulse, log
        self._newer_router, self._auth_pause = newer_router, auth_pause
        self._steady = steady
        self._started, self._born = clock(), steady()
        self._epoch = 0
        self._sent: OrderedDict[str, Sent] = OrderedDict()
        self._doubtful: set[str] = set()
        # By id and attempt; what an earlier attempt came to says nothing about a later one.
        self._underway: dict[tuple[str, int], asyncio.Task[Delivery]] = {}
        self._outcomes: OrderedDict[tuple[str, int], Delivery] = OrderedDict()
        # Up to which attempt an id is over: begun anew since, or denied when it was asked about.
        self._over: OrderedDict[str, int] = OrderedDict()

    async def answer(self, request: Request) -> bytes:
        message = codec.decode(request.payload, Outbound)
        if isinstance(message, Malformed):
            refused = channel.Rejected(reason=f"the router's request is broken: {message.reason}")
            return codec.encode(refused)
        return codec.encode(await self.deliver(message))

    async def deliver(self, message: Outbound) -> Fate:
        """The same id again joins the attempt that runs, or hears that it was sent."""
        if message.epoch < self._epoch:
            return Stale(epoch=self._epoch)
        if message.epoch > self._epoch:
            self._epoch = message.epoch
            self._over.clear()  # whatever comes late from the older one is stale
            self._newer_router()
        named = (message.id, message.attempt)
        task = self._underway.get(named)
        if task is None:
            known = self._known(message)
            if known is not None:
                return known
            task = self._joined(message)
        # The router may stop waiting; what is half sent goes on.
        return await asyncio.shield(task)

    def _known(self, message: Outbound) -> Fate | None:
        """What needs no sending: an attempt that ended, is only asked about, or comes too late."""
        counts = message.attempt > 0
        ended = self._outcomes.get((message.id, message.attempt))
        if ended is not None and (counts or message.inquiry):
            return ended
        if message.inquiry:
            # Who hears this asks anew; should this attempt come after all, it would go twice.
            self._is_over(message.id, message.attempt)
            return NeverHeard(age=self._steady() - self._born)
        if counts and message.attempt <= self._over.get(message.id, 0):
            return channel.Retry(reason=N_("it was asked for too late"))
        return None

    def _is_over(self, id_: str, attempt: int) -> None:
        _keep(self._over, id_, max(attempt, self._over.get(id_, 0)))

    def _joined(self, message: Outbound) -> "asyncio.Task[Delivery]":
        """The attempt that runs, or a new one; its outcome is kept for who lost the answer."""
        named = (message.id, message.attempt)
        running = (task for (id_, _), task in self._underway.items() if id_ == message.id)
        task = next(running, None) or asyncio.create_task(
            self._whole(message), name=f"send {message.id}"
        )
        self._is_over(message.id, message.attempt - 1)
        self._underway[named] = task
        task.add_done_callback(lambda done: self._ended(named, done))
        return task

    def _ended(self, named: tuple[str, int], task: "asyncio.Task[Delivery]") -> None:
        self._underway.pop(named, None)
        if not task.cancelled() and task.exception() is None:
            _keep(self._outcomes, named, task.result())

    async def finish(self, patience: float) -> None:
        """Let what is on its way arrive, then give up the rest: its fate is then unknown."""
        if not self._underway:
            return
        _, late = await asyncio.wait(set(self._underway.values()), timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _whole(self, message: Outbound) -> Delivery:
        able = self._adapter.capabilities
        if message.attachments and not able.attachments:
            return channel.Rejected(reason=N_("this channel carries no files"))
        message = _cleaned(message)
        texts = split(message.text, able.text_limit)
        ids = piece_ids(message.id, len(texts))
        for number, (id_, text) in enumerate(zip(ids, texts, strict=True)):
            last = id_ == message.id
            files = message.attachments if last else ()
            outcome = await self._piece(replace(message, id=id_, text=text, attachments=files))
            if isinstance(outcome, channel.Rejected) and number:
                said = f"only {number} of {len(texts)} parts were delivered: {outcome.reason}"
                return replace(outcome, reason=said)
            if last or not isinstance(outcome, Sent):
                return outcome
        raise AssertionError("there is always a last piece")

    async def _piece(self, message: Outbound) -> Delivery:
        before = self._sent.get(message.id)
        if before is not None and not message.anew:
            return replace(before, again=True)
        outcome = await self._attempt(message)
        if isinstance(outcome, Sent):
            self._remember(message.id, outcome)
        elif isinstance(outcome, channel.Unknown):
            self._doubtful.add(message.id)
        return outcome

    async def _attempt(self, message: Outbound) -> Delivery:
        try:
            async with asyncio.timeout(self._adapter.send_timeout):
                before = await self._sent_before(message)
                if isinstance(before, channel.Unknown):
                    return before
                passing("channel.sending", self._adapter.kind)
                sent = before or await self._adapter.send(message)
                passing("channel.sent", self._adapter.kind)
        except TimeoutError:
            self._pulse.failures += 1
            return channel.Unknown(reason=N_("the channel gave no answer in time"))
        except Exception as error:  # noqa: BLE001  whatever it is, the router must hear of it
            self._pulse.failures += 1
            return self._verdict(first_cause(error), message)
        self._pulse.sent += 1
        self._pulse.is_("ready", part=PART)
        return sent if isinstance(sent, Sent) else Sent(remote_id=sent)

    async def _sent_before(self, message: Outbound) -> Sent | channel.Unknown | None:
        """Only a doubtful repeat is asked about: of an unknown fate, or older than this process."""
        if self._adapter.capabilities.when_unknown != "query":
            return None
        fresh = message.at >= self._started and not message.doubts
        if message.anew or (fresh and message.id not in self._doubtful):
            return None
        try:
            found = await self._adapter.query(message)
        except Unknown as error:
            return channel.Unknown(reason=error.reason, asked=True)
        return replace(found, again=True) if found else None

    def _verdict(self, error: Exception, message: Outbound) -> Delivery:
        if isinstance(error, AuthFailed):
            self._pulse.is_("paused", error.reason, PART)
            return channel.Retry(reason=error.reason, after=self._auth_pause)
        if isinstance(error, Unavailable):
            self._pulse.is_("retrying", error.reason, PART)
            return channel.Retry(reason=error.reason)
        if isinstance(error, Retry):
            return channel.Retry(reason=error.reason, after=error.after)
        if isinstance(error, Rejected):
            return channel.Rejected(reason=error.reason, code=error.code)
        self._log.error("%s: send failed", message.id, exc_info=error)
        return channel.Unknown(reason=(str(error) or type(error).__name__)[:300])

    def _remember(self, id_: str, sent: Sent) -> None:
        self._doubtful.discard(id_)
        _keep(self._sent, id_, sent)


def _cleaned(message: Outbound) -> Outbound:
    """Nothing that a customer's terminal would obey, no second line in a name or subject."""
    return replace(
        message,
        text=clean(message.text),
        author=clean_line(message.author),
        subject=clean_line(message.subject),
    )


def _keep(kept: OrderedDict[Any, Any], key: object, value: object) -> None:
    kept[key] = value
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
