"""Requests that no console sends: refused in a sentence, and the desk answers everybody else."""

import asyncio
from collections import Counter
from typing import Any

import msgspec
import pytest

from router.nats.keys import new_pair
from tests.router.doors.office import Office
from tests.router.doors.on_nats import ROOT, House
from wire import codec
from wire.bus import MAX_PAYLOAD, TooLarge
from wire.memory_bus import MemoryBus
from wire.messages.verbs import VERBS, Answer, Hello, No, Ok, SetTeam, Since, Timeline

pytestmark = pytest.mark.program

DEEP = 10_000
ANA, SAM = new_pair(b"a" * 32), new_pair(b"s" * 32)
BODY = '{"key": "%s", "body": %s}'
COMMENT = '{"conversation": 1, "text": %s}'

BAD = {
    "deep body": BODY % ("d1", "[" * DEEP + "]" * DEEP),
    "deep and never closed": BODY % ("d2", "[" * DEEP),
    "deep in a field": BODY % ("d3", COMMENT % ("[" * DEEP + "]" * DEEP)),
    "deep in an unknown field": BODY % ("d4", '{"x": %s}' % ('{"a":' * DEEP + "1" + "}" * DEEP)),
    "NaN": BODY % ("n", '{"conversation": NaN, "text": "x"}'),
    "infinity": BODY % ("i", '{"conversation": 1e999, "text": "x"}'),
    "beyond 64 bits": BODY % ("b", '{"conversation": 18446744073709551617, "text": "x"}'),
    "5,000 digits": BODY % ("b5", '{"conversation": ' + "9" * 5_000 + ', "text": "x"}'),
    "half a letter": BODY % ("h", COMMENT % r'"\ud800"'),
    "half a letter in the key": BODY % (r"\udfff", COMMENT % '"x"'),
    "a NUL as it stands": BODY % ("z", COMMENT % '"a\x00b"'),
    "a key of a megabyte, nearly": BODY % ("k" * 900_000, COMMENT % '"x"'),
    "a text of a megabyte, nearly": BODY % ("t", COMMENT % ('"' + "x" * 900_000 + '"')),
    "no key": BODY % ("", COMMENT % '"x"'),
    "not a struct": BODY % ("s", "[1, 2]"),
    "not JSON": "\xff\xfe",
    "a body that is a text": BODY % ("y", '"conversation"'),
}  # fmt: skip


@pytest.mark.parametrize("payload", BAD.values(), ids=BAD)
async def test_what_no_console_sends_is_refused_in_words_and_does_nothing(
    office: Office, payload: str
) -> None:
    await office.desk.agent("ana")
    await office.desk.mail("1")
    before = await office.desk.rows("SELECT * FROM events")
    bus = MemoryBus(office.hub, "ana")
    raw = payload.encode("latin-1" if payload.startswith("\xff") else "utf-8")
    no: Any = codec.decode(await bus.request("rpc.ana.comment", raw), Answer)
    assert isinstance(no, No), no
    assert no.code in ("invalid", "too_large")
    assert str(no.said).endswith((".", ")")) or ":" in str(no.said)
    assert "failed at this" not in str(no.said)
    assert len(codec.encode(no)) < 2_000  # nothing of it is sent back
    assert await office.desk.rows("SELECT * FROM events") == before
    assert isinstance(codec.decode(await office.raw("ana", Hello()), Answer), Ok)


VALUES = (
    *(r'"\ud800"', r'"\u0000\u001b]52;c;x\u0007"', "18446744073709551617", "-1", "1e300"),
    *("null", "{}", r'["\u202e"]', "[" * DEEP),
)


