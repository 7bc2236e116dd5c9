"""Customers who write in the chat: the demo's page, which repeats what has no ack."""

import time

import aiohttp

from cordboard.demo.customers.ledger import Ledger, Sent
from cordboard.demo.customers.page import Page
from cordboard.demo.people import person

SHOP = "/shop"


class ChatCustomer:
    channel = "chat"

    def __init__(
        self, name: str, number: int, http: aiohttp.ClientSession, url: str, ledger: Ledger
    ) -> None:
        self.name, self._ledger = name, ledger
        self._page = Page(http, url, person(1, number), url + SHOP, "", ledger)

    async def writes(self, number: int) -> None:
        token = f"{self.name}-{number}"
        self._ledger.write(Sent(token, self.channel, self.name, time.time()))
        await self._page.open()
        await self._page.say(f"[{token}]", cid=f"{token}-cid-cid", token=token)

    async def leaves(self) -> None:
        await self._page.leave()
