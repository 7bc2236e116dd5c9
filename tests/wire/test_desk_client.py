"""A console's way of asking: commands once, whatever happens to their answers."""

from collections.abc import Iterator

import pytest

from wire import codec
from wire.bus import NobodyListens, Request
from wire.desk_client import Desk, Refused
from wire.memory_bus import Hub, MemoryBus
from wire.messages.base import say
from wire.messages.verbs import Call, Done, No, Ok, Status, Take, Who

pytestmark = pytest.mark.contract

NOT_ACTIVE = codec.encode(No(code="not_active", said=say("Again.")))
STALE = codec.encode(No(code="stale", said=say("{who} wrote.", who="Oksana"), now=7))


def ok(value: object) -> bytes:
    import msgspec

    return codec.encode(Ok(body=msgspec.Raw(codec.encode(value))))


async def router(hub: Hub, *answers: bytes) -> list[Call]:
    """Answers in this order, and keeps what was asked."""
    calls: list[Call] = []
    left: Iterator[bytes] = iter(answers)

    async def answering(request: Request) -> bytes:
        call = codec.decode(request.payload, Call)
        assert isinstance(call, Call)
        calls.append(call)
        return next(left)

    await MemoryBus(hub).serve("rpc.*.*", answering)
    return calls


async def test_an_answer_comes_back_as_its_verbs_struct() -> None:
    hub = Hub()
    calls = await router(hub, ok(Done(seq=5)))
    assert await Desk(MemoryBus(hub), "alice").call(Take(conversation=3)) == Done(seq=5)
    assert codec.decode(calls[0].body, Take) == Take(conversation=3)
    assert calls[0].key


async def test_a_refusal_is_raised_with_its_sentence() -> None:
    hub = Hub()
    await router(hub, STALE)
    with pytest.raises(Refused, match=r"Oksana wrote\.") as refused:
        await Desk(MemoryBus(hub), "alice").call(Take(conversation=3))
    assert refused.value.no.now == 7


async def test_a_command_is_repeated_with_its_key_until_a_router_decides() -> None:
    hub = Hub()
    calls = await router(hub, NOT_ACTIVE, NOT_ACTIVE, ok(Done(seq=5)))
    assert await Desk(MemoryBus(hub), "alice").call(Take(conversation=3)) == Done(seq=5)
    assert len({call.key for call in calls}) == 1
    assert len(calls) == 3


async def test_a_key_of_ones_own_is_kept() -> None:
    hub = Hub()
    calls = await router(hub, ok(Done()))
    await Desk(MemoryBus(hub), "alice").call(Take(conversation=3), key="draft-9")
    assert calls[0].key == "draft-9"


async def test_a_reading_verb_asks_once_and_without_a_key() -> None:
    hub = Hub()
    calls = await router(hub, NOT_ACTIVE)
    with pytest.raises(Refused):
        await Desk(MemoryBus(hub), "alice").call(Who())
    assert [call.key for call in calls] == [""]


async def test_without_a_router_it_gives_up_in_the_end() -> None:
    with pytest.raises(NobodyListens):
        await Desk(MemoryBus(Hub()), "alice", patience=0.3).call(Take(conversation=3))


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b'{"tagged":"news"}', ok("x"), ok({})])
async def test_an_answer_of_another_kind_is_refused_in_a_sentence(answer: bytes) -> None:
    hub = Hub()
    await router(hub, answer)
    with pytest.raises(Refused, match=r"could not be read|not"):
        await Desk(MemoryBus(hub), "alice").call(Status())
