"""The protocol page says what the code does, and its worked example is asked at the real doors."""

import asyncio
import inspect
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from router.blobs import Blobs
from router.channel_doors import ChannelDoors
from tests.router.desk import TestDesk, inline
from wire import codec, schema, subjects
from wire.codec import Malformed
from wire.memory_bus import Hub, MemoryBus
from wire.messages import channel, news, verbs
from wire.messages.channel import Health, Signal

pytestmark = pytest.mark.contract

PAGE = schema.PAGE.read_text("utf-8")
# (what it is, the JSON) in the order of the page.
EXAMPLES = re.findall(r"^```json (\w+)\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)
ANSWERS = ("StateAnswer", "BlobPutAnswer", "Taken")


def type_of(name: str) -> Any:
    return next(getattr(room, name) for room in (channel, verbs, news) if hasattr(room, name))


def test_the_page_is_as_the_code_makes_it() -> None:
    assert schema.fresh(PAGE) == PAGE, "write it anew with: python -m wire.schema"


def test_every_made_part_has_its_place() -> None:
    assert [part for part in schema.PARTS if f"<!-- made: {part} -->" not in PAGE] == []


def test_every_subject_stands_on_the_page() -> None:
    functions = [
        value
        for name, value in vars(subjects).items()
        if inspect.isfunction(value)
        and value.__module__ == subjects.__name__
        and not name.startswith("_")
        and name not in ("checked", "account_of", "asker_of")
    ]
    assert {line.subject for line in schema.LINES} == set(functions)
    assert [f for f in functions if f"`{schema.pattern(f)}`" not in PAGE] == []


def test_every_verb_stands_on_the_page() -> None:
    assert [verb for verb in verbs.VERBS if f"| `{verb}` | " not in PAGE] == []


def test_every_reference_in_the_schemas_leads_somewhere() -> None:
    document = schema.schemas()
    referred = set(re.findall(r"#/\$defs/(\w+)", json.dumps(document)))
    assert referred <= set(document["$defs"])


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_an_example_is_that_value_and_nothing_else(name: str, text: str) -> None:
    value = codec.decode(text.encode(), type_of(name))
    assert not isinstance(value, Malformed), value
    # What the struct does not know would be missing here.
    assert json.loads(codec.encode(value)) == json.loads(text)


def test_the_examples_of_verbs_have_their_bodies() -> None:
    call, answer, _refusal = [json.loads(t) for name, t in EXAMPLES if name in ("Call", "Answer")]
    take = verbs.VERBS["take"]
    for told, type_ in ((call["body"], take), (answer["body"], take.answer)):
        assert json.loads(codec.encode(msgspec.convert(told, type_))) == told


class Nobody:
    """Who hears of customers and adapters, and does nothing."""

    def customer(self, contact: int, conversation: int, signal: Signal) -> None: ...

    def health(self, kind: str, account: str, health: Health) -> None: ...


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[MemoryBus]:
    """A bus on which the router's own doors answer."""
    async with inline() as desk:
        await _open(desk, hub := Hub(), tmp_path)
        yield MemoryBus(hub)


async def _open(desk: TestDesk, hub: Hub, folder: Path) -> None:
    blobs = Blobs(folder, desk.lane, desk.store)
    doors = ChannelDoors(desk.lane, desk.store, blobs, desk.policy, desk.epoch, Nobody())
    await doors.serve(MemoryBus(hub), asyncio.ensure_future)


async def test_the_router_answers_as_the_example_says(gateway: MemoryBus) -> None:
    own = ("sms", "hotline")
    doors = {
        "StateAsk": subjects.state(*own),
        "BlobPart": subjects.blob_put(*own),
        "Intake": subjects.intake(*own),
    }
    asked = ("", "")
    heard = 0
    for name, text in EXAMPLES:
        if name in doors:
            asked = (doors[name], text)
        elif name in ANSWERS:  # a second answer in a row is to the same question, asked again
            answer = await gateway.request(asked[0], asked[1].encode())
            assert json.loads(answer) == json.loads(text)
            heard += 1
    assert heard == len(ANSWERS) + 2
