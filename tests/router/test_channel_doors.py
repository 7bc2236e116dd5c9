"""What adapters ask: intake, where they were, files; and what they may not have."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from router.blobs import Blobs
from router.channel_doors import ChannelDoors
from router.handling import conversations, messages
from router.lane import Work
from tests.router.desk import TestDesk
from wire import blobs, codec, subjects
from wire.bus import ask
from wire.memory_bus import Hub, MemoryBus
from wire.messages.capabilities import Announce, Capabilities
from wire.messages.channel import (
    Accepted,
    Attachment,
    BlobAsk,
    BlobGetAnswer,
    BlobPart,
    BlobPutAnswer,
    Health,
    Intake,
    MessageIn,
    NotActive,
    Outbound,
    Party,
    Refused,
    Signal,
    State,
    StateAnswer,
    StateAsk,
    Taken,
)

pytestmark = pytest.mark.contract


class Heard:
    def __init__(self) -> None:
        self.signals: list[tuple[int, int, Signal]] = []
        self.healths: list[Health] = []

    def customer(self, contact: int, conversation: int, signal: Signal) -> None:
        self.signals.append((contact, conversation, signal))

    def health(self, kind: str, account: str, health: Health) -> None:
        self.healths.append(health)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def bus(desk: TestDesk, heard: Heard, tmp_path: Path) -> AsyncIterator[MemoryBus]:
    hub = Hub()
    kept = Blobs(tmp_path / "blobs", desk.lane, desk.store)
    doors = ChannelDoors(desk.lane, desk.store, kept, desk.policy, 7, heard)
    running: set[asyncio.Future[None]] = set()

    def spawn(work: Awaitable[None]) -> None:
        running.add(asyncio.ensure_future(work))

    await doors.serve(MemoryBus(hub), spawn)
    yield MemoryBus(hub)
    await asyncio.gather(*running)


def _chat(number: str, **facts: object) -> Intake:
    event = MessageIn(id=number, remote="v1", sender=Party(address="v1"), at=1.0, text="hi",
                      **facts)  # type: ignore[arg-type]  # fmt: skip
    return Intake(event=event)


async def _take(bus: MemoryBus, intake: Intake) -> object:
    return await ask(bus, subjects.intake("webchat", "site"), intake, Taken)


async def test_an_event_is_taken_and_taken_once(bus: MemoryBus) -> None:
    first = await _take(bus, _chat("a"))
    again = await _take(bus, _chat("a"))
    assert isinstance(first, Accepted)
    assert first.seq == again.seq == 1  # type: ignore[attr-defined]


async def test_broken_bytes_are_kept_for_a_person(bus: MemoryBus, desk: TestDesk) -> None:
    answer = await bus.request(subjects.intake("webchat", "site"), b'{"event": 1')
    assert type(codec.decode(answer, Taken)).__name__ == "Quarantined"
    assert await desk.one("SELECT payload FROM ledger") == b'{"event": 1'


async def test_a_desk_that_cannot_write_says_again(
    bus: MemoryBus, desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from router.store.store import CannotWrite

    async def full(*args: object) -> None:
        raise CannotWrite("disk full")

    monkeypatch.setattr(desk.store, "apply", full)
    assert await _take(bus, _chat("a")) == NotActive(reason="disk full")


async def test_a_chat_gets_its_past_as_its_customer_saw_it(bus: MemoryBus, desk: TestDesk) -> None:
    await _take(bus, _chat("a"))

    def reply(work: Work) -> None:
        row = conversations.load(work, 1)
        out = Outbound(id="", epoch=0, remote="v1", text="hello", at=2.0, author="Ana")
        messages.add_outbound(work, row, out, "ana", 0.0)
        messages.add_comment(work, row, "ana", "Ana", "never to be seen outside")
        message = work.tx.one("message", id=2)
        messages.change(work, message, remote_seq=messages.next_seq(work, "webchat", "site", "v1"))

    await desk.do(reply)
    announce = Announce(capabilities=Capabilities(kind="webchat"), address="chat")
    asked = StateAsk(announce=announce, remote="v1")
    state = await ask(bus, subjects.state("webchat", "site"), asked, StateAnswer)
    assert isinstance(state, State)
    assert state.epoch == 7
    assert [(line.seq, line.text, line.ours, line.id) for line in state.history] == [
        (1, "hi", False, "a"),
        (2, "hello", True, "out-1"),
    ]
    assert not state.more
    assert await desk.one("SELECT address FROM accounts") == "chat"


async def test_an_account_that_says_the_same_again_writes_nothing(
    bus: MemoryBus, desk: TestDesk
) -> None:
    for address, events in (("chat", 1), ("chat", 1), ("elsewhere", 2)):
        announce = Announce(capabilities=Capabilities(kind="webchat"), address=address)
        asked = StateAsk(announce=announce, limit=0)
        assert isinstance(
            await ask(bus, subjects.state("webchat", "site"), asked, StateAnswer), State
        )
        assert await desk.one("SELECT count(*) FROM events WHERE what = 'account'") == events


@pytest.mark.parametrize("size", [10, 70_000, 600_000])
async def test_a_file_goes_in_and_comes_out_by_its_message(bus: MemoryBus, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)

    async def putting(name: str, whole: int, offset: int, piece: bytes) -> int:
        part = BlobPart(sha256=name, size=whole, offset=offset, data=piece)
        answer = await ask(bus, subjects.blob_put("webchat", "site"), part, BlobPutAnswer)
        return int(answer.bytes)

    async def getting(name: str, offset: int) -> tuple[int, bytes]:
        asked = BlobAsk(sha256=name, offset=offset)
        answer = await ask(bus, subjects.blob_get("webchat", "site"), asked, BlobGetAnswer)
        if isinstance(answer, Refused):
            raise blobs.Damaged(answer.reason)
        return answer.size, answer.data

    name = await blobs.put(data, putting)
    with pytest.raises(blobs.Damaged, match="no message"):
        await blobs.get(name, getting, limit=10**7)
    file = Attachment(sha256=name, name="a.bin", media_type="x/y", size=len(data))
    await _take(bus, _chat("a", attachments=(file,)))
    assert await blobs.get(name, getting, limit=10**7) == data


async def test_a_file_its_folder_and_the_folders_name_are_on_the_disk_before_it_is_named(
    desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_the_disk: list[str] = []
    fsync, submit = os.fsync, desk.lane.submit

    def syncing(descriptor: int) -> None:
        fsync(descriptor)
        on_the_disk.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    async def naming(*job: Any) -> Any:
        on_the_disk.append("named")
        return await submit(*job)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(desk.lane, "submit", naming)
    folder = tmp_path / "blobs"
    name = await Blobs(folder, desk.lane, desk.store).whole(b"x" * 70_000)
    file = folder / name[:2] / name
    draft, *rest = on_the_disk[: on_the_disk.index("named")]
    assert draft.startswith(f"{file}.")
    assert rest == [str(file.parent), str(folder)]
    assert file.stat().st_size == 70_000


async def test_bytes_that_are_not_their_hash_are_refused(bus: MemoryBus) -> None:
    part = BlobPart(sha256="0" * 64, size=3, offset=0, data=b"abc")
    answer = await ask(bus, subjects.blob_put("webchat", "site"), part, BlobPutAnswer)
    assert isinstance(answer, Refused)


async def test_what_a_customer_does_is_told_and_never_stored(
    bus: MemoryBus, desk: TestDesk, heard: Heard
) -> None:
    await _take(bus, _chat("a"))
    before = await desk.one("SELECT count(*) FROM events")
    await bus.publish(
        subjects.signal("webchat", "site"), codec.encode(Signal(remote="v1", typing=True))
    )
    for _ in range(100):
        await asyncio.sleep(0.01)
        if heard.signals:
            break
    assert heard.signals == [(1, 1, Signal(remote="v1", typing=True))]
    assert await desk.one("SELECT count(*) FROM events") == before


async def test_small_files_are_kept_with_their_event_whatever_becomes_of_it(
    bus: MemoryBus, desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = b"the raw mail", b"another one"
    file = Attachment(sha256=blobs.digest(good), name="a", media_type="text/plain", size=len(good))
    await _take(bus, replace(_chat("a", attachments=(file,)), files=(good,)))

    def broken(*_: object) -> None:
        raise ValueError("it breaks")

    monkeypatch.setattr("router.intake.Intaking._taken", broken)
    taken = await _take(bus, replace(_chat("b"), files=(bad,)))
    assert type(taken).__name__ == "Quarantined"
    kept = await desk.rows("SELECT sha256, data FROM blobs")
    assert set(kept) == {
        (blobs.digest(good), good), (blobs.digest(bad), bad),
    }  # fmt: skip
    assert b"YW5vdGhlciBvbmU" not in await desk.one("SELECT payload FROM ledger WHERE event = 'b'")


async def test_a_file_that_is_too_large_to_come_with_its_event_puts_it_aside(
    bus: MemoryBus, desk: TestDesk
) -> None:
    taken = await _take(bus, replace(_chat("a"), files=(bytes(blobs.SMALL + 1),)))
    assert type(taken).__name__ == "Quarantined"
    assert await desk.one("SELECT count(*) FROM blobs") == 0
