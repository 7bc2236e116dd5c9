"""Asking the router as an agent: a verb goes out, its answer or a refusal comes back."""

import asyncio
import random
import secrets
from typing import Any

import msgspec

from wire import codec, subjects
from wire.bus import Bus, LinkDown, NoAnswer, NobodyListens
from wire.codec import Malformed
from wire.messages.base import say
from wire.messages.verbs import Answer, Ask, Call, No

# A router that starts again is back within seconds; a command is repeated for so long.
PATIENCE = 15.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


class Refused(Exception):
    """The desk said no, and why: `no.said` is for a person, `no.code` for a program."""

    def __init__(self, no: No) -> None:
        super().__init__(str(no.said))
        self.no = no


class Desk:
    """The desk as one agent sees it."""

    def __init__(
        self, bus: Bus, agent: str, *, patience: float = PATIENCE,
        chance: random.Random | None = None,
    ) -> None:  # fmt: skip
        self._bus = bus
        self._agent = agent
        self._patience = patience
        # It spreads retries and hides nothing.
        self._chance = chance or random.Random()  # noqa: S311

    async def call(self, ask: Ask, *, key: str = "", timeout: float = 5.0) -> Any:
        """The verb's answer. Raises Refused, or BusError when the desk cannot be reached.

        A command carries a key, so that it can be repeated until its answer is known and still
        happens once. Who may have to repeat it later gives a key of their own and keeps it.
        """
        if not ask.changes:
            return await self._once(ask, "", timeout)
        return await self._until_answered(ask, key or secrets.token_hex(16), timeout)

    async def _until_answered(self, ask: Ask, key: str, timeout: float) -> Any:
        loop = asyncio.get_running_loop()
        give_up, pause = loop.time() + self._patience, _FIRST_PAUSE
        while True:
            try:
                return await self._once(ask, key, timeout)
            except (NoAnswer, LinkDown, NobodyListens):
                if loop.time() + pause > give_up:
                    raise
            except Refused as refused:
                # This router has no lease (yet): nothing was decided, ask again.
                if refused.no.code != "not_active" or loop.time() + pause > give_up:
                    raise
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.0))
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _once(self, ask: Ask, key: str, timeout: float) -> Any:
        call = Call(body=msgspec.Raw(codec.encode(ask)), key=key)
        subject = subjects.rpc(self._agent, ask.verb)
        payload = await self._bus.request(subject, codec.encode(call), timeout=timeout)
        return answered(ask, payload)


def answered(ask: Ask, payload: bytes) -> Any:
    """The answer to this verb in these bytes. Raises Refused."""
    answer: Any = codec.decode(payload, Answer)
    if isinstance(answer, No):
        raise Refused(answer)
    value = answer if isinstance(answer, Malformed) else codec.decode(answer.body, ask.answer)
    if isinstance(value, Malformed):
        said = say(
            "The desk's answer could not be read ({reason}). Are both of the same release?",
            reason=value.reason,
        )
        raise Refused(No(code="invalid", said=said))
    return value
