"""The ten defects of aioimaplib 2.0.3, each against a server that provokes it on purpose."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.email import imap_client
from adapters.email.imap_client import Mailbox
from adapters.sdk import AuthFailed, Unavailable

pytestmark = pytest.mark.contract

# Stands for the tag of the last command in what the server says.
TAG = "\x00"
# What the server says to a command. None closes the connection.
Script = Callable[[str], "str | None"]


class Server:
    """Speaks as scripted, and remembers what it was told."""

    def __init__(self, script: Script, greeting: str) -> None:
        self.script, self.greeting = script, greeting
        self.told: list[str] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.tag = ""
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        self.say(self.greeting + "\r\n")
        while raw := await reader.readline():
            line = raw.decode().removesuffix("\r\n")
            self.told.append(line)
            tag, _, command = line.partition(" ")
            if command:
                self.tag = tag
            said = usual(command) or self.script(command or line)
            if said is None:
                break
            self.say(said)
        writer.close()

    def say(self, said: str) -> None:
        self.writers[-1].write(said.replace(TAG, self.tag).encode("latin-1"))


def usual(command: str) -> str:
    if command == "CAPABILITY":
        return f"* CAPABILITY IMAP4rev1 IDLE AUTH=XOAUTH2\r\n{TAG} OK done\r\n"
    if command.startswith("SELECT"):
        return f"* 3 EXISTS\r\n* OK [UIDVALIDITY 77] valid\r\n{TAG} OK [READ-WRITE] selected\r\n"
    if command.startswith("LOGIN"):
        return f"{TAG} OK in\r\n"
    return ""


@asynccontextmanager
async def talking(script: Script, greeting: str = "* OK hello") -> AsyncIterator[Server]:
    server = Server(script, greeting)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for writer in server.writers:
            writer.close()


@asynccontextmanager
async def mailbox(script: Script) -> AsyncIterator[tuple[Mailbox, Server]]:
    async with talking(script) as server:
        box = await connected(server)
        try:
            await box.login("support", "s3cret")
            await box.select("INBOX")
            yield box, server
        finally:
            await box.close()


async def connected(server: Server) -> Mailbox:
    return await Mailbox.connect("127.0.0.1", server.port, tls=None, longest=1_000_000)


@pytest.mark.parametrize("command", ["UID SEARCH", "UID FETCH", "IDLE"])
async def test_1_a_lost_connection_ends_whatever_waits(command: str) -> None:
    async with mailbox(lambda told: None if told.startswith(command) else "") as (box, _):
        asking: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "UID SEARCH": lambda: box.newer_than(0),
            "UID FETCH": lambda: box.fetch(1),
            "IDLE": lambda: box.idle(60),
        }
        with pytest.raises(Unavailable, match="broke off"):
            await asyncio.wait_for(asking[command](), 5)


async def test_1_a_connection_lost_while_idling_is_noticed_at_once() -> None:
    async with mailbox(lambda _: "+ idling\r\n") as (box, server):
        idling = asyncio.create_task(box.idle(60))
        await until_told(server, "IDLE")
        server.writers[-1].close()
        with pytest.raises(Unavailable, match="broke off"):
            await asyncio.wait_for(idling, 5)


async def test_1_commands_after_the_loss_are_refused() -> None:
    async with mailbox(lambda _: None) as (box, _):
        for _ in range(2):
            with pytest.raises(Unavailable):
                await asyncio.wait_for(box.newer_than(0), 5)


def test_2_the_plain_protocol_is_given_the_tls_context() -> None:
    assert "tls" in inspect.signature(Mailbox.connect).parameters
    assert "IMAP4_SSL" not in inspect.getsource(imap_client)


async def test_3_and_4_thousands_of_lines_in_one_piece_are_read_quickly() -> None:
    lines = "".join(f"* {n} FETCH (UID {n} RFC822.SIZE {n * 10})\r\n" for n in range(1, 20_001))
    async with mailbox(lambda _: lines + f"{TAG} OK fetched\r\n") as (box, _):
        sizes = await box.sizes(range(1, 3))
    assert len(sizes) == 20_000
    assert sizes[20_000] == 200_000


async def test_3_an_answer_that_cannot_be_read_ends_the_connection() -> None:
    async with mailbox(lambda _: "* 1 FETCH (BODY[] {999999999999}\r\n") as (box, _):
        with pytest.raises(Unavailable, match="broke off"):
            await asyncio.wait_for(box.fetch(1), 5)


NASTY = [
    "5 * 3 sad :( (a",
    "* 1 FETCH (UID 9 BODY[] {3}\r\nabc)\r\n* BYE",
    "A1 OK done\r\n+ go on\r\n* BYE",
    "ends with a size {5}",
    "",
    ")))(((",
]


@pytest.mark.parametrize("body", NASTY)
async def test_5_a_mail_arrives_as_it_is_whatever_it_looks_like(body: str) -> None:
    said = f"* 1 FETCH (FLAGS () UID 7 BODY[] {{{len(body)}}}\r\n{body})\r\n{TAG} OK done\r\n"
    async with mailbox(lambda _: said) as (box, _):
        assert await box.fetch(7) == body.encode()


async def test_5_a_literal_that_comes_in_many_pieces_is_whole() -> None:
    async with mailbox(lambda _: "* 1 FETCH (UID 7 BODY[] {10}\r\n01") as (box, server):
        fetching = asyncio.create_task(box.fetch(7))
        await until_told(server, "UID FETCH")
        for piece in ("234", "56789", ")\r", "\n"):
            await asyncio.sleep(0.01)
            server.say(piece)
        server.say(f"{TAG} OK done\r\n")
        assert await fetching == b"0123456789"


async def test_6_a_refused_token_is_an_answer_and_no_time_out() -> None:
    def script(told: str) -> str:
        refusal = f"{TAG} NO [AUTHENTICATIONFAILED] no\r\n"
        return refusal if told == "" else "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"

    async with talking(script) as server:
        box = await connected(server)
        with pytest.raises(AuthFailed, match="refuses the access token"):
            await box.login_with_token("support", "stolen")
        await box.close()


async def test_7_capabilities_are_asked_again_after_a_token() -> None:
    async with talking(lambda _: f"{TAG} OK in\r\n") as server:
        box = await connected(server)
        await box.login_with_token("support", "good")
        await box.close()
    assert [told.split(" ")[1] for told in server.told] == [
        "CAPABILITY",
        "AUTHENTICATE",
        "CAPABILITY",
    ]


async def test_8_news_outside_idle_is_noticed() -> None:
    async with mailbox(lambda _: f"* 4 EXISTS\r\n* SEARCH 5\r\n{TAG} OK done\r\n") as (box, _):
        box.changed.clear()
        assert await box.newer_than(3) == [5]
        assert box.changed.is_set()


@pytest.mark.parametrize("push", ["* 4 EXISTS", "* 2 RECENT", "* OK Still here"])
async def test_8_any_push_ends_idling(push: str) -> None:
    def script(told: str) -> str:
        return {"IDLE": "+ idling\r\n", "DONE": f"{TAG} OK idled\r\n"}[told]

    async with mailbox(script) as (box, server):
        box.changed.clear()
        idling = asyncio.create_task(box.idle(60))
        await until_told(server, "IDLE")
        server.say(f"{push}\r\n")
        await asyncio.wait_for(idling, 5)
    assert server.told[-1] == "DONE"


async def test_9_a_server_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_client, "SECONDS", 0.3)
    async with mailbox(lambda _: "") as (box, _):
        with pytest.raises(Unavailable, match="did not answer"):
            await asyncio.wait_for(box.newer_than(0), 5)


async def test_10_names_are_quoted_and_the_socket_is_closed() -> None:
    async with talking(lambda _: "") as server:
        box = await connected(server)
        await box.login('a "b" c', "p w")
        await box.select("My (folder) *")
        await box.close()
        assert server.told[1].split(" ", 1)[1] == 'LOGIN "a \\"b\\" c" "p w"'
        assert server.told[3].split(" ", 1)[1] == 'SELECT "My (folder) *"'
        await until(lambda: server.writers[-1].is_closing())


async def test_a_server_that_says_goodbye_at_once_is_unavailable() -> None:
    async with talking(lambda _: "", greeting="* BYE too many") as server:
        with pytest.raises(Unavailable):
            await asyncio.wait_for(connected(server), 5)


async def test_a_server_that_cannot_log_in_just_now_does_not_mean_wrong_credentials() -> None:
    async with talking(lambda _: f"{TAG} NO [UNAVAILABLE] backend down\r\n") as server:
        box = await connected(server)
        with pytest.raises(Unavailable, match="cannot log us in now"):
            await box.login_with_token("support", "good")
        await box.close()


async def test_without_idle_it_asks_now_and_then() -> None:
    async with mailbox(lambda _: f"{TAG} OK done\r\n") as (box, server):
        box._protocol.capabilities.discard("IDLE")
        await box.idle(0.01)
    assert server.told[-1].endswith("NOOP")


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not what():
            await asyncio.sleep(0.002)


async def until_told(server: Server, command: str) -> None:
    await until(lambda: any(command in told for told in server.told))
