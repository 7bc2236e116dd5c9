"""Who may say and hear what: each probe against a real server."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from nats.aio.client import Client

from router.nats.people import People
from tests.router.nats.conftest import AGENTS, ALICE, Server
from wire import codec
from wire.bus import Bus, NoAnswer, NobodyListens, Request
from wire.codec import Malformed
from wire.messages.base import say
from wire.messages.news import Beat, News
from wire.messages.verbs import Answer, No
from wire.nats_bus import Credential, NatsBus, connect

pytestmark = pytest.mark.program

NO = codec.encode(No(code="invalid", said=say("No.")))


class Heard:
    """What came, and a way to wait for it: the server keeps the order of one connection."""

    def __init__(self) -> None:
        self.all: list[tuple[str, bytes]] = []
        self._more = asyncio.Event()

    def __call__(self, subject: str, payload: bytes) -> None:
        self.all.append((subject, payload))
        self._more.set()

    async def one(self) -> tuple[str, bytes]:
        await asyncio.wait_for(self._more.wait(), 5)
        return self.all[-1]


async def refused(bus: NatsBus, *, publish: str = "", listen: str = "", reply: str = "") -> str:
    """The server's word on it; fails when it allows it."""
    said: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def on_error(error: Exception) -> None:
        if not said.done():
            said.set_result(str(error))

    client: Client = bus._client
    client._error_cb = on_error
    if publish:
        await client.publish(publish, b"x", reply=reply)
    else:
        await client.subscribe(listen)
    await client.flush()
    return await asyncio.wait_for(said, 2)


FOREIGN_TO_ALICE = (
    "rpc.bob.reply",
    "rpc.alice.a.b",
    "rpc.door.login",
    "news.agent.alice",
    "news.agent.bob",
    "news.team.support",
    "intake.email.support",
    "send.email.support",
    "cue.email.support",
    "health.email.support",
    "_INBOX.bob.x",
    "_INBOX.x",
    "_R_.x",
    "$SYS.REQ.SERVER.PING",
    "$JS.API.INFO",
    "desk",
)


@pytest.mark.parametrize("subject", FOREIGN_TO_ALICE)
async def test_an_agent_may_not_say(server: Server, subject: str) -> None:
    assert "permissions violation" in await refused(await server.alice(), publish=subject)


@pytest.mark.parametrize(
    "subject",
    [
        *(">", "*.>", "_INBOX.>", "_INBOX.*.>", "_INBOX.bob.>", "_R_.>", "$SYS.>"),
        *("rpc.>", "rpc.alice.*", "rpc.bob.*", "news.>", "news.*.*", "news.agent.*"),
        *("news.agent.bob", "news.team.*", "news.team.billing", "news.board.>"),
        *("intake.>", "send.>", "health.>", "signal.>"),
    ],
)
async def test_an_agent_may_not_hear(server: Server, subject: str) -> None:
    assert "permissions violation" in await refused(await server.alice(), listen=subject)


@pytest.mark.parametrize("subject", ["news.team.support", "news.board.support"])
async def test_only_members_hear_their_team(server: Server, subject: str) -> None:
    heard = Heard()
    await (await server.alice()).listen(subject, heard)
    assert "permissions violation" in await refused(await server.bob(), listen=subject)
    await (await server.answers()).publish(subject, b"news")
    assert await heard.one() == (subject, b"news")


@pytest.mark.parametrize(
    "subject",
    [
        *("intake.email.other", "intake.webchat.shop", "state.webchat.shop", "health.webchat.shop"),
        *("blob.put.webchat.shop", "blob.get.webchat.shop", "signal.webchat.shop"),
        *("send.email.support", "send.webchat.shop", "cue.webchat.shop"),
        *("rpc.alice.reply", "news.agent.alice", "_INBOX.adapter.webchat.shop.x", "$SYS.REQ.x"),
    ],
)
async def test_an_adapter_may_not_say(server: Server, subject: str) -> None:
    adapter = await server.adapter("email", "support")
    assert "permissions violation" in await refused(adapter, publish=subject)


@pytest.mark.parametrize(
    "subject",
    [
        *(">", "send.>", "send.*.*", "send.webchat.shop", "cue.webchat.shop", "intake.>"),
        *("news.>", "news.agent.alice", "rpc.>", "_INBOX.>", "_INBOX.adapter.>", "_R_.>", "$SYS.>"),
        *("_INBOX.adapter.webchat.shop.>", "health.>"),
    ],
)
async def test_an_adapter_may_not_hear(server: Server, subject: str) -> None:
    adapter = await server.adapter("email", "support")
    assert "permissions violation" in await refused(adapter, listen=subject)


