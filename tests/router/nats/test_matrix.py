"""Every family of subjects × everybody: who may say it and who may hear it, on a real server."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from router.nats.keys import new_pair
from tests.router.nats.conftest import Server
from wire import subjects
from wire.bus import NotAllowed
from wire.nats_bus import Credential, NatsBus, connect

pytestmark = pytest.mark.program

# Every function of `wire.subjects` that names a subject.
FAMILIES: dict[str, Callable[..., str]] = {
    name: function
    for name, function in inspect.getmembers(subjects, inspect.isfunction)
    if name not in ("checked", "account_of", "asker_of") and not name.startswith("_")
}
# What each of them may say and hear, of their own. Of anybody else's: nothing.
TEAM_NEWS = {"news_agent", "news_team", "news_board"}
OF_ADAPTERS = {"intake", "state", "blob_put", "blob_get", "health", "signal"}
MAY_SAY: dict[str, set[str]] = {
    "agent": {"rpc"},
    "adapter": OF_ADAPTERS,
    "door": set(),
    "answers": {*TEAM_NEWS, "cue"},
    "asks": {"send", "listing"},
}
MAY_HEAR: dict[str, set[str]] = {
    "agent": TEAM_NEWS,
    "adapter": {"send", "listing", "cue"},
    "door": set(),
    "answers": {*OF_ADAPTERS, "rpc"},
    "asks": set(),
}
OWN = {"agent": "alice", "verb": "hello", "team": "support", "kind": "email", "account": "support"}
# A foreign account of one's own kind, and one's own account's name under another kind.
FOREIGN = (
    {**OWN, "agent": "bob", "team": "billing", "account": "other"},
    {**OWN, "agent": "root", "team": "door", "kind": "webchat"},
    {**OWN, "agent": "door", "kind": "webchat", "account": "shop"},
)
# The router's own connections speak for and to everybody, and one of them answers.
ROUTERS = ("answers", "asks")
ANSWERING = {("answers", False): {"_R_.a.b"}}
OUTSIDE = ("$SYS.REQ.SERVER.PING", "$JS.API.INFO", "$KV.x.y", "_R_.a.b", "desk", "a.b.c")
WIDE = (">", "*", "*.>", "_INBOX.>", "_R_.>", "$SYS.>", "$JS.>", "rpc.>", "news.>", "send.>",
        "intake.>", "state.>", "blob.>", "health.>", "signal.>", "cue.>", "listing.>")  # fmt: skip


def named(family: str, ids: dict[str, str]) -> str:
    function = FAMILIES[family]
    return function(*(ids[name] for name in inspect.signature(function).parameters))


def test_a_new_family_of_subjects_is_on_both_tables() -> None:
    said = set().union(*MAY_SAY.values())
    assert said == set(FAMILIES), "say who may say it, and who may hear it"
    assert set().union(*MAY_HEAR.values()) == set(FAMILIES)


async def as_somebody(server: Server, who: str) -> NatsBus:
    if who == "agent":
        return await server.alice()
    if who == "adapter":
        return await server.adapter("email", "support")
    connection: Any = getattr(server, who)
    return await connection()  # type: ignore[no-any-return]


async def denied(bus: NatsBus, wanted: Iterable[str], *, hear: bool) -> set[str]:
    """Those that the server says no to, of all of them at once."""
    said: list[str] = []

    async def on_error(error: Exception) -> None:
        said.append(str(error))

    client, wanted = bus._client, sorted(set(wanted))
    client._error_cb = on_error
    for subject in wanted:
        if hear:
            await client.subscribe(subject)
        else:
            await client.publish(subject, b"x")
    for _ in range(2):
        await client.flush()
    return {subject for subject in wanted if any(f'"{subject.lower()}"' in one for one in said)}


@pytest.mark.parametrize("who", MAY_SAY)
async def test_each_says_and_hears_their_own_and_nothing_else(server: Server, who: str) -> None:
    bus = await as_somebody(server, who)
    others_ids = () if who in ROUTERS else FOREIGN
    foreign = {named(family, ids) for family in FAMILIES for ids in others_ids}
    for hear, may in ((False, MAY_SAY[who]), (True, MAY_HEAR[who])):
        own = {named(family, OWN) for family in may}
        others = {named(family, OWN) for family in FAMILIES} - own
        outside = {*OUTSIDE, *(WIDE if hear else ())} - ANSWERING.get((who, hear), set())
        refused = others | (foreign - own) | outside
        assert await denied(bus, own | refused, hear=hear) == refused


async def test_who_joins_without_a_credential_is_at_the_open_door_and_no_further(
    server: Server,
) -> None:
    door = await connect(server.bus.url, credential=Credential("", "_INBOX.door"))
    server.closing.push_async_callback(door.close)
    foreign = {named(family, ids) for family in FAMILIES for ids in (OWN, *FOREIGN)}
    assert await denied(door, {*foreign, *OUTSIDE}, hear=False) == {*foreign, *OUTSIDE}
    assert await denied(door, ["rpc.door.login"], hear=False) == set()
    for wide in (*WIDE, "rpc.door.login", "_INBOX.alice.>", "_INBOX.adapter.email.support.>"):
        with pytest.raises(NotAllowed):
            await (await server.door()).listen(wide, lambda subject, payload: None)


async def test_a_stranger_s_key_opens_nothing(server: Server) -> None:
    for credential in (
        Credential(new_pair(b"?" * 32).seed, "_INBOX.alice"),
        Credential(new_pair(b"!" * 32).seed, "_INBOX.door"),
    ):
        with pytest.raises(NotAllowed):
            await connect(server.bus.url, credential=credential, timeout=5)


async def test_an_adapter_answers_for_its_own_account_only(server: Server) -> None:
    """It may answer what it was asked, once, and cannot answer for its neighbour."""
    mail, asks = await server.adapter("email", "support"), await server.asks()
    asked: list[str] = []

    async def answer(message: Any) -> None:
        asked.append(message.reply)
        await mail._client.publish(message.reply, b"yes")
        await mail._client.publish(message.reply, b"and yes again")

    await mail._client.subscribe("send.email.support", cb=answer)
    await mail.rtt()
    assert await asks.request("send.email.support", b"?") == b"yes"
    # The reply is spent, and another one cannot be made up.
    spent = {asked[0], "_INBOX.asks.abc", "_INBOX.adapter.webchat.shop.abc", "_R_.abc.d"}
    assert await denied(mail, spent, hear=False) == spent
