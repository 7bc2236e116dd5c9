"""The widget in a real browser: what a visitor sees, hears and can do."""

import contextlib
import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer
from playwright.async_api import Browser, Locator, Page, expect

from adapters.sdk import Cue, IdentityIn, MessageIn, ReceiptIn, Standing
from tests.adapters.webchat.conftest import LOGIN_SECRET, Chat, serving
from tests.adapters.webchat.desk import Desk
from tests.servers.chromium import chromium
from tests.servers.ports import free_ports

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module")]

# A shared machine may be slow; it only costs time when something is wrong.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)

Visit = tuple[Chat, Page]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with chromium(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    async with serving() as chat, visitor(browser, chat.url) as page:
        yield chat, page


@asynccontextmanager
async def visitor(browser: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """A visitor of their own on the demo page; the page must not complain of anything."""
    context = await browser.new_context(**{"locale": "en-GB", **options})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints = complaints_of(page)
    await page.goto(url)
    try:
        yield page
    finally:
        await context.close()
    assert complaints == []


def complaints_of(page: Page) -> list[str]:
    said: list[str] = []
    # A connection that breaks is the browser's to mention, and some tests break it.
    page.on(
        "console",
        lambda message: (
            said.append(message.text)
            if message.type in ("error", "warning") and "ERR_CONNECTION" not in message.text
            else None
        ),
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


async def opened(page: Page) -> Locator:
    """The text field of the open chat."""
    await page.get_by_role("button", name="Open chat").click()
    return page.get_by_role("textbox", name="Write a message")


async def wrote(chat: Chat, page: Page, text: str) -> str:
    """The visitor's name, after they wrote and it was taken."""
    field = page.get_by_role("textbox", name="Write a message")
    before = len(chat.desk.of(MessageIn))
    await field.fill(text)
    await field.press("Enter")
    event = (await chat.desk.until(before + 1))[-1]
    return event.remote


def log(page: Page) -> Locator:
    return page.get_by_role("log")


def bubble(page: Page, text: str) -> Locator:
    return log(page).locator(".m").filter(has_text=text)


# --- a conversation ---------------------------------------------------------------------------


async def test_a_visitor_writes_is_answered_and_it_is_read(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    await expect(log(page)).to_contain_text("Hello! How can we help?")
    name = await wrote(chat, page, "Hi! Any news about my refund?")
    await expect(bubble(page, "Any news")).to_contain_text("Sent")
    await chat.reply(name, "It goes back today, Olga.")
    await expect(bubble(page, "It goes back")).to_contain_text("Ana")
    receipts = await chat.desk.until(2, ReceiptIn)
    assert [event.state for event in receipts if isinstance(event, ReceiptIn)] == [
        "delivered",
        "read",
    ]


async def test_both_see_the_other_typing(visit: Visit) -> None:
    chat, page = visit
    field = await opened(page)
    name = await wrote(chat, page, "Hi")
    await chat.adapter.cue(Cue(remote=name, typing=True, author="Ana"))
    await expect(page.get_by_text("Ana is typing…")).to_be_visible()
    await chat.reply(name, "Hello")
    await expect(page.get_by_text("Ana is typing…")).to_be_hidden()
    chat.desk.signals.clear()
    await field.press_sequentially("And")
    await field.fill("")
    await wrote(chat, page, "And when?")
    assert [s.typing for s in chat.desk.signals if s.typing is not None][:2] == [True, False]


async def test_a_visitor_sees_how_long_until_somebody_answers(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    name = await wrote(chat, page, "Hi")
    standing = Standing(position=3, seconds=240.0, low=120.0, high=480.0)
    await chat.adapter.cue(Cue(remote=name, standing=standing))
    said = page.get_by_text("You are number 3 in line: about 2–8 min")
    await expect(said).to_be_visible()
    await chat.reply(name, "Hello")
    await expect(said).to_be_hidden()


async def test_while_no_router_answers_it_is_being_sent_and_then_it_is(visit: Visit) -> None:
    chat, page = visit
    field = await opened(page)
    await wrote(chat, page, "one")
    chat.desk.away()
    await field.fill("two")
    await field.press("Enter")
    await expect(bubble(page, "two")).to_contain_text("Sending…")
    chat.desk.back()
    await expect(bubble(page, "two")).to_contain_text("Sent")
    assert [e.text for e in await chat.desk.until(2) if isinstance(e, MessageIn)] == ["one", "two"]


async def test_what_was_not_taken_outlives_a_reload(visit: Visit) -> None:
    chat, page = visit
    field = await opened(page)
    await wrote(chat, page, "one")
    chat.desk.away()
    await field.fill("two")
    await field.press("Enter")
    await expect(bubble(page, "two")).to_contain_text("Sending…")
    await page.reload()
    await expect(bubble(page, "two")).to_contain_text("Sending…")
    chat.desk.back()
    await expect(bubble(page, "two")).to_contain_text("Sent")
    assert len(await chat.desk.until(2)) == 2
    await expect(bubble(page, "two")).to_have_count(1)


async def test_what_was_missed_while_the_line_was_down_comes_after_it(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    name = await wrote(chat, page, "first")
    await expect(bubble(page, "first")).to_contain_text("Sent")
    connection = chat.adapter.find(name)
    assert connection is not None
    (socket,) = connection.pages
    socket.abort()
    chat.desk.reply(name, "You did not hear this at once")
    await expect(bubble(page, "You did not hear")).to_be_visible()
    await expect(bubble(page, "first")).to_have_count(1)


async def test_a_gateway_that_is_away_is_waited_for(browser: Browser) -> None:
    desk, (port,) = Desk(), free_ports(1)
    listen = f"127.0.0.1:{port}"
    async with contextlib.AsyncExitStack() as stack:
        async with serving(desk, listen=listen) as chat:
            page = await stack.enter_async_context(visitor(browser, chat.url))
            field = await opened(page)
            await wrote(chat, page, "one")
            await expect(bubble(page, "one")).to_contain_text("Sent")
        await field.fill("two")
        await field.press("Enter")
        await expect(bubble(page, "two")).to_contain_text("Sending…")
        await expect(page.get_by_role("status")).to_contain_text("No connection")
        async with serving(desk, listen=listen):
            await expect(bubble(page, "two")).to_contain_text("Sent")
            await expect(page.get_by_role("status")).to_be_hidden()


async def test_history_is_there_after_a_reload_and_what_was_not_seen_is_counted(
    visit: Visit,
) -> None:
    chat, page = visit
    await opened(page)
    name = await wrote(chat, page, "Hi")
    await chat.reply(name, "first")
    await expect(bubble(page, "first")).to_be_visible()
    await page.keyboard.press("Escape")
    await chat.reply(name, "second")
    await expect(page.get_by_role("button", name="Open chat. New messages: 1")).to_be_visible()
    await page.reload()
    await page.get_by_role("button", name="Open chat. New messages: 1").click()
    assert await log(page).locator(".text").all_inner_texts() == [
        "Hello! How can we help?",
        "Hi",
        "first",
        "second",
    ]
    await expect(page.get_by_role("button", name=re.compile("New messages"))).to_have_count(0)


async def test_two_tabs_show_the_same(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    name = await wrote(chat, page, "from the first")
    second = await page.context.new_page()
    await second.goto(chat.url)
    await expect(bubble(second, "from the first")).to_be_visible()
    await wrote(chat, second, "from the second")
    await expect(bubble(page, "from the second")).to_contain_text("Sent")
    await chat.reply(name, "to both")
    for tab in (page, second):
        await expect(bubble(tab, "to both")).to_have_count(1)
        assert await log(tab).locator(".text").all_inner_texts() == [
            "Hello! How can we help?",
            "from the first",
            "from the second",
            "to both",
        ]


async def test_older_messages_come_by_scrolling_up_and_nothing_jumps(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    name = await wrote(chat, page, "Hi")
    for number in range(50):
        chat.desk.reply(name, f"reply number {number}.")
    await page.reload()
    await expect(bubble(page, "number 49.")).to_be_in_viewport()
    await expect(bubble(page, "number 3.")).to_have_count(0)
    top = bubble(page, "number 20.")
    await log(page).evaluate("log => log.scrollTop = 30")
    await expect(bubble(page, "number 3.")).to_have_count(1)
    await expect(top).to_be_in_viewport()
    await chat.reply(name, "a new one")
    await expect(top).to_be_in_viewport()
    await page.get_by_role("button", name="New messages below").click()
    await expect(bubble(page, "a new one")).to_be_in_viewport()
    while not [event for event in chat.desk.of(ReceiptIn) if event.id == "read-out-52"]:
        await chat.desk.until(len(chat.desk.of(ReceiptIn)) + 1, ReceiptIn)


async def test_a_growing_text_does_not_cover_the_last_message(visit: Visit) -> None:
    chat, page = visit
    field = await opened(page)
    name = await wrote(chat, page, "Hi")
    for number in range(12):
        await chat.reply(name, f"reply number {number}.")
    await expect(bubble(page, "number 11.")).to_be_in_viewport()
    await field.fill("one\ntwo\nthree\nfour")
    await expect(bubble(page, "number 11.").locator(".meta")).to_be_in_viewport(ratio=1)


async def test_a_blocked_visitor_sees_that_it_was_not_sent_and_may_try_again(
    visit: Visit,
) -> None:
    chat, page = visit
    field = await opened(page)
    name = await wrote(chat, page, "one")
    chat.desk.blocked.add(name)
    await field.fill("two")
    await field.press("Enter")
    await expect(bubble(page, "two")).to_contain_text("Not sent")
    chat.desk.blocked.clear()
    await page.get_by_role("button", name="Try again").click()
    await expect(bubble(page, "two")).to_contain_text("Sent")


async def test_a_visitor_leaves_an_address(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    await wrote(chat, page, "Hi")
    address = page.get_by_role("textbox", name="Your e-mail")
    await address.fill("olga")
    await address.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("This is no e-mail address.")
    await address.fill("olga@kvit.example")
    await address.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Thank you, we will write there.")
    await expect(address).to_be_hidden()
    (event,) = chat.desk.of(IdentityIn)
    assert isinstance(event, IdentityIn)
    assert event.other
    assert event.other.address == "olga@kvit.example"


async def test_files_go_both_ways(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    await expect(log(page)).to_contain_text("Hello!")
    photo = b"\xff\xd8" + b"x" * 84_000
    await page.locator("input[type=file]").set_input_files(
        {"name": "фото.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    await expect(bubble(page, "фото.jpg")).to_contain_text("Sent")
    (event,) = await chat.desk.until(1)
    assert isinstance(event, MessageIn)
    assert chat.desk.blobs[event.attachments[0].sha256] == photo
    assert event.attachments[0].media_type == "image/jpeg"
    pdf = await chat.desk.put(b"%PDF", "statement.pdf", "application/pdf")
    await chat.reply(event.remote, "Here", pdf)
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="statement.pdf").click()
    download = await coming.value
    assert download.suggested_filename == "statement.pdf"
    assert Path(await download.path()).read_bytes() == b"%PDF"


async def test_a_file_too_large_is_not_even_sent(browser: Browser, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * (1024 * 1024 + 1))
    async with serving(attachment_limit_mb=1) as chat, visitor(browser, chat.url) as page:
        await opened(page)
        await expect(log(page)).to_contain_text("Hello!")
        await page.locator("input[type=file]").set_input_files(large)
        await expect(page.get_by_role("status")).to_have_text(
            "This file is too large. Most megabytes: 1"
        )


# --- hostile words ----------------------------------------------------------------------------


async def test_words_stay_words_and_only_addresses_of_the_web_are_links(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    name = await wrote(chat, page, "<b>bold</b><img src=x onerror=alert(1)>")
    text = "javascript:alert(1) <script>alert(2)</script> see (https://shop.example/a?b=1)."
    await chat.reply(name, text)
    await expect(bubble(page, "javascript:")).to_contain_text(text)
    assert await log(page).locator("b, img, script").count() == 0
    links = log(page).get_by_role("link")
    assert await links.count() == 1
    assert await links.get_attribute("href") == "https://shop.example/a?b=1"
    assert "noopener" in (await links.get_attribute("rel") or "")


# --- without a mouse, without eyes, in the dark -----------------------------------------------


async def test_everything_is_done_by_keys(visit: Visit) -> None:
    chat, page = visit
    launcher = page.get_by_role("button", name="Open chat")
    await expect(launcher).to_have_attribute("aria-expanded", "false")
    await page.keyboard.press("Tab")
    await expect(launcher).to_be_focused()
    await page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Write a message")
    await expect(field).to_be_focused()
    await page.keyboard.type("two")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("lines")
    await page.keyboard.press("Enter")
    (event,) = await chat.desk.until(1)
    assert isinstance(event, MessageIn)
    assert event.text == "two\nlines"
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launcher).to_be_focused()


async def test_every_part_has_a_role_and_a_name(visit: Visit) -> None:
    chat, page = visit
    await opened(page)
    name = await wrote(chat, page, "Hi")
    await chat.reply(name, "Hello")
    dialog = page.get_by_role("dialog", name="Chat with us")
    await expect(dialog.get_by_role("heading", name="Chat with us")).to_be_visible()
    log_ = dialog.get_by_role("log", name="Conversation")
    await expect(log_).to_have_attribute("aria-live", "polite")
    await expect(log_).to_contain_text("You")
    for part in ("Close chat", "Attach a file", "Send"):
        await expect(dialog.get_by_role("button", name=part, exact=True)).to_be_visible()
    await expect(dialog.get_by_role("textbox", name="Write a message")).to_be_visible()
    assert (
        await page.locator("button:visible").count()
        == await page.locator("button[title]:visible, button:has-text('Save'):visible").count()
    )


CONTRAST = """
([front, back]) => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(n => n / 255)
      .map(n => n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}
"""


async def style(part: Locator, name: str) -> str:
    colour: str = await part.evaluate("(part, name) => getComputedStyle(part)[name]", name)
    return colour


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_can_be_read_by_day_and_by_night(browser: Browser, scheme: str) -> None:
    async with serving() as chat, visitor(browser, chat.url, color_scheme=scheme) as page:
        await opened(page)
        name = await wrote(chat, page, "Hi")
        await chat.reply(name, "Hello")
        paper = await style(page.locator(".panel"), "backgroundColor")
        red = int(paper.removeprefix("rgb(").partition(",")[0])
        assert red > 240 if scheme == "light" else red < 40
        mine, theirs = bubble(page, "Hi").locator(".text"), page.locator(".text").last
        for part in (mine, theirs):
            colours = [await style(part, "color"), await style(part, "backgroundColor")]
            assert await page.evaluate(CONTRAST, colours) >= 4.5
        for dim in (".who", ".meta", "h2"):
            colour = await style(page.locator(dim).last, "color")
            assert await page.evaluate(CONTRAST, [colour, paper]) >= 4.5


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("uk-UA", ("Відкрити чат", "Вітаємо! Чим можемо допомогти?", "Ваше повідомлення")),
        ("ru-RU", ("Открыть чат", "Здравствуйте! Чем можем помочь?", "Ваше сообщение")),
        ("de-DE", ("Open chat", "Hello! How can we help?", "Write a message")),
    ],
)
async def test_it_speaks_the_visitors_language(
    browser: Browser, locale: str, words: tuple[str, str, str]
) -> None:
    async with serving() as chat, visitor(browser, chat.url, locale=locale) as page:
        await page.get_by_role("button", name=words[0]).click()
        await expect(log(page)).to_contain_text(words[1])
        field = page.get_by_role("textbox", name=words[2])
        await field.fill("…")
        await field.press("Enter")
        (event,) = await chat.desk.until(1)
        assert isinstance(event, MessageIn)
        assert event.language == locale[:2]


async def test_on_a_phone_it_takes_the_whole_screen(browser: Browser) -> None:
    size = {"width": 390, "height": 700}
    async with serving() as chat, visitor(browser, chat.url, viewport=size) as page:
        await opened(page)
        box = await page.get_by_role("dialog").bounding_box()
        assert box == {"x": 0, "y": 0, **size}


# --- on a stranger's page ---------------------------------------------------------------------


async def test_nobody_is_connected_who_did_not_come_to_talk(visit: Visit) -> None:
    chat, page = visit
    await expect(page.get_by_role("button", name="Open chat")).to_be_visible()
    assert chat.desk.signals == []
    await opened(page)
    await expect(log(page)).to_contain_text("Hello!")
    assert chat.desk.events == []


async def test_everything_comes_from_the_gateway(browser: Browser) -> None:
    async with serving() as chat, visitor(browser, "about:blank") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(chat.url)
        await opened(page)
        await wrote(chat, page, "Hi")
        assert asked
        assert all(url.startswith(chat.url) for url in asked)


@asynccontextmanager
async def shop(body: Callable[[str], str], policy: str = "") -> AsyncIterator[BaseTestServer]:
    """A site of its own; `body` makes the page of a path."""

    async def page(request: web.Request) -> web.Response:
        text = f"<!doctype html><link rel=icon href=data:,><body>{body(request.path)}"
        headers = {"Content-Security-Policy": policy} if policy else {}
        return web.Response(text=text, content_type="text/html", headers=headers)

    app = web.Application()
    app.router.add_get("/{path:.*}", page)
    async with TestServer(app) as server:
        yield server


def origin(server: BaseTestServer) -> str:
    return str(server.make_url("")).rstrip("/")


async def test_on_the_owners_page_it_wears_the_owners_colour(browser: Browser) -> None:
    (port,) = free_ports(1)
    gateway = f"127.0.0.1:{port}"
    tag = f'<script src="http://{gateway}/widget.js" data-color="#ffcc00"></script>'
    policy = (
        f"default-src 'none'; script-src http://{gateway}; "
        f"connect-src http://{gateway} ws://{gateway}; img-src data:"
    )
    async with (
        shop(lambda _path: tag, policy) as site,
        serving(origins=(origin(site),), title="Kvit", listen=gateway) as chat,
        visitor(browser, f"{origin(site)}/orders/88120") as page,
    ):
        launcher = page.get_by_role("button", name="Open chat")
        assert await style(launcher, "backgroundColor") == "rgb(255, 204, 0)"
        assert await style(launcher, "color") == "rgb(0, 0, 0)"
        await opened(page)
        await expect(page.get_by_role("heading", name="Kvit")).to_be_visible()
        await wrote(chat, page, "from the shop")
        (event,) = chat.desk.of(MessageIn)
        assert isinstance(event, MessageIn)
        assert event.notes["page"] == f"{origin(site)}/orders/88120"


async def test_who_is_signed_in_on_the_site_is_known_until_they_sign_out(browser: Browser) -> None:
    (port,) = free_ports(1)
    script = f"http://127.0.0.1:{port}/widget.js"
    proof = hmac.new(LOGIN_SECRET.value.encode(), b"olga", hashlib.sha256).hexdigest()
    signed = f'data-user="olga" data-user-hash="{proof}" data-user-name="Olga Petrenko"'

    def body(path: str) -> str:
        return f'<script src="{script}" {signed if path == "/in" else ""}></script>'

    async with (
        shop(body) as site,
        serving(origins=(origin(site),), listen=f"127.0.0.1:{port}") as chat,
        visitor(browser, f"{origin(site)}/in") as page,
    ):
        await opened(page)
        name = await wrote(chat, page, "my order")
        (event,) = chat.desk.of(MessageIn)
        assert isinstance(event, MessageIn)
        assert (event.sender.name, event.sender.verified) == ("Olga Petrenko", True)
        await page.goto(f"{origin(site)}/out")
        assert await wrote(chat, page, "signed out") != name
        await expect(bubble(page, "my order")).to_have_count(0)
