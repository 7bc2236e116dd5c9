"""Two contacts become one and two again: shown before, both to be seen, nothing lost."""

from functools import partial
from typing import Any

import pytest

from router.lane import Work
from tests.router.doors.office import Office
from wire import subjects
from wire.desk_client import Refused
from wire.messages.channel import IdentityIn, Party
from wire.messages.desk import ContactCard
from wire.messages.news import ThreadChanged
from wire.messages.verbs import (
    Ask,
    Assign,
    Contact,
    FindContacts,
    Link,
    Merge,
    MergePlan,
    Move,
    PlanMerge,
    Reply,
    Search,
    Take,
    Timeline,
    Unlink,
    Unmerge,
    WriteNote,
)

pytestmark = pytest.mark.contract


@pytest.fixture
async def office(office: Office) -> Office:
    """Olga wrote from work (contact 1) and from home (contact 2); each has a note."""
    desk = office.desk
    await desk.agent("ana", presence="away", capacity=9)
    await desk.agent("sam", teams='["sales"]', presence="away")
    await desk.agent("lea", role="lead", presence="away")
    await desk.mail("1", "from work")
    await desk.mail("2", "from home", sender="olga@home.example")
    await office.ask("ana", WriteNote(contact=1, revision=0, text="Pays by card."))
    await office.ask("ana", WriteNote(contact=2, revision=0, text="Prefers mail."))
    for facts in (
        "tags = '[\"vip\"]', language = 'uk' WHERE id = 1",
        "tags = '[\"new\"]', company = 'Acme', name = 'O.' WHERE id = 2",
    ):
        await desk.do(partial(_run, sql=f"UPDATE contacts SET {facts}"))
    return office


def _run(work: Work, *, sql: str) -> None:
    work.tx._connection.execute(sql)


async def _card(office: Office, contact: int = 1) -> ContactCard:
    card: ContactCard = await office.ask("ana", Contact(contact=contact))
    return card


async def _texts(office: Office, contact: int = 1) -> list[str]:
    page = await office.ask("ana", Timeline(contact=contact))
    return [row.text for row in page.messages if row.by != "desk"]


async def _no(office: Office, agent: str, ask: Ask) -> str:
    with pytest.raises(Refused) as refused:
        await office.ask(agent, ask)
    return refused.value.no.code


async def test_both_are_shown_side_by_side_and_nothing_changes(office: Office) -> None:
    before = await office.desk.rows("SELECT * FROM events")
    plan: MergePlan = await office.ask("ana", PlanMerge(kept=1, gone=2))
    fields = {row.name: (row.kept, row.gone, row.result, row.conflict) for row in plan.fields}
    assert fields == {
        "name": ("Olga", "O.", "Olga", True), "language": ("uk", "", "uk", False),
        "company": ("", "Acme", "Acme", False), "tags": ("vip", "new", "vip, new", True),
        "note": ("Pays by card.", "Prefers mail.", "Pays by card.\n\nO.:\nPrefers mail.", True),
    }  # fmt: skip
    assert "addresses 1, conversations 1" in str(plan.said[0])
    assert await office.desk.rows("SELECT * FROM events") == before


async def test_merged_they_are_one_thread_and_one_card(office: Office) -> None:
    await office.ask("ana", Merge(kept=1, gone=2, take=("name",), keep=("tags",)))
    card = await _card(office)
    assert (card.name, card.company, card.tags) == ("O.", "Acme", ("vip",))
    assert card.note is not None
    assert card.note.text == "Pays by card.\n\nO.:\nPrefers mail."
    assert [one.address for one in card.identities] == ["olga@kvit.example", "olga@home.example"]
    assert [(one.id, one.by) for one in card.merged] == [(2, "ana")]
    assert await _texts(office) == ["from work", "from home"]
    found = await office.ask("ana", FindContacts(words="O."))
    assert [one.id for one in found.rows] == [1]
    assert await _no(office, "ana", Contact(contact=2)) == "gone"
    assert await _no(office, "ana", Merge(kept=2, gone=1)) == "gone"


async def test_unmerged_everything_is_as_it_was_with_what_came_meanwhile(office: Office) -> None:
    await office.ask("ana", Merge(kept=1, gone=2, take=("name",)))
    await office.desk.mail("3", "home again", sender="olga@home.example",
                           in_reply_to="<2@kvit.example>")  # fmt: skip
    crossed = await office.desk.mail("4", "from home, about work", sender="olga@home.example",
                                     in_reply_to="<1@kvit.example>")  # fmt: skip
    assert crossed.conversation == 1
    await office.ask("ana", Unmerge(contact=2))
    assert await _texts(office) == ["from work"]
    assert await _texts(office, 2) == ["from home", "home again", "from home, about work"]
    one, two = await _card(office), await _card(office, 2)
    assert (one.name, one.company, one.tags) == ("Olga", "", ("vip",))
    assert (two.name, two.company, two.tags) == ("O.", "Acme", ("new",))
    assert one.note is not None
    assert two.note is not None
    assert (one.note.text, two.note.text) == ("Pays by card.", "Prefers mail.")
    kept = await office.desk.rows("SELECT text FROM note_revisions WHERE contact = 1 ORDER BY 1")
    assert len(kept) == 3  # what it was, what both were, what it is again
    parted = await office.desk.rows("SELECT related, unanswered FROM conversations WHERE id = 3")
    assert parted == [(1, 1)]
    assert await office.desk.one("SELECT unanswered FROM conversations WHERE id = 1") == 1


