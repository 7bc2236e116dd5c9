"""A data folder of an earlier release opens: all that was in it is read, and it goes on."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from router.blobs import Blobs
from router.following import Following
from router.search.index import SearchIndex
from router.store.sql import Rows, migrations
from router.store.store import CannotWrite, SqliteStore, reading_connection
from tests.router.desk import on_disk
from tests.router.doors.office import Office, opened
from tests.router.store.released.opening import PLACE, unpack
from wire.messages.channel import BlobAsk, BlobPiece
from wire.messages.verbs import (
    Contact,
    FindContacts,
    Hello,
    Queue,
    ReadLedger,
    Reply,
    RowsOf,
    Search,
    Since,
    Status,
    Timeline,
    Who,
    WhyIs,
)

pytestmark = pytest.mark.contract

LATER = 1_790_100_000.0
RELEASED = sorted(path.name.removesuffix(".tar.gz") for path in PLACE.glob("*.tar.gz"))


@pytest.fixture(params=RELEASED)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpack(request.param, tmp_path / "desk")


@pytest.fixture
async def office(folder: Path) -> AsyncIterator[Office]:
    """That desk, opened by today's router, with searching that was made anew."""
    async with on_disk(folder, now=LATER) as desk:
        desk.clock = LATER
        index = SearchIndex.open(folder / "search.db")
        reading = reading_connection(str(folder / "desk.db"))
        Following(Rows(reading), index).catch_up()
        reading.close()
        async with opened(desk, search=index) as made:
            yield made


async def test_everything_that_can_be_read_is_read(office: Office) -> None:
    ask = office.ask
    welcome = await ask("lea", Hello())
    assert [reply.id for reply in welcome.canned] == ["thanks"]
    views = {view: (await ask("lea", Queue(view=view))).rows for view in
             ("mine", "waiting", "team", "all", "snoozed", "resolved")}  # fmt: skip
    assert all(views[view] for view in ("mine", "team", "all", "snoozed", "resolved"))
    thread = await ask("lea", Timeline(contact=1, watch=False))
    texts = [row.text for row in thread.messages]
    for words in ("Where is my teapot? Де мій чайник?", "It is the green one",
                  "It is on its way.", "Check the depot, colleagues."):  # fmt: skip
        assert words in texts
    card = await ask("lea", Contact(contact=1))
    assert card.note.text == "Likes green tea."
    assert card.identities[0].address == "olga@kvit.example"
    assert (await ask("lea", RowsOf(ids=(1,)))).rows[0].tags == ("teapot",)
    assert (await ask("lea", WhyIs(conversation=1))) is not None
    assert {agent.id for agent in (await ask("lea", Who())).agents} == {"ana", "lea", "admin"}
    assert (await ask("lea", FindContacts(words="taras"))).rows
    assert (await ask("lea", Since(seq=0))).changes


async def test_the_ledger_knows_what_came_in_and_what_was_put_aside(office: Office) -> None:
    verdicts = [row.verdict for row in (await office.ask("lea", ReadLedger())).rows]
    assert verdicts.count("quarantined") == 1
    assert verdicts.count("accepted") >= 7
    await office.desk.mail("m0", "the same again", sender="olga@kvit.example")
    status = await office.ask("lea", Status())
    assert status.messages > 10


async def test_words_are_found_and_files_are_whole(office: Office, folder: Path) -> None:
    for words in ("teapot", "чайник", "возврат", "tasse"):
        assert (await office.ask("lea", Search(query=words))).hits, words
    blobs = Blobs(folder / "blobs", office.desk.lane, office.desk.store)
    rows: list[tuple[Any, ...]] = await office.desk.rows("SELECT sha256, size FROM blobs")
    assert len(rows) == 2
    for name, size in rows:
        piece = await blobs.get(BlobAsk(sha256=name))
        assert isinstance(piece, BlobPiece)
        assert len(piece.data) == size
        assert hashlib.sha256(piece.data).hexdigest() == name


async def test_the_desk_goes_on_where_it_was(office: Office) -> None:
    await office.desk.mail("new", "One more thing", sender="olga@kvit.example", subject="Teapot")
    await office.ask("lea", Reply(conversation=1, text="Gladly.", anyway=True))
    thread = await office.ask("lea", Timeline(contact=1, watch=False))
    assert [row.text for row in thread.messages if row.text in ("One more thing", "Gladly.")]
    assert await office.desk.rows("PRAGMA integrity_check") == [("ok",)]
    assert await office.desk.rows("PRAGMA foreign_key_check") == []


def test_a_folder_of_a_newer_release_is_refused_in_a_sentence(folder: Path) -> None:
    newer = migrations()[-1][0] + 1
    connection = apsw.Connection(str(folder / "desk.db"))
    connection.pragma("user_version", newer)
    connection.close()
    before = (folder / "desk.db").read_bytes()
    with pytest.raises(CannotWrite, match=rf"newer release \(schema {newer}\); use that one$"):
        SqliteStore.open(folder, now=LATER)
    assert (folder / "desk.db").read_bytes() == before
