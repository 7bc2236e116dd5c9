"""The same key gives the same answer, after any restart; a page shows only what is committed."""

import asyncio
from pathlib import Path
from typing import Any

import apsw
import pytest

from router.store.store import SqliteStore
from tests.router.desk import TestDesk, on_disk
from tests.router.doors.office import Office, opened
from wire import codec
from wire.desk_client import Refused
from wire.messages.verbs import (
    Comment,
    Done,
    Invite,
    No,
    Ok,
    Queue,
    Reply,
    Resolve,
    SetAgent,
    Take,
    Timeline,
)

pytestmark = pytest.mark.contract


async def test_the_same_key_is_the_same_command(both: Office) -> None:
    await both.desk.agent("ana")
    await both.desk.mail("1")
    reply = Reply(conversation=1, text="Yes", seen=9)
    first = await both.raw("ana", reply, key="k1")
    await both.ask("ana", Comment(conversation=1, text="and more happened"))
    assert await both.raw("ana", reply, key="k1") == first
    assert await both.desk.one("SELECT count(*) FROM outbox") == 1


async def test_asked_twice_at_once_it_happens_once(both: Office) -> None:
    await both.desk.agent("ana")
    await both.desk.mail("1")
    asks = [both.raw("ana", Comment(conversation=1, text="hm"), key="k1") for _ in range(20)]
    assert len(set(await asyncio.gather(*asks))) == 1
    assert await both.desk.one("SELECT count(*) FROM messages WHERE author_is = 'comment'") == 1


async def test_the_same_key_with_another_body_is_refused(both: Office) -> None:
    await both.desk.agent("ana")
    await both.desk.mail("1")
    await both.ask("ana", Comment(conversation=1, text="one"), key="k1")
    for other in (Comment(conversation=1, text="two"), Resolve(conversation=1)):
        with pytest.raises(Refused) as refused:
            await both.ask("ana", other, key="k1")
        assert refused.value.no.code == "conflict"


async def test_a_key_is_its_agents_own(both: Office) -> None:
    await both.desk.agent("ana")
    await both.desk.agent("bo")
    await both.desk.mail("1")
    for agent in ("ana", "bo"):
        await both.ask(agent, Comment(conversation=1, text="hm"), key="k1")
    assert await both.desk.one("SELECT count(*) FROM answers") == 2


async def test_a_refusal_leaves_nothing_and_the_key_may_ask_again(both: Office) -> None:
    await both.desk.agent("ana", presence="away")
    await both.desk.agent("bo")
    await both.desk.mail("1")
    with pytest.raises(Refused, match="Bo has it already"):
        await both.ask("ana", Take(conversation=1), key="k1")
    assert await both.desk.one("SELECT count(*) FROM answers") == 0
    await both.ask("bo", Resolve(conversation=1))
    await both.ask("ana", Take(conversation=1), key="k1")


async def test_a_command_needs_a_key(office: Office) -> None:
    await office.desk.agent("ana")
    for key in ("", "k" * 101):
        no = codec.decode(await office.raw("ana", Take(conversation=1), key=key or " " * 200), No)
        assert isinstance(no, No)
        assert no.code == "invalid"


async def test_the_answer_outlives_the_router(tmp_path: Path) -> None:
    async with on_disk(tmp_path) as desk, opened(desk) as office:
        await desk.agent("ana")
        await desk.mail("1")
        first = await office.raw("ana", Comment(conversation=1, text="hm"), key="k1")
    async with on_disk(tmp_path, now=2_000.0) as desk, opened(desk) as office:
        assert await office.raw("ana", Comment(conversation=1, text="hm"), key="k1") == first
        assert await desk.one("SELECT count(*) FROM messages WHERE author_is = 'comment'") == 1


async def test_secrets_are_not_kept_with_answers(office: Office) -> None:
    await office.desk.agent("root", role="admin")
    made = await office.ask("root", Invite(agent="root"), key="k1")
    again = await office.ask("root", Invite(agent="root"), key="k1")
    assert made.code != again.code
    await office.ask("root", SetAgent(agent="bo", password="correct horse"), key="k2")
    kept = await office.desk.rows("SELECT key, hash, answer FROM answers")
    assert [key for key, _, _ in kept] == ["k2"]
    assert "correct horse" not in str(kept)
    # Its hash is made without the password, so nothing to guess at is kept.
    await office.ask("root", SetAgent(agent="bo", password="another one"), key="k2")


async def test_answers_name_the_event_that_shows_them(both: Office) -> None:
    await both.desk.agent("ana")
    await both.desk.mail("1")
    done = await both.ask("ana", Comment(conversation=1, text="hm"))
    page = await both.ask("ana", Queue())
    assert page.seq == done.seq


async def test_a_page_asked_while_a_commit_fails_shows_only_what_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_disk(tmp_path) as desk, opened(desk) as office:
        await desk.agent("ana")
        await desk.mail("1")
        pages = await _asked_within_a_failing_commit(office, desk, tmp_path)
        assert [message.text for message in pages[0].messages] == ["hello"]
        assert [message.text for message in pages[1].messages] == ["hello"]
        done = codec.decode(await office.raw("ana", Comment(conversation=1, text="now")), Ok)
        assert isinstance(done, Ok)
        assert isinstance(codec.decode(done.body, Done), Done)


async def _asked_within_a_failing_commit(office: Office, desk: TestDesk, folder: Path) -> list[Any]:
    """Another process holds the file's write lock: a page while the commit fails, and after."""
    assert isinstance(desk.store, SqliteStore)
    desk.store._connection.set_busy_timeout(200)
    other = apsw.Connection(str(folder / "desk.db"))
    other.execute("BEGIN IMMEDIATE")
    comment = asyncio.create_task(office.raw("ana", Comment(conversation=1, text="never")))
    await asyncio.sleep(0)
    during = await office.ask("ana", Timeline(contact=1))
    no = codec.decode(await comment, No)
    assert isinstance(no, No)
    assert no.code == "read_only"
    other.execute("ROLLBACK")
    other.close()
    return [during, await office.ask("ana", Timeline(contact=1))]
