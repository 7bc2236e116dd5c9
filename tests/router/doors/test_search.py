"""Search: the index follows what is committed, and only what may be seen is found."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.following import Following
from router.search.index import SearchIndex
from tests.router.desk import TestDesk
from tests.router.doors.office import Office, opened
from wire.messages.verbs import Comment, FindContacts, Search, WriteNote

pytestmark = pytest.mark.contract


@pytest.fixture
async def found(desk: TestDesk, tmp_path: Path) -> AsyncIterator[tuple[Office, Following]]:
    index = SearchIndex.open(tmp_path / "search.db")
    async with opened(desk, search=index) as office:
        await desk.agent("ana")
        await desk.agent("sam", teams='["sales"]')
        await desk.mail("1", "The parcels were never delivered", subject="Order 7")
        await office.ask("ana", Comment(conversation=1, text="Warehouse looks for the parcel"))
        await office.ask("ana", WriteNote(contact=1, revision=0, text="Her parcel goes next door"))
        following = await desk.store.read(lambda rows: Following(rows, index))
        following.catch_up()
        yield office, following
    index.close()


async def test_words_are_found_in_messages_comments_and_notes(
    found: tuple[Office, Following],
) -> None:
    office, _ = found
    hits = await office.ask("ana", Search(query="parcel"))
    assert {hit.what for hit in hits.hits} == {"message", "comment", "note"}
    hit = next(hit for hit in hits.hits if hit.what == "message")
    assert [hit.snippet[start:end] for start, end in hit.spans] == ["parcels"]
    assert (hit.contact_name, hit.conversation, hit.message) == ("Olga", 1, 1)


async def test_what_one_may_not_see_is_not_found(found: tuple[Office, Following]) -> None:
    office, _ = found
    hits = await office.ask("sam", Search(query="parcel"))
    assert hits.hits == ()
    assert not hits.more
    assert (await office.ask("sam", FindContacts(words="olga"))).rows == ()


async def test_contacts_are_found_by_name_and_address(found: tuple[Office, Following]) -> None:
    office, _ = found
    for words in ("Olg", "olga", "olga@kvit", "kvit"):
        cards = await office.ask("ana", FindContacts(words=words))
        assert [card.name for card in cards.rows] == ["Olga"], words


async def test_pages_of_hits_do_not_overlap(found: tuple[Office, Following]) -> None:
    office, _ = found
    first = await office.ask("ana", Search(query="parcel", limit=2))
    second = await office.ask("ana", Search(query="parcel", limit=2, offset=2))
    assert (len(first.hits), first.more, len(second.hits), second.more) == (2, True, 1, False)
    assert not {hit.snippet for hit in first.hits} & {hit.snippet for hit in second.hits}


async def test_an_index_that_is_ahead_of_its_desk_starts_again(
    found: tuple[Office, Following],
) -> None:
    office, following = found
    following._index.mark(10_000)
    following.catch_up()
    assert len((await office.ask("ana", Search(query="parcel"))).hits) == 3
