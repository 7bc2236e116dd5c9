"""What the channel has, page by page, and handing over what the desk missed."""

import asyncio
import logging
from typing import Any

from adapters.sdk.adapter import Adapter
from adapters.sdk.supervise import first_cause
from adapters.sdk.verdicts import Retry, Verdict
from wire import codec
from wire.bus import Request
from wire.codec import Malformed
from wire.messages import channel
from wire.messages.channel import ListAnswer, ListAsk, Listing

# The router waits a minute.
SECONDS = 50.0


class Lister:
    """Serves `list` of an adapter that has `listing`; one question at a time."""

    def __init__(self, adapter: Adapter[Any], log: logging.Logger) -> None:
        self._adapter, self._log = adapter, log
        self._turn = asyncio.Lock()

    async def answer(self, request: Request) -> bytes:
        ask = codec.decode(request.payload, ListAsk)
        if isinstance(ask, Malformed):
            refused = channel.Rejected(reason=f"the router's request is broken: {ask.reason}")
            return codec.encode(refused)
        return codec.encode(await self._listed(ask))

    async def _listed(self, ask: ListAsk) -> ListAnswer:
        try:
            async with self._turn, asyncio.timeout(SECONDS):
                if ask.take:
                    return Listing(taken=await self._adapter.take(ask.take))
                return await self._adapter.listing(ask.since, ask.after)
        except TimeoutError:
            return channel.Retry(reason="the channel gave no answer in time")
        except Exception as error:  # noqa: BLE001  whatever it is, the router must hear of it
            cause = first_cause(error)
            self._log.warning("listing: %s", cause)
            reason = cause.reason if isinstance(cause, Verdict) else type(cause).__name__
            if isinstance(cause, Retry):
                return channel.Retry(reason=reason, after=cause.after)
            return channel.Rejected(reason=reason)
