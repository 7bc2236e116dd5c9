"""A routing file is loaded at a door: in force at once, kept, and undone when its item fails."""

import pytest

from router import memory
from router.core.desk import Desk
from router.lane import Work
from router.ruling import loading
from router.ruling.shelf import Shelf
from tests.router.doors.office import Office
from wire.desk_client import Refused
from wire.messages.verbs import RulebookLoad, RulebookShow

pytestmark = pytest.mark.contract

HEAVY = "[capacity]\nweights = { email = 5 }\n"


@pytest.fixture
async def office(office: Office) -> Office:
    await office.desk.agent("lea", role="lead", presence="away")
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


async def test_each_version_can_be_looked_at_by_who_leads(office: Office) -> None:
    for text in (HEAVY, ""):
        await office.ask("lea", RulebookLoad(text=text))
    assert (await office.ask("lea", RulebookShow())).text == ""
    first = await office.ask("lea", RulebookShow(version=1))
    assert (first.text, first.agent) == (HEAVY, "lea")
    with pytest.raises(Refused, match="no version 9"):
        await office.ask("lea", RulebookShow(version=9))
