"""The chat over real sockets: what is taken, what is refused, who hears what."""

import asyncio
import hashlib
import hmac
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession, WSServerHandshakeError

from adapters.sdk import Cue, IdentityIn, MessageIn, ReceiptIn, Standing, Unavailable
from adapters.webchat import page_socket, talk, visitors
from tests.adapters.webchat.conftest import LOGIN_SECRET, Chat, serving
from tests.adapters.webchat.tab import Tab
from tests.servers.authority import signed

pytestmark = pytest.mark.contract

CID = "c0000001"


async def test_a_message_is_acknowledged_once_it_is_committed(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        chat.desk.away()
        await tab.say("msg", cid=CID, text="Привіт")
        assert await tab.silent()
        assert not chat.desk.events
        chat.desk.back()
        ack = await tab.hear("ack")
        (event,) = chat.desk.events
    assert (ack["cid"], ack["seq"]) == (CID, 1)
    assert isinstance(event, MessageIn)
    assert (event.text, event.remote, event.language) == ("Привіт", tab.visitor, "uk")
    assert event.notes == {"page": f"{chat.url}/orders/88120"}


async def test_the_same_message_twice_is_one(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        for _ in range(2):
            await tab.say("msg", cid=CID, text="once")
            assert (await tab.hear("ack"))["seq"] == 1
    assert len(chat.desk.events) == 1


async def test_what_was_repeated_after_a_broken_line_is_one_and_acknowledged(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        chat.desk.away()
        await tab.say("msg", cid=CID, text="once")
        assert await tab.silent()
    async with Tab(chat.url, token=tab.token) as again:
        await again.say("hello", token=tab.token)
        await again.say("msg", cid=CID, text="once")
        assert await again.silent()
        chat.desk.back()
        heard = [(await again.ws.receive_json(timeout=10)) for _ in range(2)]
        assert {frame["type"] for frame in heard} == {"ack", "welcome"}
    assert len(chat.desk.events) == 1


async def test_a_message_of_somebody_who_left_at_once_still_comes(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        chat.desk.away()
        await tab.say("msg", cid=CID, text="bye")
        assert await tab.silent()
    chat.desk.back()
    (event,) = await chat.desk.until(1)
    assert isinstance(event, MessageIn)
    assert event.text == "bye"


async def test_messages_arrive_in_the_order_in_which_they_were_written(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        for number in range(10):
            await tab.say("msg", cid=f"c000000{number}", text=str(number))
        assert [(await tab.hear("ack"))["seq"] for _ in range(10)] == list(range(1, 11))
    assert [event.text for event in chat.desk.events if isinstance(event, MessageIn)] == list(
        "0123456789"
    )


async def test_a_reply_reaches_every_page_and_is_reported_once(chat: Chat) -> None:
    async with Tab(chat.url) as one:
        await one.hello()
        async with Tab(chat.url, token=one.token) as two:
            await two.hello()
            await chat.reply(one.visitor, "Hello, Olga")
            for tab in (one, two):
                frame = await tab.hear("msg")
                assert (frame["text"], frame["from"], frame["seq"]) == ("Hello, Olga", "Ana", 1)
            await two.say("read", seq=1)
            await one.say("read", seq=1)
            delivered, read = await chat.desk.until(2, ReceiptIn)
    assert isinstance(delivered, ReceiptIn)
    assert isinstance(read, ReceiptIn)
    assert (delivered.of, delivered.state) == ("out-1", "delivered")
    assert (read.of, read.state) == ("out-1", "read")


async def test_what_one_page_writes_the_other_shows(chat: Chat) -> None:
    async with Tab(chat.url) as one:
        await one.hello()
        async with Tab(chat.url, token=one.token) as two:
            await two.hello()
            await one.say("msg", cid=CID, text="from one")
            await one.hear("ack")
            frame = await two.hear("msg")
    assert (frame["id"], frame["mine"], frame["text"]) == (CID, True, "from one")


async def test_a_reply_to_somebody_absent_waits_in_the_history(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.say("msg", cid=CID, text="anybody?")
        await tab.hear("ack")
    await chat.reply(tab.visitor, "I am here")
    async with Tab(chat.url, token=tab.token) as back:
        history = (await back.hello())["history"]
        (receipt,) = await chat.desk.until(1, ReceiptIn)
    assert [line["text"] for line in history] == ["anybody?", "I am here"]
    assert history[0]["id"] == CID
    assert isinstance(receipt, ReceiptIn)
    assert receipt.state == "delivered"


async def test_what_was_read_before_is_not_reported_again(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
    await chat.reply(tab.visitor, "old")
    await chat.reply(tab.visitor, "new")
    async with Tab(chat.url, token=tab.token) as back:
        await back.hello(read=1)
        await back.say("read", seq=2)
        receipts = await chat.desk.until(2, ReceiptIn)
    assert [(r.of, r.state) for r in receipts if isinstance(r, ReceiptIn)] == [
        ("out-2", "delivered"),
        ("out-2", "read"),
    ]


async def test_a_page_that_reads_before_its_message_counts_as_shown_has_read_it(
    chat: Chat,
) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.say("read", seq=1)
        assert await tab.silent()
        await chat.reply(tab.visitor, "quick")
        receipts = await chat.desk.until(2, ReceiptIn)
    assert [r.state for r in receipts if isinstance(r, ReceiptIn)] == ["delivered", "read"]


async def test_older_messages_come_page_by_page(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
    for number in range(1, 41):
        chat.desk.reply(tab.visitor, str(number))
    async with Tab(chat.url, token=tab.token) as back:
        welcome = await back.hello(read=40)
        assert [line["text"] for line in welcome["history"]] == [str(n) for n in range(11, 41)]
        assert welcome["more"]
        await back.say("history", before=11)
        older = await back.hear("history")
    assert [line["text"] for line in older["history"]] == [str(n) for n in range(1, 11)]
    assert "more" not in older


async def test_typing_goes_both_ways_and_is_not_told_too_often(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        for _ in range(5):
            await tab.say("typing", on=True)
        await tab.say("typing", on=False)
        assert await tab.silent()
        await chat.adapter.cue(Cue(remote=tab.visitor, typing=True, author="Ana"))
        heard = await tab.hear("typing")
    assert (heard["on"], heard["from"]) == (True, "Ana")
    told = [signal.typing for signal in chat.desk.signals if signal.typing is not None]
    assert told == [True, False]
    assert chat.desk.signals[0].page == f"{chat.url}/orders/88120"


async def test_who_waits_is_told_how_long(chat: Chat) -> None:
    standing = Standing(position=3, seconds=240.0, low=120.0, high=480.0)
    async with Tab(chat.url) as tab:
        await tab.hello()
        await chat.adapter.cue(Cue(remote=tab.visitor, standing=standing))
        heard = await tab.hear("waits")
    assert heard["en"] == "You are number 3 in line: about 2–8 min"


async def test_an_address_is_told_to_the_desk_unverified(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.say("email", address="olga@kvit.example")
        assert (await tab.hear("noted"))["ok"]
        (event,) = await chat.desk.until(1, IdentityIn)
    assert isinstance(event, IdentityIn)
    assert event.other is not None
    assert (event.other.address, event.other.verified) == ("olga@kvit.example", False)


async def test_a_blocked_visitor_hears_that_it_was_not_taken(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        chat.desk.blocked.add(tab.visitor)
        await tab.say("msg", cid=CID, text="spam")
        assert (await tab.hear("nack")).get("retry", 0) == 0


# --- who they are -----------------------------------------------------------------------------


async def test_a_visitor_is_the_same_while_they_have_the_token(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
    async with Tab(chat.url, token=tab.token) as back:
        assert (await back.hello())["visitor"] == tab.visitor
    async with Tab(chat.url, token=tab.token[:-5] + "AAAAA") as forger:
        assert (await forger.hello())["visitor"] != tab.visitor


def login(user: str, secret: str = LOGIN_SECRET.value) -> dict[str, Any]:
    proof = hmac.new(secret.encode(), user.encode(), hashlib.sha256).hexdigest()
    return {"id": user, "hash": proof, "name": "Olga Petrenko"}


async def test_who_is_signed_in_is_known_on_every_device_and_never_by_a_token(chat: Chat) -> None:
    async with Tab(chat.url) as laptop, Tab(chat.url) as phone:
        first = await laptop.hello(user=login("olga"))
        second = await phone.hello(user=login("olga"))
        assert first["visitor"] == second["visitor"]
        assert first["token"] == ""
        await phone.say("msg", cid=CID, text="hi")
        (event,) = await chat.desk.until(1)
    assert isinstance(event, MessageIn)
    assert (event.sender.verified, event.sender.evidence) == (True, "signed login")
    assert event.sender.name == "Olga Petrenko"


async def test_an_address_that_the_site_signed_is_told_before_the_first_words(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello(user=login("Olga@Home.TEST"))
        await tab.say("msg", cid=CID, text="hi")
        await chat.desk.until(1)
    who, event = chat.desk.events
    assert isinstance(who, IdentityIn)
    assert isinstance(event, MessageIn)
    assert who.other is not None
    assert (who.other.address, who.other.verified) == ("Olga@home.test", True)


async def test_an_address_that_nobody_signed_is_not_told(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello(user=login("olga@home.test", "guessed"))
        await tab.say("msg", cid=CID, text="hi")
        (event,) = await chat.desk.until(1)
    assert isinstance(event, MessageIn)


async def test_a_login_that_nobody_signed_is_doubted(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello(user=login("olga", "guessed"))
        await tab.say("msg", cid=CID, text="hi")
        (event,) = await chat.desk.until(1)
    assert isinstance(event, MessageIn)
    assert not event.sender.verified
    assert event.sender.doubt
    assert event.sender.name == ""


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1"])
async def test_a_page_of_somebody_else_may_not_open_it(chat: Chat, origin: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        async with Tab(chat.url, origin=origin):
            pass
    assert refused.value.status == 403


async def test_a_page_of_the_owner_may() -> None:
    async with (
        serving(origins=("https://shop.example",)) as chat,
        Tab(chat.url, origin="https://shop.example") as tab,
    ):
        assert await tab.hello()


async def test_a_frame_too_large_ends_the_talk(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.say("msg", cid=CID, text="x" * 70_000)
        assert await tab.closed() == 1009
    assert not chat.desk.events


async def test_nonsense_is_answered_and_then_ended(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        for nonsense in ("", "hello", "[[[[", '{"type":"msg"}'):
            await tab.ws.send_str(nonsense)
            assert (await tab.hear("error"))["code"] == "frame"
        await tab.ws.send_bytes(b"\xff\x00")
        assert await tab.closed() == 1008


async def test_who_never_says_hello_is_sent_away(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "HELLO_WITHIN", 0.05)
    async with Tab(chat.url) as tab:
        assert await tab.closed() == 1008


async def test_a_program_that_writes_too_fast_is_told_when_to_come_again(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        for number in range(16):
            await tab.say("msg", cid=f"flood-{number:04}", text="spam")
        heard = [await tab.ws.receive_json(timeout=10) for _ in range(16)]
        (slower,) = [frame for frame in heard if frame["type"] == "nack"]
        assert 0 < slower["retry"] <= 1
    assert len(chat.desk.events) == 15


async def test_newcomers_of_one_address_are_counted() -> None:
    async with serving(newcomers_per_minute_per_ip=0.001) as chat:
        for _ in range(20):
            async with Tab(chat.url) as tab:
                await tab.hello()
        async with Tab(chat.url) as late, Tab(chat.url, token=tab.token) as known:
            await late.say("hello")
            assert (await late.hear("bye"))["reason"] == "busy"
            assert await known.hello()


async def test_connections_of_one_address_are_counted() -> None:
    async with serving(max_connections_per_ip=1) as chat:
        async with Tab(chat.url):
            with pytest.raises(WSServerHandshakeError) as refused:
                async with Tab(chat.url):
                    pass
        assert refused.value.status == 429


async def test_behind_a_proxy_each_visitor_has_their_own_address() -> None:
    async with (
        serving(max_connections_per_ip=1, trusted_proxies=("127.0.0.0/8",)) as chat,
        ClientSession() as session,
    ):
        kept = []

        async def connect(forwarded: str) -> int:
            headers = {"Origin": chat.url, "X-Forwarded-For": forwarded}
            try:
                kept.append(await session.ws_connect(f"{chat.url}/ws", headers=headers))
            except WSServerHandshakeError as refused:
                return refused.status
            return 101

        assert await connect("6.6.6.6, 198.51.100.7, 127.0.0.9") == 101
        assert await connect("198.51.100.8") == 101
        # What the visitor wrote there themselves is not believed.
        assert await connect("1.2.3.4, 198.51.100.7") == 429


async def test_too_many_pages_of_one_visitor_are_sent_away(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        tabs = [await Tab(chat.url, token=tab.token).__aenter__() for _ in range(10)]
        for other in tabs[:-1]:
            await other.hello()
        await tabs[-1].say("hello", token=tab.token)
        assert await tabs[-1].hear("bye") == {"type": "bye", "reason": "tabs", "stay": True}
        for other in tabs:
            await other.__aexit__()


# --- files ------------------------------------------------------------------------------------


async def upload(tab: Tab, data: bytes, name: str = "звіт.pdf", **more: Any) -> tuple[str, str]:
    """The pass that the upload gave, and the ticket that it used."""
    await tab.say("ticket", cid=CID, name=name, media_type="application/pdf", size=len(data))
    url = f"{tab.url}/{(await tab.hear('ticket'))['url']}"
    async with tab.session.post(url, data=data, headers={"Origin": tab.origin}, **more) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["file"], url


async def test_a_file_goes_up_and_down(chat: Chat) -> None:
    data = b"%PDF-" + b"x" * 300_000
    async with Tab(chat.url) as tab:
        await tab.hello()
        file, _ = await upload(tab, data)
        await tab.say("msg", cid=CID, text="", files=[file])
        await tab.hear("ack")
        (event,) = chat.desk.events
        assert isinstance(event, MessageIn)
        (attachment,) = event.attachments
        assert (attachment.name, attachment.size) == ("звіт.pdf", len(data))
        await chat.reply(tab.visitor, "and back", attachment)
        (sent,) = (await tab.hear("msg"))["files"]
        async with tab.session.get(f"{tab.url}/{sent['url']}") as answer:
            assert await answer.read() == data
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_ticket_is_good_once_and_a_link_only_as_signed(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        file, used = await upload(tab, b"data")
        for method, url in (("POST", used), ("GET", f"{tab.url}/file/{file}")):
            async with tab.session.request(
                method, url, data=b"data", headers={"Origin": tab.origin}
            ) as answer:
                assert answer.status == 403


async def test_a_file_of_one_visitor_is_not_sent_by_another(chat: Chat) -> None:
    async with Tab(chat.url) as tab, Tab(chat.url) as thief:
        await tab.hello()
        await thief.hello()
        file, _ = await upload(tab, b"data")
        await thief.say("msg", cid=CID, text="mine now", files=[file])
        await thief.hear("nack")
    assert not chat.desk.events


@pytest.mark.parametrize(("announced", "sent"), [(3, b"four"), (5, b"four")])
async def test_a_file_must_be_as_long_as_announced(chat: Chat, announced: int, sent: bytes) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.say("ticket", cid=CID, name="a", size=announced)
        url = f"{tab.url}/{(await tab.hear('ticket'))['url']}"
        async with tab.session.post(url, data=sent, headers={"Origin": tab.origin}) as answer:
            assert answer.status == 400
    assert not chat.desk.blobs


async def test_a_file_too_large_gets_no_ticket() -> None:
    async with serving(attachment_limit_mb=1.0) as chat, Tab(chat.url) as tab:
        assert (await tab.hello())["limit"] == 1024 * 1024
        await tab.say("ticket", cid=CID, name="a", size=1024 * 1024 + 1)
        assert (await tab.hear("nack"))["retry"] == 0


# --- coming and going -------------------------------------------------------------------------


async def test_who_closes_the_last_page_has_left_after_a_while(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "GRACE", 0.01)
    async with Tab(chat.url) as tab:
        await tab.hello()
        async with Tab(chat.url, token=tab.token) as second:
            await second.hello()
        assert await tab.silent()
        assert False not in [signal.online for signal in chat.desk.signals]
    async with asyncio.timeout(10):
        while chat.adapter.find(tab.visitor):
            await asyncio.sleep(0.005)
    assert chat.desk.signals[-1].online is False


async def test_a_page_that_takes_nothing_does_not_hold_up_the_others(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_socket, "PATIENCE", 0.05)
    async with Tab(chat.url) as stuck:
        await stuck.hello()
        async with Tab(chat.url, token=stuck.token) as reader:
            await reader.hello()
            for _ in range(20):
                await chat.reply(stuck.visitor, "x" * 1_000_000)
                await reader.hear("msg")
            await chat.reply(stuck.visitor, "last")
            assert (await reader.hear("msg"))["text"] == "last"
            found = chat.adapter.find(stuck.visitor)
            assert found
            assert len([page for page in found.pages if not page.socket.closed]) == 1


async def test_a_new_gateway_knows_the_visitors_of_the_old_one(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.say("msg", cid=CID, text="hello")
        await tab.hear("ack")
    async with serving(chat.desk) as again, Tab(again.url, token=tab.token) as back:
        welcome = await back.hello()
        assert welcome["visitor"] == tab.visitor
        assert [line["text"] for line in welcome["history"]] == ["hello"]


async def test_a_gateway_that_stops_says_so_and_leaves_nothing() -> None:
    async with serving() as chat:
        tab = Tab(chat.url)
        await tab.__aenter__()
        await tab.hello()
        before = chat.adapter
    assert (await tab.hear("bye"))["reason"] == "restart"
    await tab.__aexit__()
    await before.send(chat.desk.reply(tab.visitor, "later"))
    left = [t.get_name() for t in asyncio.all_tasks() if t is not asyncio.current_task()]
    assert not [name for name in left if name.startswith("chat")]


async def test_with_its_own_certificate_the_gateway_speaks_tls(tmp_path: Path) -> None:
    made = signed(tmp_path)
    files: dict[str, Any] = {"tls_certificate": str(made.certificate), "tls_key": str(made.key)}
    async with serving(**files) as chat:
        assert chat.url.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=made.ca)
        async with ClientSession() as session:
            async with session.get(f"{chat.url}/health", ssl=trusting) as response:
                assert response.status == 200
            with pytest.raises(ClientConnectorCertificateError):
                await session.get(f"{chat.url}/health")
    with pytest.raises(ExceptionGroup) as raised:  # a key that is not this certificate's
        async with serving(tls_certificate=str(made.ca), tls_key=str(made.key)):
            pass
    assert raised.group_contains(Unavailable, match="tls_certificate .* cannot be used")


async def test_a_port_that_is_taken_is_said(chat: Chat) -> None:
    listen = chat.url.removeprefix("http://")
    with pytest.raises(ExceptionGroup) as raised:
        async with serving(listen=listen):
            pass
    assert raised.group_contains(
        Unavailable, match=f"cannot listen on {listen}: Address already in use$"
    )


async def test_check_says_whether_it_could_listen(chat: Chat) -> None:
    assert "free" in await chat.adapter.check()


async def test_health_and_files_are_served_with_guards(chat: Chat) -> None:
    async with ClientSession() as session:
        async with session.get(f"{chat.url}/health") as answer:
            assert await answer.json() == {"state": "ready", "pages": 0}
        async with session.get(f"{chat.url}/widget.js") as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            known = {"If-None-Match": answer.headers["ETag"]}
        async with session.get(f"{chat.url}/widget.js", headers=known) as answer:
            assert answer.status == 304
        async with session.get(f"{chat.url}/words/de.json") as answer:
            assert answer.status == 404
        async with session.get(f"{chat.url}/") as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_without_the_demo_there_is_no_page() -> None:
    async with (
        serving(demo_page=False) as chat,
        ClientSession() as session,
        session.get(f"{chat.url}/") as answer,
    ):
        assert answer.status == 404
