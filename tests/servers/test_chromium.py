"""The browser that the chat page is tried in shows pages and keeps visitors apart."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.servers.chromium import chromium

pytestmark = pytest.mark.contract

PAGE = """
<!doctype html><title>shop</title><div id="host"></div><script>
const root = document.getElementById("host").attachShadow({mode: "open"});
const visits = Number(localStorage.visits || 0) + 1;
localStorage.visits = visits;
root.innerHTML = `<p role="status">visit ${visits}</p>`;
</script>
"""


async def page(_request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def test_a_shadow_root_is_read_and_visitors_share_nothing(tmp_path: Path) -> None:
    shop = web.Application()
    shop.router.add_get("/", page)
    async with TestServer(shop) as server, chromium(tmp_path) as browser:
        for _ in range(2):
            visitor = await (await browser.new_context()).new_page()
            await visitor.goto(str(server.make_url("/")))
            await visitor.reload()
            assert await visitor.get_by_role("status").inner_text() == "visit 2"