@pytest.mark.parametrize(
    "subject", ["send.email.support", "rpc.alice.reply", "intake.email.support", "$SYS.REQ.x"]
)
async def test_the_answering_connection_says_nothing_that_acts(
    server: Server, subject: str
) -> None:
    assert "permissions violation" in await refused(await server.answers(), publish=subject)


@pytest.mark.parametrize("subject", ["news.agent.alice", "_INBOX.x", "_R_.x", "cue.email.support"])
async def test_the_asking_connection_only_asks(server: Server, subject: str) -> None:
    assert "permissions violation" in await refused(await server.asks(), publish=subject)


@pytest.mark.parametrize("subject", ["rpc.door.hello", "rpc.alice.login", "rpc.alice.hello", "x"])
async def test_the_door_asks_for_a_login_only(server: Server, subject: str) -> None:
    assert "permissions violation" in await refused(await server.door(), publish=subject)


@pytest.mark.parametrize("subject", ["rpc.>", "rpc.door.login", "news.>", "_INBOX.alice.>", ">"])
async def test_the_door_hears_its_answers_only(server: Server, subject: str) -> None:
    assert "permissions violation" in await refused(await server.door(), listen=subject)


async def test_with_the_usual_inbox_an_agent_gets_no_answer_at_all(server: Server) -> None:
    wrong = await server.connected(Credential(ALICE.seed))
    assert "permissions violation" in await refused(wrong, listen="_INBOX.abc.*")


async def answering(bus: Bus, *subjects: str, answer: bytes = NO) -> list[Request]:
    """Answer all these subjects alike, and keep who asked what."""
    asked: list[Request] = []

    async def on_request(request: Request) -> bytes:
        asked.append(request)
        return answer

    for subject in subjects:
        await bus.serve(subject, on_request, queue="router")
    return asked


async def test_everybody_reaches_whom_they_may_ask(server: Server) -> None:
    router, asks = await server.answers(), await server.asks()
    adapter = await server.adapter("email", "support")
    asked = await answering(router, "rpc.*.*", "intake.*.*", "state.*.*", "blob.put.*.*")
    sent = await answering(adapter, "send.email.support", "list.email.support")
    asking: Sequence[tuple[Bus, str]] = (
        (await server.alice(), "rpc.alice.hello"),
        (await server.door(), "rpc.door.login"),
        (adapter, "intake.email.support"),
        (adapter, "state.email.support"),
        (adapter, "blob.put.email.support"),
        (asks, "send.email.support"),
        (asks, "list.email.support"),
    )
    for bus, subject in asking:
        assert await bus.request(subject, b"?", timeout=2) == NO
    assert [request.subject for request in asked + sent] == [subject for _, subject in asking]


async def test_news_of_adapters_reach_the_router_and_cues_reach_the_adapter(
    server: Server,
) -> None:
    router, adapter = await server.answers(), await server.adapter("email", "support")
    at_router, at_adapter = Heard(), Heard()
    await router.listen("health.*.*", at_router)
    await router.listen("signal.*.*", at_router)
    await adapter.listen("cue.email.support", at_adapter)
    await adapter.publish("health.email.support", b"well")
    await adapter.publish("signal.email.support", b"typing")
    await router.publish("cue.email.support", b"agent types")
    assert await at_adapter.one() == ("cue.email.support", b"agent types")
    await at_router.one()
    assert sorted(at_router.all) == [
        ("health.email.support", b"well"),
        ("signal.email.support", b"typing"),
    ]


async def test_nobody_there_is_said_at_once(server: Server) -> None:
    asking = (
        (await server.alice(), "rpc.alice.hello"),
        (await server.door(), "rpc.door.login"),
        (await server.adapter("email", "support"), "intake.email.support"),
        (await server.asks(), "send.email.support"),
    )
    for bus, subject in asking:
        with pytest.raises(NobodyListens):
            await bus.request(subject, b"?", timeout=5)


async def test_the_server_names_the_key_that_asks(server: Server) -> None:
    asked = await answering(await server.answers(), "rpc.*.*")
    await (await server.alice()).request("rpc.alice.hello", b"?", timeout=2)
    await (await server.door()).request("rpc.door.login", b"?", timeout=2)
    assert [request.user for request in asked] == [ALICE.public, "door"]
    people = People(AGENTS)
    assert [people.asking(r.subject, r.user) for r in asked] == ["alice", "door"]