async def test_a_note_that_was_changed_since_stays(office: Office) -> None:
    await office.ask("ana", Merge(kept=1, gone=2))
    await office.ask("ana", WriteNote(contact=1, revision=2, text="Pays by card, likes tea."))
    await office.ask("ana", Unmerge(contact=2))
    note = (await _card(office)).note
    assert note is not None
    assert note.text == "Pays by card, likes tea."


async def test_three_are_parted_in_any_order(office: Office) -> None:
    await office.desk.mail("3", "third", sender="olga@third.example")
    await office.ask("ana", Merge(kept=2, gone=3))
    await office.ask("ana", Merge(kept=1, gone=2))
    assert await _texts(office) == ["from work", "from home", "third"]
    await office.ask("ana", Unmerge(contact=3))
    assert (await _texts(office), await _texts(office, 3)) == (["from work", "from home"],
                                                               ["third"])  # fmt: skip
    await office.ask("ana", Unmerge(contact=2))
    assert await _texts(office, 2) == ["from home"]
    assert await _no(office, "ana", Unmerge(contact=2)) == "conflict"


async def test_a_link_meanwhile_holds_after_the_merge_is_undone(office: Office) -> None:
    await office.desk.mail("3", "third", sender="olga@third.example")
    await office.ask("ana", Link(identity=3, contact=2))
    await office.ask("ana", Merge(kept=1, gone=2))
    assert len(await _texts(office)) == 3
    await office.ask("ana", Unmerge(contact=2))
    assert await _texts(office, 2) == ["from home", "third"]
    card = await _card(office, 2)
    assert [(one.linked, one.evidence) for one in card.identities] == [
        (False, ""), (True, "ana said so")]  # fmt: skip
    await office.ask("ana", Unlink(identity=3))
    assert await _texts(office, 3) == ["third"]


async def test_one_merges_only_what_one_may_see(office: Office) -> None:
    await office.ask("lea", Assign(conversation=2, team="sales"))
    for agent in ("ana", "sam"):
        for ask in (Merge(kept=1, gone=2), Merge(kept=2, gone=1), PlanMerge(kept=1, gone=2)):
            assert await _no(office, agent, ask) == "forbidden"
    await office.ask("lea", Merge(kept=1, gone=2))
    assert "from home" in await _texts(office)  # who sees one of the two sees both
    await office.ask("lea", Unmerge(contact=2))
    assert await _no(office, "ana", Timeline(contact=2)) == "forbidden"
    assert await _no(office, "sam", Timeline(contact=1)) == "forbidden"


async def test_a_merged_contact_is_no_way_to_what_another_team_has(office: Office) -> None:
    await office.ask("ana", Merge(kept=1, gone=2))
    note, link = WriteNote(contact=2, revision=1, text="x"), Link(identity=2, contact=2)
    for ask in (Contact(contact=2), Timeline(contact=2), Unmerge(contact=2), note, link):
        assert await _no(office, "sam", ask) == "forbidden", ask
    assert (await office.ask("sam", FindContacts(words="O."))).rows == ()
    assert (await office.ask("sam", Search(query="Prefers"))).hits == ()


async def test_a_contact_whose_conversations_went_elsewhere_is_not_everybodys(
    office: Office,
) -> None:
    await office.ask("ana", Link(identity=2, contact=1))
    assert await _no(office, "sam", Contact(contact=2)) == "forbidden"
    assert (await _card(office, 2)).note is not None
    await office.ask("ana", Unlink(identity=2))
    await office.ask("ana", Move(conversation=2, contact=1))
    assert await _no(office, "sam", Contact(contact=2)) == "forbidden"


async def test_nothing_merges_by_itself_on_what_somebody_only_says(office: Office) -> None:
    for proved in (False, True):
        other = Party(address="olga@kvit.example", verified=proved, evidence="signed login")
        await office.desk.chat(f"c{proved}", "hi")
        who = IdentityIn(id=f"i{proved}", remote="v1", sender=Party(address="v1"), at=1.0,
                         other_kind="email", other=other)  # fmt: skip
        await office.desk.take(who, kind="webchat", account="site")
        contacts = await office.desk.rows("SELECT DISTINCT contact FROM messages WHERE "
                                          "kind = 'webchat'")  # fmt: skip
        assert contacts == [(1 if proved else 3,)]


async def test_an_answer_in_one_of_two_names_stays_there(office: Office) -> None:
    await office.ask("ana", Take(conversation=1))
    await office.ask("ana", Merge(kept=1, gone=2))
    await office.ask("ana", Reply(conversation=1, text="Hello!", anyway=True))
    await office.ask("ana", Unmerge(contact=2))
    assert await _texts(office) == ["from work", "Hello!"]


async def test_a_choice_of_a_field_that_there_is_not_is_refused(office: Office) -> None:
    for ask in (Merge(kept=1, gone=2, take=("note",)), Merge(kept=1, gone=1)):
        assert await _no(office, "ana", ask) == "invalid"


async def test_who_reads_either_thread_is_told(office: Office) -> None:
    await office.ask("ana", Timeline(contact=2))
    heard = await office.hears(subjects.news_agent("ana"))
    await office.tell()
    await office.ask("lea", Merge(kept=1, gone=2))
    await office.tell()
    bodies: list[Any] = [news.body for news in heard]
    assert ThreadChanged(contact=2) in bodies
