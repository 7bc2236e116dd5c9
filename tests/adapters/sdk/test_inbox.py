"""Receiving: committed or held, once, in order."""

import asyncio

import pytest

from adapters.sdk import (
    Accepted,
    Duplicate,
    MessageIn,
    NotNow,
    Party,
    ReceiptIn,
    Rejected,
)
from tests.adapters.sdk.conftest import Desk, until
from wire.blobs import SMALL, digest

pytestmark = pytest.mark.contract


def said(text: str, remote: str = "anna", id_: str = "") -> MessageIn:
    sender = Party(address=remote)
    return MessageIn(id=id_ or f"{remote}:{text}", remote=remote, sender=sender, at=1, text=text)


async def test_a_message_is_accepted_with_its_cursor(desk: Desk) -> None:
    taken = await desk.inbox.receive(said("hi"), cursor="uid 5")
    assert isinstance(taken, Accepted)
    assert (await desk.inbox.state()).cursor == "uid 5"


async def test_a_second_copy_is_a_duplicate(desk: Desk) -> None:
    await desk.inbox.receive(said("hi"))
    assert isinstance(await desk.inbox.receive(said("hi")), Duplicate)
    assert desk.router.texts == ["hi"]


async def test_it_holds_while_no_router_answers_and_goes_on_by_itself(desk: Desk) -> None:
    await desk.router.close()
    waiting = asyncio.create_task(desk.inbox.receive(said("patient")))
    await asyncio.sleep(0.15)  # longer than the bus's own second try
    assert not waiting.done()
    await desk.router.open()
    assert isinstance(await waiting, Accepted)


async def test_a_router_without_the_lease_means_again(desk: Desk) -> None:
    desk.router.active = False
    waiting = asyncio.create_task(desk.inbox.receive(said("again")))
    await until(lambda: desk.router.asked > 2)
    desk.router.active = True
    assert isinstance(await waiting, Accepted)


async def test_with_patience_it_says_not_now(desk: Desk) -> None:
    desk.router.active = False
    with pytest.raises(NotNow):
        await desk.inbox.receive(said("now or never"), patience=0.05)
    desk.router.active = True
    assert isinstance(await desk.inbox.receive(said("now or never")), Accepted)


async def test_patience_counts_while_an_earlier_message_is_held(desk: Desk) -> None:
    desk.router.gate.clear()
    first = asyncio.create_task(desk.inbox.receive(said("first")))
    await until(lambda: desk.router.asked == 1)
    with pytest.raises(NotNow):
        await desk.inbox.receive(said("second"), patience=0.02)
    desk.router.gate.set()
    await first


async def test_messages_of_one_remote_never_swap_and_others_overtake(desk: Desk) -> None:
    desk.router.gate.clear()
    anna = [asyncio.create_task(desk.inbox.receive(said(str(n)))) for n in range(20)]
    await until(lambda: desk.router.asked == 1)
    boris = asyncio.create_task(desk.inbox.receive(said("other", "boris")))
    await until(lambda: desk.router.asked == 2)
    desk.router.gate.set()
    await asyncio.gather(*anna, boris)
    assert [text for text in desk.router.texts if text != "other"] == [str(n) for n in range(20)]


async def test_a_file_goes_and_comes_whole(desk: Desk) -> None:
    data = bytes(range(256)) * 3_000
    file = await desk.inbox.put(data, "blob.bin", "application/octet-stream")
    assert (file.sha256, file.size) == (digest(data), len(data))
    assert await desk.inbox.get(file) == data


async def test_a_file_that_is_not_there_is_a_rejection(desk: Desk) -> None:
    with pytest.raises(Rejected, match="no such file"):
        await desk.inbox.get("0" * 64)


async def test_the_receipt_of_a_piece_before_the_last_is_nobodys(desk: Desk) -> None:
    receipt = ReceiptIn(id="r1", remote="anna", of="out-1#1", state="delivered", at=1)
    assert isinstance(await desk.inbox.receive(receipt), Duplicate)
    assert desk.router.asked == 0


async def test_signals_are_told_as_news(desk: Desk) -> None:
    heard: list[bytes] = []
    await desk.router.bus.listen("signal.echo.main", lambda _, payload: heard.append(payload))
    desk.inbox.signal("anna", typing=True)
    await until(lambda: heard)
    assert b"anna" in heard[0]


async def test_files_come_with_their_event_or_ahead_of_it(desk: Desk) -> None:
    small = [bytes([number]) * SMALL for number in range(20)]
    large = bytes(SMALL + 1)
    assert isinstance(await desk.inbox.receive(said("see"), files=[*small, large]), Accepted)
    assert {digest(data) for data in (*small, large)} <= set(desk.router.blobs)
    assert desk.router.asked == 1