@pytest.mark.parametrize(
    "header", ["Nats-Request-Info", "nats-request-info", "NATS-REQUEST-INFO", "Nats-Request-Info "]
)
async def test_a_forged_asker_is_overwritten(server: Server, header: str) -> None:
    asked = await answering(await server.answers(), "rpc.*.*")
    alice = await server.alice()
    forged = {header: json.dumps({"acc": "AGENTS", "user": "somebody else"})}
    await alice._client.request("rpc.alice.hello", b"?", timeout=2, headers=forged)
    assert asked[0].user == ALICE.public


async def test_a_foreign_prefix_is_not_answered(server: Server) -> None:
    asked = await answering(await server.answers(), "rpc.*.*")
    with pytest.raises(NoAnswer):
        await (await server.alice()).request("rpc.bob.hello", b"?", timeout=0.3)
    assert asked == []


INJECTED = (
    "news.agent.bob",
    "news.team.sales",
    "rpc.bob.reply",
    "rpc.alice.reply",
    "_INBOX.bob.forged",
    "intake.email.support",
    "send.email.support",
    "$SYS.REQ.SERVER.PING",
    "$JS.API.STREAM.DELETE.x",
)


@pytest.mark.parametrize("reply", INJECTED)
async def test_an_answer_sent_elsewhere_is_never_taken_for_news_or_a_request(
    server: Server, reply: str
) -> None:
    router, adapter = await server.answers(), await server.adapter("email", "support")
    asked = await answering(router, "rpc.*.*", "intake.*.*")
    sent = await answering(adapter, "send.email.support")
    alice, bob, heard = await server.alice(), await server.bob(), Heard()
    for subject in ("news.agent.bob", "news.team.sales", "_INBOX.bob.>"):
        await bob.listen(subject, heard)
    await alice._client.publish("rpc.alice.hello", b"?", reply=reply)
    await alice.request("rpc.alice.hello", b"after it", timeout=2)
    await router.publish(
        "news.agent.bob", codec.encode(News(epoch=1, seq=1, prev=0, body=Beat(at=1)))
    )
    await heard.one()
    await bob.request("rpc.bob.hello", b"last", timeout=2)
    # The colleague's console takes what decodes as News; the answer that strayed does not.
    news = [codec.decode(payload, News) for _, payload in heard.all]
    assert [type(value) for value in news].count(News) == 1
    strayed = [
        payload for _, payload in heard.all if isinstance(codec.decode(payload, News), Malformed)
    ]
    assert all(isinstance(codec.decode(payload, Answer), No) for payload in strayed)
    # Nothing that was asked came from anybody but who asked it, and nothing was sent.
    assert [(r.subject, r.payload) for r in asked] == [
        ("rpc.alice.hello", b"?"),
        ("rpc.alice.hello", b"after it"),
        ("rpc.bob.hello", b"last"),
    ]
    assert sent == []


async def test_a_mapped_reply_cannot_be_named(server: Server) -> None:
    said = await refused(await server.alice(), publish="rpc.alice.hello", reply="_R_.abc.def")
    assert "permissions violation" in said


async def test_an_adapter_cannot_make_the_router_ask_its_neighbour(server: Server) -> None:
    router = await server.answers()
    taken = await answering(router, "intake.*.*")
    mail, chat = await server.adapter("email", "support"), await server.adapter("webchat", "shop")
    sent = await answering(chat, "send.webchat.shop")
    await mail._client.publish("intake.email.support", b"?", reply="intake.webchat.shop")
    await mail._client.publish("intake.email.support", b"?", reply="send.webchat.shop")
    await mail.request("intake.email.support", b"after", timeout=2)
    await chat.request("intake.webchat.shop", b"last", timeout=2)
    assert [request.subject for request in taken] == ["intake.email.support"] * 3 + [
        "intake.webchat.shop"
    ]
    # What strays to the neighbour is an answer by its tag, never something to send.
    assert all(request.payload == NO for request in sent)


async def test_an_unknown_key_is_not_let_in(server: Server) -> None:
    from router.nats.keys import new_pair
    from wire.bus import NotAllowed

    with pytest.raises(NotAllowed):
        await connect(server.bus.url, credential=Credential(new_pair(b"?" * 32).seed), timeout=5)
