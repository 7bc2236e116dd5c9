"""Example: what customers write there comes to the desk, what agents answer goes back."""

import time
from typing import ClassVar

from msgspec.structs import replace

from adapters.sdk import Adapter, Capabilities, Config, Inbox, Outbound, UnreadableIn
from cordboard_example import config as configuration
from cordboard_example import parse, render
from cordboard_example.config import ExampleConfig
from cordboard_example.service import Service


class Example(Adapter[ExampleConfig]):
    kind: ClassVar[str] = "example"
    Config: ClassVar[type[Config]] = ExampleConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kind="example",
        text_limit=render.TEXT_LIMIT,
        receipts="sent",
        # The service knows a repeat by its key.
        when_unknown="resend",
    )

    def __init__(self, config: ExampleConfig, account: str) -> None:
        super().__init__(config, account)
        self._service = Service(config)

    @classmethod
    def faults(cls, config: ExampleConfig) -> list[str]:
        return configuration.faults(config)

    async def run(self, inbox: Inbox) -> None:
        """Each message once: the desk keeps our place with the message, in one transaction."""
        after = (await inbox.state()).cursor
        inbox.ready(await self._service.me())
        while True:
            for raw in await self._service.updates(after):
                event, after = parse.event(raw, time.time()), str(parse.number(raw))
                if isinstance(event, UnreadableIn):
                    kept = await inbox.put(raw, "update.json", "application/json")
                    event = replace(event, raw=kept.sha256)
                await inbox.receive(event, cursor=after)

    async def send(self, message: Outbound) -> str:
        return await self._service.send(render.message(message))

    async def check(self) -> str:
        try:
            return f"the service knows this account as {await self._service.me()}"
        finally:
            await self._service.close()

    async def close(self) -> None:
        await self._service.close()
