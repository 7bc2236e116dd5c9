"""Who has a conversation: taken, handed over, given back, put away; each with its reason."""

from typing import Any

import pytest

from tests.router.doors.office import Office
from wire.desk_client import Refused
from wire.messages.verbs import (
    Ask,
    Assign,
    Contact,
    Prioritise,
    Queue,
    Release,
    Reopen,
    Resolve,
    SetPresence,
    SetSkill,
    Snooze,
    Tag,
    Take,
    Timeline,
    Transfer,
    WhyIs,
)

pytestmark = pytest.mark.contract


@pytest.fixture
async def office(office: Office) -> Office:
    """Ana and Bo are of support; Olga's mail waits, since both are away."""
    await office.desk.agent("ana", presence="away", idle_since=1.0)
    await office.desk.agent("bo", presence="away", idle_since=2.0)
    await office.desk.agent("sam", teams='["sales"]', presence="away")
    await office.desk.mail("1")
    return office


async def _row(office: Office, conversation: int = 1) -> Any:
    thread = await office.ask("ana", Timeline(contact=1))
    return next(row for row in thread.conversations if row.id == conversation)


async def _lines(office: Office) -> list[str]:
    thread = await office.ask("ana", Timeline(contact=1))
    return [str(message.said) for message in thread.messages if message.said]


async def _code(office: Office, agent: str, ask: Ask) -> str:
    with pytest.raises(Refused) as refused:
        await office.ask(agent, ask)
    return refused.value.no.code


async def test_taking_twice_is_once_and_another_is_told_who_has_it(office: Office) -> None:
    first = await office.ask("ana", Take(conversation=1))
    again = await office.ask("ana", Take(conversation=1))
    assert (first.version, again.version) == (again.version, first.version)
    assert await _code(office, "bo", Take(conversation=1)) == "conflict"
    assert await _lines(office) == ["Ana took it"]
    assert office.desk.desk.load_of("ana").units == 1


async def test_assigning_moves_the_load(office: Office) -> None:
    await office.ask("ana", Take(conversation=1))
    await office.ask("ana", Assign(conversation=1, agent="bo"))
    assert (await _row(office)).owner == "bo"
    loads = await office.desk.rows("SELECT id, load FROM agents ORDER BY id")
    assert loads == [("ana", 0), ("bo", 1), ("sam", 0)]
    why = await office.ask("ana", WhyIs(conversation=1))
    assert (why.chosen, str(why.because)) == ("bo", "Ana assigned it to Bo")
    assert [str(decided.said) for decided in why.decisions] == [
        "Ana assigned it to Bo",
        "Ana took it",
        "the customer wrote: nobody could take it",
    ]


async def test_whoever_gives_it_back_is_not_asked_again(office: Office) -> None:
    await office.ask("ana", SetPresence(presence="online"))
    key = (await _row(office)).opened
    assert (await _row(office)).owner == "ana"
    await office.ask("ana", Release(conversation=1))
    assert (await _row(office)).status == "waiting"
    assert await office.desk.one("SELECT order_key FROM conversations") == key
    why = await office.ask("ana", WhyIs(conversation=1))
    assert ("ana", "gave it back") in [(r.agent, str(r.said)) for r in why.refused]
    await office.ask("bo", SetPresence(presence="online"))
    assert (await _row(office)).owner == "bo"


async def test_only_its_owner_or_a_lead_gives_it_back(office: Office) -> None:
    await office.desk.agent("lea", role="lead", presence="away")
    await office.ask("ana", Take(conversation=1))
    assert await _code(office, "bo", Release(conversation=1)) == "forbidden"
    await office.ask("lea", Release(conversation=1))
    await office.ask("ana", Resolve(conversation=1))
    assert await _code(office, "ana", Release(conversation=1)) == "conflict"


async def test_a_transfer_says_a_word_and_the_team_changes(office: Office) -> None:
    await office.ask("ana", Take(conversation=1))
    await office.ask("ana", Transfer(conversation=1, team="sales", note="Wants a quote"))
    thread = await office.desk.rows("SELECT author_is, text FROM messages ORDER BY id")
    assert ("comment", "Wants a quote") in thread
    assert await office.desk.rows("SELECT team, status, owner FROM conversations") == [
        ("sales", "waiting", "")]  # fmt: skip
    assert (await office.ask("sam", Queue(view="waiting"))).total == 1


