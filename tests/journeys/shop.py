"""The owner's web site: a page with the chat on it, and a customer who is signed in there."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape

from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from tests.journeys.desk import LOGIN_SECRET, WholeDesk

PATIENCE = 30_000


@asynccontextmanager
async def shop(desk: WholeDesk, user: str, name: str) -> AsyncIterator[None]:
    """The site on the desk's shop port, for one who is signed in by an address."""
    proof = hmac.new(LOGIN_SECRET.encode(), user.encode(), hashlib.sha256).hexdigest()
    signed = f'data-user="{escape(user)}" data-user-hash="{proof}" data-user-name="{escape(name)}"'
    body = (
        f'<!doctype html><title>shop</title><script src="{desk.chat_url}/widget.js" {signed}>'
        "</script>"
    )

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=body, content_type="text/html")

    site = web.Application()
    site.router.add_get("/", page)
    async with TestServer(site, port=desk.shop_port):
        yield


class Visitor:
    """A customer with the chat open."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def writes(self, text: str) -> None:
        field = self._page.get_by_role("textbox", name="Write a message")
        await field.fill(text)
        await field.press("Enter")

    async def sees(self, text: str) -> None:
        log = self._page.get_by_role("log")
        await expect(log).to_contain_text(text, timeout=PATIENCE)


async def visitor(browser: Browser, url: str) -> Visitor:
    """Somebody who opens the page, and the chat on it."""
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    await page.goto(url, timeout=PATIENCE)
    await page.get_by_role("button", name="Open chat").click(timeout=PATIENCE)
    return Visitor(page)
