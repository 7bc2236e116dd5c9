"""A routing file is loaded at a door: in force at once, kept, and undone when its item fails."""

import asyncio

import pytest

from router import memory
from router.core.desk import Desk
from router.lane import Work
from router.ruling import loading, rerouting
from router.ruling.shelf import Shelf
from tests.router.doors.office import Office
from wire.desk_client import Refused
from wire.messages.verbs import Contact, ReadProblems, RulebookLoad, RulebookShow, SetContact

pytestmark = pytest.mark.contract

HEAVY = "[capacity]\nweights = { email = 5 }\n"


@pytest.fixture
async def office(office: Office) -> Office:
    await office.desk.agent("lea", role="lead", teams='["sales"]', presence="away")
    return office


async def test_it_is_in_force_at_once_and_after_a_restart(office: Office) -> None:
    loaded = await office.ask("lea", RulebookLoad(text=HEAVY))
    assert (loaded.version, loaded.faults) == (1, ())
    assert office.desk.desk.scheme.weight("email") == 5
    fresh, shelf = Desk(), Shelf()
    await office.desk.store.read(lambda rows: memory.load(rows, fresh, shelf))
    assert (fresh.scheme.weight("email"), shelf.book.version) == (5, 1)


async def test_a_faulty_one_and_a_dry_run_change_nothing(office: Office) -> None:
    assert (await office.ask("lea", RulebookLoad(text="[[rule]]"))).faults
    assert (await office.ask("lea", RulebookLoad(text=HEAVY, dry=True))).version == 0
    assert office.desk.desk.scheme.weight("email") == 1
    assert (await office.ask("lea", RulebookShow())).version == 0


async def test_what_fails_after_it_takes_it_back(office: Office) -> None:
    def job(work: Work) -> None:
        loading.put_in_force(work, HEAVY, "lea")
        raise ValueError("the item goes wrong")

    with pytest.raises(ValueError, match="goes wrong"):
        await office.desk.do(job)
    assert office.desk.lane.shelf.book.version == 0
    assert office.desk.desk.scheme.weight("email") == 1
    assert (await office.ask("lea", RulebookShow())).version == 0


VIP = """
[segments]
vip = "tag:vip"
[[rule]]
name = "VIP"
if.segment = "vip"
then.tier = -1
"""


async def test_a_name_that_the_desk_has_not_is_a_fault(office: Office) -> None:
    text = '[[rule]]\nname = "x"\nthen.team = "suport"'
    loaded = await office.ask("lea", RulebookLoad(text=text))
    assert [(fault.line, fault.at) for fault in loaded.faults] == [(3, "rule 1: then.team")]
    assert 'Did you mean "support"?' in str(loaded.faults[0])


async def test_whoever_tags_a_contact_moves_what_it_has_open(office: Office) -> None:
    await office.ask("lea", RulebookLoad(text=VIP))
    await office.desk.mail("1", "hello")
    await office.ask("lea", SetContact(contact=1, add=("vip", " "), company=" Acme\n Ltd ",
                                       language="uk", name=""))  # fmt: skip
    assert office.desk.desk.waiting[1].tier == -1
    card = await office.ask("lea", Contact(contact=1))
    assert (card.tags, card.company, card.language) == (("vip",), "Acme Ltd", "uk")
    assert card.name
    await office.ask("lea", SetContact(contact=1, remove=("vip",)))
    assert office.desk.desk.waiting[1].tier == 0
    with pytest.raises(Refused, match="at most 30 tags"):
        await office.ask("lea", SetContact(contact=1, add=tuple(f"t{n}" for n in range(31))))


async def test_what_waits_when_rules_are_loaded_is_decided_anew(office: Office) -> None:
    for number in range(rerouting.TOGETHER + 1):
        await office.desk.chat(str(number), "hello", visitor=f"v{number}")
    await office.ask("lea", RulebookLoad(text='[[rule]]\nname = "all"\nthen.tier = 3'))
    await asyncio.gather(*office.doors._refreshing)
    assert {waiting.tier for waiting in office.desk.desk.waiting.values()} == {3}


async def test_each_version_can_be_looked_at_by_who_leads(office: Office) -> None:
    for text in (HEAVY, ""):
        await office.ask("lea", RulebookLoad(text=text))
    assert (await office.ask("lea", RulebookShow())).text == ""
    first = await office.ask("lea", RulebookShow(version=1))
    assert (first.text, first.agent) == (HEAVY, "lea")
    with pytest.raises(Refused, match="no version 9"):
        await office.ask("lea", RulebookShow(version=9))


async def test_what_nobody_could_ever_take_is_told_with_what_is_missing(office: Office) -> None:
    await office.desk.do(lambda work: work.tx.run("save_skill", id="fr", name="French"))
    await office.desk.agent("mia", skills='{"fr": 2}', capacity=0)
    rule = """order = "all"
[[rule]]
name = "A hurry"
if.words = "quick"
then.head_start = 5
[[rule]]
name = "French"
then.skills = { fr = 3 }
"""
    loaded = await office.ask("lea", RulebookLoad(text=rule))
    assert ["Nobody has fr 3." in str(each) for each in loaded.warnings] == [True]
    for number in range(3):
        words = "quick" if number else "hello"
        await office.desk.chat(str(number), words, visitor=f"v{number}")
    (problem,) = (await office.ask("lea", ReadProblems())).rows
    assert (problem.waiting, problem.conversation) == (3, 1)
    assert str(problem.said) == "nobody of support has fr 3"
    await office.ask("lea", RulebookLoad(
        text=rule + "then.steps = [{ after = 3600, lower = { fr = 2 } }]"))  # fmt: skip
    await asyncio.gather(*office.doors._refreshing)
    assert (await office.ask("lea", ReadProblems())).rows == ()


async def test_an_agent_is_told_of_problems_of_their_own_teams_only(office: Office) -> None:
    await office.desk.agent("sam", teams='["sales"]', presence="away")
    await office.desk.chat("1", "hello")
    assert (await office.ask("sam", ReadProblems())).rows == ()
    (problem,) = (await office.ask("lea", ReadProblems())).rows
    assert str(problem.said) == "nobody is in team support"
