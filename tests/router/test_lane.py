"""One lane decides: one transaction, a bad item alone, nothing shown before it stands."""

import asyncio
from pathlib import Path

import apsw
import pytest

from router.lane import Lane, ReadOnly, Work
from router.store import store as stores
from router.store.store import Locked, LostLease, SqliteStore
from tests.router.desk import TestDesk, on_disk
from wire.messages.channel import Accepted, MessageIn, Party, Quarantined

pytestmark = pytest.mark.contract


async def test_one_poison_item_of_256_goes_alone(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from router.handling import messages

    real = messages.add_inbound

    def poisoned(work, conversation, event, message, placed, **facts):  # type: ignore[no-untyped-def]
        found = real(work, conversation, event, message, placed, **facts)
        if event.id == "77":
            raise ZeroDivisionError("poison")
        return found

    monkeypatch.setattr(messages, "add_inbound", poisoned)
    await desk.agent("ana", capacity=1)
    tasks = [desk.mail(str(n), f"text {n}", sender=f"c{n}@kvit.example") for n in range(256)]
    taken = await asyncio.gather(*tasks)
    assert [type(each) for each in taken].count(Accepted) == 255
    assert isinstance(taken[77], Quarantined)
    assert "poison" in taken[77].reason
    assert await desk.one("SELECT count(*) FROM messages") == 255
    assert await desk.one("SELECT count(*) FROM contacts") == 255
    assert await desk.one("SELECT count(*) FROM ledger WHERE verdict = 'quarantined'") == 1
    waiting = await desk.rows("SELECT id FROM conversations WHERE status = 'waiting'")
    assert {row[0] for row in waiting} == set(desk.desk.waiting)
    again = await desk.mail("77", "text 77", sender="c77@kvit.example")
    assert type(again).__name__ == "Duplicate", "what was put aside is not taken twice"


async def test_what_fails_leaves_memory_as_it_was(desk: TestDesk) -> None:
    def failing(work: Work) -> None:
        from router.core.people import Agent

        work.desk.put_agent(Agent("ghost", "Ghost"))
        work.event("agent", agent="ghost")
        raise KeyError("no")

    with pytest.raises(KeyError):
        await desk.do(failing)
    assert "ghost" not in desk.desk.agents
    assert await desk.one("SELECT count(*) FROM events") == 0
    assert desk.changes == []


async def test_a_page_shows_only_what_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_disk(tmp_path) as desk:
        await desk.mail("1")
        await desk.agent("ana")
        real = stores._check_lease
        inside, go_on = asyncio.Event(), __import__("threading").Event()
        loop = asyncio.get_running_loop()

        def slow(tx: stores.Transaction) -> None:
            real(tx)
            loop.call_soon_threadsafe(inside.set)
            go_on.wait(5)
            tx._connection.execute("SELECT 1")

        def full(*args: object) -> None:
            raise apsw.FullError("database or disk is full")

        monkeypatch.setattr(stores, "_check_lease", slow)
        answer = asyncio.create_task(desk.mail("2", "second"))
        await inside.wait()
        assert await desk.one("SELECT count(*) FROM messages") == 1
        monkeypatch.setattr(stores, "_check_lease", full)
        go_on.set()
        assert isinstance(await answer, Accepted)
        with pytest.raises(ReadOnly, match="full"):
            await desk.mail("3", "third")
        assert await desk.one("SELECT count(*) FROM messages") == 2
        assert desk.lane.read_only is not None
        monkeypatch.setattr(stores, "_check_lease", real)
        assert isinstance(await desk.mail("3", "third"), Accepted)
        assert desk.lane.read_only is None
        assert await desk.one("SELECT count(*) FROM messages") == 3


async def test_a_batch_that_writes_nothing_does_not_end_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **values: object) -> None:
        raise apsw.FullError("database or disk is full")

    async with on_disk(tmp_path) as desk:
        with monkeypatch.context() as broken:
            broken.setattr(stores.Transaction, "run", full)
            with pytest.raises(ReadOnly):
                await desk.mail("1", "first")
            with pytest.raises(ReadOnly):
                await desk.do(lambda work: None)
            assert desk.lane.read_only is not None
        await desk.do(lambda work: None)
        assert desk.lane.read_only is None


async def test_after_an_io_fault_memory_is_what_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_disk(tmp_path) as desk:
        await desk.agent("ana", capacity=2)
        await desk.mail("1")
        held = dict(desk.desk.held)

        real = stores.apply_batch

        def full(connection, batch, now, epoch):  # type: ignore[no-untyped-def]
            connection.execute("BEGIN IMMEDIATE")
            tx = stores.Transaction(connection, now, epoch)
            for item in batch:
                item.apply(tx)
            connection.execute("ROLLBACK")
            raise stores.CannotWrite("disk full")

        monkeypatch.setattr(stores, "apply_batch", full)
        with pytest.raises(ReadOnly):
            await desk.mail("2", "second", sender="jan@kvit.example")
        monkeypatch.setattr(stores, "apply_batch", real)
        await desk.do(lambda work: None)  # the lane reads memory again before it goes on
        assert desk.desk.held == held
        assert desk.desk.load_of("ana").units == 1


async def test_a_second_router_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    first = SqliteStore.open(tmp_path, now=1.0)
    with pytest.raises(Locked, match=str(__import__("os").getpid())):
        SqliteStore.open(tmp_path, now=2.0)
    await first.close()


async def test_each_start_begins_a_new_epoch_and_the_old_one_writes_nothing(tmp_path: Path) -> None:
    first = SqliteStore.open(tmp_path, now=1.0)
    await first.close()
    second = SqliteStore.open(tmp_path, now=2.0)
    assert second.epoch == first.epoch + 1
    second.epoch = first.epoch  # as one that slept would believe
    with pytest.raises(LostLease):
        await second.apply([], 3.0)
    await second.close()


async def test_the_same_mail_by_another_way_is_shown_once(desk: TestDesk) -> None:
    first = await desk.mail("inbox.1.1")
    again = await desk.mail("inbox.1.1")
    renumbered = await desk.mail("inbox.2.9", message_id="<inbox.1.1@kvit.example>")
    assert type(again).__name__ == "Duplicate"
    assert type(renumbered).__name__ == "Duplicate"
    assert renumbered.message == first.message
    assert await desk.one("SELECT count(*) FROM messages") == 1
    lines = await desk.rows("SELECT verdict, again FROM ledger ORDER BY id")
    assert lines == [("accepted", 1), ("duplicate", 0)], "one line an item, repeats are counted"


async def test_the_same_message_id_with_another_body_is_kept_and_flagged(desk: TestDesk) -> None:
    await desk.mail("1", "true")
    other = await desk.mail("2", "forged", message_id="<1@kvit.example>")
    assert isinstance(other, Accepted)
    assert await desk.one("SELECT count(*) FROM messages") == 2
    assert "same_id" in await desk.one("SELECT notes FROM messages WHERE id = 2")


async def test_the_cursor_moves_with_its_message(desk: TestDesk) -> None:
    sender = Party(address="a@kvit.example")
    event = MessageIn(id="9", remote="a", sender=sender, at=1.0, text="x", message_id="<9@k>")
    await desk.take(event, cursor="INBOX 1 9")
    assert await desk.one("SELECT cursor FROM accounts") == "INBOX 1 9"


async def test_now_never_runs_backwards(desk: TestDesk) -> None:
    desk.clock = 2_000.0
    assert desk.lane.now() == 2_000.0
    desk.clock = 1_500.0
    assert desk.lane.now() == 2_000.0


def test_a_lane_is_one_file() -> None:
    assert Lane.__module__ == "router.lane"