async def test_a_transfer_may_ask_for_a_skill(office: Office) -> None:
    await office.desk.agent("root", role="admin", presence="away")
    await office.ask("root", SetSkill(skill="refunds", name="Refunds"))
    await office.desk.agent("dee", skills='{"refunds": 3}')
    await office.ask("ana", Assign(conversation=1, agent="ana"))
    await office.ask("ana", Transfer(conversation=1, skill="refunds", level=2))
    assert (await _row(office)).owner == "dee"
    assert (await _row(office)).skills == {"refunds": 2}
    for ask in (
        Transfer(conversation=1),
        Transfer(conversation=1, skill="refunds", level=9),
        Assign(conversation=1),
    ):
        assert await _code(office, "ana", ask) == "invalid"


async def test_resolving_frees_its_agent_for_the_next(office: Office) -> None:
    await office.desk.do(lambda work: work.tx._connection.execute(
        "UPDATE agents SET capacity = 1"))  # fmt: skip
    for name in ("ana", "bo"):
        agent = office.desk.desk.agents[name]
        office.desk.desk.agents[name] = type(agent)(**{
            **{f: getattr(agent, f) for f in agent.__slots__}, "capacity": 1})  # fmt: skip
    await office.ask("ana", SetPresence(presence="online"))
    await office.desk.mail("2", sender="jan@b.example")
    assert await office.desk.one("SELECT owner FROM conversations WHERE id = 2") == ""
    await office.ask("ana", Resolve(conversation=1))
    assert await office.desk.one("SELECT owner FROM conversations WHERE id = 2") == "ana"
    assert await _lines(office) == ["Ana resolved it"]


async def test_reopening_gives_it_to_who_opened_it(office: Office) -> None:
    await office.ask("ana", Resolve(conversation=1))
    await office.ask("ana", Resolve(conversation=1))
    await office.ask("bo", Reopen(conversation=1))
    assert (await _row(office)).owner == "bo"
    assert await _lines(office) == ["Ana resolved it", "Bo reopened it"]


async def test_a_snooze_has_an_end_in_the_future(office: Office) -> None:
    await office.ask("ana", Take(conversation=1))
    for until in (office.desk.clock, office.desk.clock + 500 * 86_400, float("-1e300")):
        assert await _code(office, "ana", Snooze(conversation=1, until=until)) == "invalid"
    await office.ask("ana", Snooze(conversation=1, until=9_000.0))
    row = await _row(office)
    assert (row.status, row.owner, row.snoozed_until) == ("snoozed", "ana", 9_000.0)
    assert office.desk.desk.load_of("ana").units == 0
    await office.ask("ana", Take(conversation=1))
    assert (await _row(office)).snoozed_until is None


async def test_tags_are_lines_each_once(office: Office) -> None:
    await office.ask("ana", Tag(conversation=1, add=("vip", " vip ", "two\nlines", "")))
    assert (await _row(office)).tags == ("vip", "two lines")
    version = (await _row(office)).version
    done = await office.ask("ana", Tag(conversation=1, add=("vip",), remove=("none",)))
    assert done.version == version
    await office.ask("ana", Tag(conversation=1, remove=("vip",)))
    assert (await _row(office)).tags == ("two lines",)
    many = tuple(f"t{n}" for n in range(40))
    assert await _code(office, "ana", Tag(conversation=1, add=many)) == "too_large"


async def test_a_priority_is_one_of_four(office: Office) -> None:
    assert await _code(office, "ana", Prioritise(conversation=1, priority=4)) == "invalid"
    assert await _code(office, "ana", Prioritise(conversation=1, priority=-1)) == "invalid"


async def test_coming_back_gives_what_waits(office: Office) -> None:
    await office.ask("bo", SetPresence(presence="online"))
    row = (await office.ask("ana", Contact(contact=1))).conversations[0]
    assert (row.status, row.owner) == ("assigned", "bo")
    await office.ask("bo", SetPresence(presence="break"))
    await office.desk.mail("2", sender="jan@b.example")
    why = await office.ask("ana", WhyIs(conversation=2))
    reasons = {refusal.agent: str(refusal.said) for refusal in why.refused}
    assert reasons["bo"] == "is on a break"
    assert reasons["sam"] == "is not in team support"
    assert str(why.next) == "whoever becomes able first takes it"