@pytest.mark.parametrize("verb", VERBS)
async def test_no_verb_fails_at_depth_or_at_letters_that_are_none(
    office: Office, verb: str
) -> None:
    await office.desk.agent("ana", role="admin")
    bus = MemoryBus(office.hub, "ana")
    fields = VERBS[verb].__struct_fields__
    for value in VALUES:
        body = "{" + ", ".join(f'"{name}": {value}' for name in fields) + "}"
        call = (BODY % ("k", body)).encode()
        answer: Any = codec.decode(await bus.request(f"rpc.ana.{verb}", call), Answer)
        assert not isinstance(answer, No) or "failed at this" not in str(answer.said), (
            value,
            answer,
        )


async def test_of_a_field_given_twice_one_counts_for_all_who_read_it(office: Office) -> None:
    """Key, hash and command are of the same reading: no second meaning passes the first's check."""
    await office.desk.agent("ana")
    await office.desk.mail("1")
    body = '{"conversation": 1, "text": "one", "text": "two"}'
    bus = MemoryBus(office.hub, "ana")
    for _ in range(2):
        await bus.request("rpc.ana.comment", (BODY % ("twice", body)).encode())
    kept = await office.desk.rows("SELECT text FROM messages WHERE author_is = 'comment'")
    assert kept == [("two",)]


async def test_orders_to_a_terminal_are_stored_as_pictures_of_themselves(office: Office) -> None:
    await office.desk.agent("ana")
    await office.desk.mail("1")
    bus = MemoryBus(office.hub, "ana")
    call = (BODY % ("k", COMMENT % r'"a\u0000\u001b]52;c;x\u0007\u202eb"')).encode()
    await bus.request("rpc.ana.comment", call)
    ((text,),) = await office.desk.rows("SELECT text FROM messages WHERE author_is = 'comment'")
    assert text == "a␀␛]52;c;x␇\ufffdb"


# --- on the real bus ---------------------------------------------------------------------------


async def test_who_asks_ten_thousand_times_is_slowed_and_nobody_else(house: House) -> None:
    root = await house.desk_of("root", ROOT)
    await root.call(SetTeam(team="support", name="Support"))
    await house.logged_in("ana", ANA, teams=("support",))
    await house.logged_in("sam", SAM, teams=("support",))
    ana, sam = await house.desk_of("ana", ANA), await house.bus("sam", SAM)
    answers: Counter[str] = Counter()
    done = asyncio.Event()

    def answered(_: str, payload: bytes) -> None:
        answer: Any = codec.decode(payload, Answer)
        answers[answer.code if isinstance(answer, No) else "ok"] += 1
        if answers.total() == 10_000:
            done.set()

    await sam.listen("_INBOX.sam.flood", answered)
    await house.desk.mail("1")
    call = codec.encode({"body": msgspec.Raw(codec.encode(Since(seq=0)))})
    flood = asyncio.create_task(_flood(sam, call))
    for _ in range(20):  # each within its own patience, while they all come in
        await ana.call(Timeline(contact=1), timeout=5)
    await flood
    await asyncio.wait_for(done.wait(), 30)
    assert answers["busy"] > 8_000
    assert answers.keys() <= {"busy", "ok"}
    await ana.call(Hello())


async def _flood(bus: Any, call: bytes) -> None:
    for _ in range(10_000):
        await bus._client.publish("rpc.sam.since", call, reply="_INBOX.sam.flood")


async def test_what_is_too_large_is_not_sent_and_one_who_sends_it_anyway_is_cut_off_alone(
    house: House,
) -> None:
    root = await house.desk_of("root", ROOT)
    await root.call(SetTeam(team="support", name="Support"))
    await house.logged_in("sam", SAM, teams=("support",))
    sam = await house.bus("sam", SAM)
    with pytest.raises(TooLarge):
        await sam.request("rpc.sam.hello", b"x" * (MAX_PAYLOAD + 100_000))
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", int(house.nats.url.rpartition(":")[2])
    )
    await reader.readline()
    writer.write(b'CONNECT {"verbose":false}\r\nPUB rpc.door.login 10000000\r\n')
    assert b"Maximum Payload" in await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await root.call(Hello())
    assert sam.connected
