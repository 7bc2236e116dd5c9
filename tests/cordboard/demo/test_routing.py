"""The demo's rules can be read, by the demo's own people, and do what is written beside them."""

import pytest

from cordboard.demo.moving_in import RULES
from cordboard.demo.staff import SKILLS, STAFF, TEAMS
from router.core.people import Agent
from router.core.rulebook.book import read
from router.core.rulebook.checking import Known
from router.core.rulebook.examples import tried
from router.languages import detect

pytestmark = pytest.mark.pure


def test_the_rules_ask_for_nothing_that_nobody_has_and_their_examples_hold() -> None:
    people = {each.id: Agent(each.id, each.name, each.teams, skills=each.skills) for each in STAFF}
    found = read(RULES.read_text("utf-8"), 1, Known(TEAMS, SKILLS, agents=people))
    assert (found.faults, found.warnings) == ((), ())
    assert found.book is not None
    assert [one.differences for one in tried(found.book, _language)] == [(), ()]


def _language(text: str) -> str:
    return detect(text)[0]
