"""Frames that nobody's page sends: answered in a word, or their talk ends; nobody else's does."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import WSMsgType

from adapters.sdk import MessageIn
from tests.adapters.webchat.conftest import Chat
from tests.adapters.webchat.tab import Tab

pytestmark = pytest.mark.contract

CID = "c0000001"
TEXT = '{"type": "msg", "cid": "c0000001", "text": %s}'
DEEP = 10_000

FRAMES = {
    "no JSON": "{",
    "nothing": "",
    "a list": "[]",
    "a number": "1e400",
    "deep lists": "[" * DEEP,
    "deep and closed": "[" * DEEP + "]" * DEEP,
    "deep in a field": TEXT % ("[" * DEEP + "]" * DEEP),
    "deep in an unknown field": '{"type":"typing","on":true,"x":'
    + '{"a":' * DEEP
    + "1"
    + "}" * DEEP
    + "}",
    "NaN": '{"type": "read", "seq": NaN}',
    "infinity": '{"type": "read", "seq": Infinity}',
    "a number beyond 64 bits": '{"type": "read", "seq": 18446744073709551617}',
    "a negative one": '{"type": "read", "seq": -1}',
    "a fraction": '{"type": "read", "seq": 1.5}',
    "a number of 5,000 digits": '{"type": "read", "seq": ' + "9" * 5_000 + "}",
    "an unknown type": '{"type": "admin"}',
    "no type": '{"on": true}',
    "type twice": '{"type": "typing", "type": "admin", "on": true}',
    "an id with a dot": '{"type": "msg", "cid": "../../etc", "text": "x"}',
    "too long a text": TEXT % json.dumps("x" * 4_001),
    "too many files": '{"type":"msg","cid":"c0000001","files":["a","b","c","d","e","f"]}',
    "half a letter": TEXT % '"\\ud800"',
    "the other half": TEXT % '"\\udc00 x"',
    "a NUL as it stands": TEXT % '"a\x00b"',
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
async def test_what_is_no_frame_is_answered_so_and_the_talk_goes_on(chat: Chat, frame: str) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.ws.send_str(frame)
        assert (await tab.hear("error"))["code"] == "frame"
        await tab.say("msg", cid=CID, text="still here")
        await tab.hear("ack")
    assert [event.text for event in chat.desk.of(MessageIn)] == ["still here"]  # type: ignore[union-attr]


# What is taken, and what of it the desk gets.
ODD = {
    "escaped NUL": (TEXT % r'"a\u0000b"', "a␀b"),
    "a pair": (TEXT % r'"\ud83d\ude00"', "😀"),
    "an order to the terminal": (TEXT % r'"\u001b]52;c;x\u0007"', "␛]52;c;x␇"),
    "text twice": ('{"type":"msg","cid":"c0000001","text":"one","text":"two"}', "two"),
    "an unknown field": ('{"type":"msg","cid":"c0000001","text":"x","by":"ana","agent":1}', "x"),
    "turned letters": (TEXT % r'"\u202efdp.exe"', "\ufffdfdp.exe"),
}


@pytest.mark.parametrize(("frame", "text"), ODD.values(), ids=ODD)
async def test_odd_letters_come_as_what_they_are(chat: Chat, frame: str, text: str) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.ws.send_str(frame)
        await tab.hear("ack")
    (event,) = chat.desk.of(MessageIn)
    assert isinstance(event, MessageIn)
    assert event.text == text
    assert not event.sender.verified


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\x00" * 100, b"{}"])
async def test_bytes_are_no_frame(chat: Chat, data: bytes) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.ws.send_bytes(data)
        assert (await tab.hear("error"))["code"] == "frame"


async def test_a_frame_of_a_megabyte_ends_the_talk_before_it_is_read(chat: Chat) -> None:
    async with Tab(chat.url) as tab:
        await tab.hello()
        await tab.ws.send_str(TEXT % json.dumps("x" * 1_000_000))
        assert await tab.closed() == 1009


async def test_a_flood_ends_its_own_talk_and_nobody_elses_waits(chat: Chat) -> None:
    """As fast as a program can; the other visitor comes from the same address, and is served."""
    async with Tab(chat.url) as stranger, Tab(chat.url) as olga:
        await stranger.hello()
        await olga.hello()
        flood = asyncio.create_task(_flood(stranger))
        for n in range(5):
            await olga.say("msg", cid=f"c000000{n}", text=str(n))
            await _heard(olga, "ack", "nack")
        assert await flood >= 60  # then it was ended


async def _flood(tab: Tab) -> int:
    """10,000 frames, or as many as are let through before the talk is ended."""
    for n in range(10_000):
        try:
            await tab.ws.send_str('{"type": "typing", "on": true}')
        except ConnectionError:
            return n
        if n % 50 == 0:
            await asyncio.sleep(0)
    closed: Any = await tab.closed()
    assert closed == 1008
    return 10_000


async def _heard(tab: Tab, *kinds: str) -> None:
    message = await tab.ws.receive(timeout=10)
    assert message.type == WSMsgType.TEXT, message
    assert message.json()["type"] in kinds
