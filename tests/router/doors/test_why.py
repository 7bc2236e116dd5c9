"""Each decision about a conversation can be looked at, and made again from what was kept."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from router.core.demand import Demand, StepOf
from router.core.offering import Pace
from router.core.reasons import replay
from router.core.scheme import Scheme
from router.doors import why as door
from router.handling import conversations, dispatch
from router.lane import ReadOnly, Work
from router.store import store as stores
from router.store.sql import Rows
from tests.router.desk import on_disk
from tests.router.doors.office import Office, opened
from wire.desk_client import Refused
from wire.messages.verbs import (
    Accept,
    Assign,
    Decline,
    Offers,
    Release,
    Reopen,
    Resolve,
    RulebookLoad,
    SetContact,
    SetPresence,
    Snooze,
    Take,
    Transfer,
    WhyIs,
)

pytestmark = pytest.mark.contract


@pytest.fixture
async def office(both: Office) -> Office:
    """Ana and Bo of support are away, Sam of sales is there; a mail waits."""
    for name, facts in {"ana": {}, "bo": {}, "sam": {"teams": '["sales"]'}}.items():
        await both.desk.agent(name, presence="away", **facts)
    await both.desk.mail("1")
    return both


async def _demands(office: Office, asked: Demand, conversation: int = 1) -> None:
    """As rules would have it."""

    def job(work: Work) -> None:
        row = conversations.load(work, conversation)
        row = conversations.save(work, row, "routed", demand=conversations.demand_text(asked))
        conversations.stand_in_line(work, row)
        dispatch.dispatch(work, "message", conversation)

    await office.desk.do(job)


async def _scheme(office: Office, **facts: Any) -> None:
    await office.desk.do(lambda work: work.desk.set_scheme(Scheme(**facts)))


async def _all_of_it_again(office: Office) -> int:
    """Every decision that was kept, made once more. How many that were."""

    def read(rows: Rows) -> int:
        found = rows._connection.execute("SELECT conversation, id FROM decisions").fetchall()
        for conversation, number in found:
            decision = rows.one("decision", conversation=conversation, id=number)
            case = door.case_of(rows, decision)
            assert case is not None
            outcome = replay(case)
            assert outcome.winner == case.record.winner
            told = {case.stands[name].agent.id: group.said
                    for group in case.refused for name in group.stands}  # fmt: skip
            if case.record.because is None:
                assert outcome.reasons == told
        return len(found)

    return int(await office.desk.store.read(read))


async def test_whatever_was_decided_is_decided_the_same_from_what_was_kept(office: Office) -> None:
    await office.ask("ana", SetPresence(presence="online"))
    for number in range(2, 9):
        await office.desk.mail(str(number), sender=f"c{number}@x.example")
    await office.ask("bo", SetPresence(presence="online"))
    await _scheme(office, strategies={"": "least_loaded"}, weights={"": 2})
    await office.desk.chat("c", "hi")
    await office.ask("ana", Release(conversation=1))
    await office.ask("bo", Assign(conversation=2, agent="bo"))
    await office.ask("ana", Resolve(conversation=3))
    await office.desk.mail("20", sender="c3@x.example", text="once more")
    await office.ask("ana", Reopen(conversation=3))
    await office.ask("ana", Transfer(conversation=4, team="sales"))
    await office.ask("ana", Snooze(conversation=5, until=office.desk.clock + 60))
    assert await _all_of_it_again(office) >= 14


async def test_work_that_was_offered_tells_who_was_asked_and_what_they_did(office: Office) -> None:
    await _scheme(office, pace=Pace(offers={"": 60.0}))
    await office.ask("ana", SetPresence(presence="online"))
    asked = await office.ask("ana", WhyIs(conversation=1))
    assert (asked.chosen, asked.offered) == ("ana", office.desk.clock + 60.0)
    offer = (await office.ask("ana", Offers())).rows[0]
    await office.ask("ana", Decline(offer=offer.id))
    now = await office.ask("ana", WhyIs(conversation=1))
    said = {refusal.agent: refusal.said for refusal in now.refused}["ana"]
    assert said.text == "declined it, is asked again from {until}"
    assert said.args["until"] == office.desk.clock + 600.0
    await office.ask("bo", SetPresence(presence="online"))
    offer = (await office.ask("bo", Offers())).rows[0]
    await office.ask("bo", Accept(offer=offer.id))
    why = await office.ask("ana", WhyIs(conversation=1))
    assert (why.chosen, why.trigger) == ("bo", "accepted")
    assert [str(decided.said) for decided in why.decisions] == [
        "Bo accepted it", "somebody came or left: bo was asked",
        "it was declined: nobody could take it", "somebody came or left: ana was asked",
        "the customer wrote: nobody could take it"]  # fmt: skip
    assert await _all_of_it_again(office) == 5


async def test_what_is_not_asked_for_ever_is_told_with_its_time(office: Office) -> None:
    await office.ask("ana", SetPresence(presence="online"))
    await office.ask("ana", Release(conversation=1))
    steps = (StepOf(after=60.0, lower={"fr": 1}), StepOf(after=120.0, drop=("fr",)))
    await _demands(office, Demand(asked={"fr": 3}, steps=steps))
    entered = await office.desk.one("SELECT entered FROM conversations")
    why = await office.ask("ana", WhyIs(conversation=1))
    said = {refusal.agent: refusal.said for refusal in why.refused}["ana"]
    assert said.text == "lacks {skill} {level} until {until}"
    assert said.args == {"skill": "fr", "level": 3, "until": entered + 60.0}
    assert [(moment.at - entered, str(moment.said), moment.taken) for moment in why.timeline] == [
        (0.0, "team support, fr 3, units for email: 1", True), (60.0, "fr 1 is enough", False),
        (120.0, "fr 1 is no longer asked", False)]  # fmt: skip
    office.desk.clock += 90
    await office.desk.do(lambda work: dispatch.dispatch(work, "timer"))
    later = await office.ask("ana", WhyIs(conversation=1))
    assert [moment.taken for moment in later.timeline] == [True, True, False]
    assert str(later.requirement) == "team support, fr 1, units for email: 1"


RULES = """
[segments]
vip = "tag:vip"
[[targets]]
segment = "vip"
first = 600.0
[[rule]]
name = "VIP"
if.segment = "vip"
then.tier = -1
"""


async def test_room_that_comes_back_by_itself_is_told_with_its_time(office: Office) -> None:
    await _scheme(office, pace=Pace(wrap_up={"": 30.0}), weights={"": 6})
    await office.ask("ana", SetPresence(presence="online"))
    await office.ask("ana", Resolve(conversation=1))
    await office.desk.mail("2", sender="jan@b.example")
    why = await office.ask("ana", WhyIs(conversation=2))
    said = {refusal.agent: refusal.said for refusal in why.refused}["ana"]
    assert said.text == "at {load} of {capacity} units, one of them free at {at}"
    assert said.args == {"load": 6, "capacity": 6, "at": office.desk.clock + 30.0}


async def test_who_is_put_into_a_segment_is_told_with_rules_and_targets(office: Office) -> None:
    await office.desk.agent("lea", role="lead", presence="away")
    assert (await office.ask("lea", RulebookLoad(text=RULES))).faults == ()
    await asyncio.gather(*office.doors._refreshing)
    before = await office.ask("ana", WhyIs(conversation=1))
    assert (before.rules, before.segments) == ((), ())
    await office.ask("ana", SetContact(contact=1, add=("vip",)))
    why = await office.ask("ana", WhyIs(conversation=1))
    assert (why.rules, why.segments) == (("VIP",), ("vip",))
    assert "within 10m" in str(why.targets[0])


async def test_a_requirement_that_nobody_has_is_told_at_once(office: Office) -> None:
    await _demands(office, Demand(asked={"klingon": 5}))
    why = await office.ask("ana", WhyIs(conversation=1))
    assert str(why.next) == "nobody of this desk has what it asks, even if all were here and free"


async def test_a_person_may_give_what_the_rules_would_not_and_that_is_told(office: Office) -> None:
    await office.ask("ana", Assign(conversation=1, agent="bo"))
    why = await office.ask("ana", WhyIs(conversation=1))
    assert (str(why.because), str(why.despite)) == ("Ana assigned it to Bo", "is away")
    await office.ask("ana", Assign(conversation=1, agent="sam"))
    why = await office.ask("sam", WhyIs(conversation=1))
    assert str(why.despite) == "is not in team support"


async def test_a_decision_before_is_opened_by_its_number(office: Office) -> None:
    await office.ask("ana", Take(conversation=1))
    await office.ask("bo", Assign(conversation=1, agent="bo"))
    newest = await office.ask("ana", WhyIs(conversation=1))
    numbers = [decided.number for decided in newest.decisions]
    assert newest.decision == numbers[0]
    first = await office.ask("ana", WhyIs(conversation=1, decision=numbers[-1]))
    assert (first.decision, first.chosen) == (numbers[-1], "")
    assert {refusal.agent for refusal in first.refused} == {"ana", "bo", "sam"}
    with pytest.raises(Refused) as refused:
        await office.ask("ana", WhyIs(conversation=1, decision=999))
    assert refused.value.no.code == "gone"


async def test_what_waits_is_told_as_it_stands_now_and_writes_nothing(office: Office) -> None:
    before = await office.desk.one("SELECT count(*) FROM decisions")
    await office.ask("bo", SetPresence(presence="break", reason="lunch"))
    why = await office.ask("ana", WhyIs(conversation=1))
    assert why.decision == 0
    assert str({r.agent: r.said for r in why.refused}["bo"]) == "is on a break: lunch"
    assert await office.desk.one("SELECT count(*) FROM decisions") == before


async def test_a_record_of_the_release_before_is_still_told(office: Office) -> None:
    old = {"conversation": 1, "at": 5.0, "trigger": "message",
           "requirement": {"text": "team {team}", "args": {"team": "support"}}, "chosen": "bo",
           "because": {"text": "is the longest idle of those who can"},
           "earlier": [{"text": "x"}]}  # fmt: skip
    refused = [{"agent": "ana", "said": {"text": "is away"}}]

    def job(work: Work) -> None:
        work.tx.once("add_refusals", "h", json.dumps(refused))
        work.tx.later("add_decision", 1, 5.0, "message", json.dumps(old), "h")

    await office.desk.do(job)
    number = await office.desk.one("SELECT max(id) FROM decisions")
    why = await office.ask("ana", WhyIs(conversation=1, decision=number))
    assert (why.chosen, str(why.because)) == ("bo", "is the longest idle of those who can")
    assert [(r.agent, str(r.said)) for r in why.refused] == [("ana", "is away")]
    assert str(why.decisions[0].said) == "the customer wrote: bo was chosen"


async def test_what_an_item_that_failed_had_seen_is_kept_for_those_after_it(office: Office) -> None:
    def fails(work: Work) -> None:
        dispatch.dispatch(work, "message", 1)
        raise ValueError("after it was recorded")

    await office.ask("sam", SetPresence(presence="online"))
    with pytest.raises(ValueError, match="after it was recorded"):
        await office.desk.do(fails)
    await office.desk.mail("2", sender="jan@b.example")
    assert await _all_of_it_again(office) == 2


async def test_after_a_write_that_failed_the_facts_are_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_disk(tmp_path) as desk, opened(desk) as office:
        await desk.agent("ana", capacity=2)
        with monkeypatch.context() as broken:
            broken.setattr(stores, "apply_batch", _disk_is_full)
            with pytest.raises(ReadOnly):
                await desk.mail("1")
        await desk.do(lambda work: None)  # the lane reads memory again before it goes on
        await desk.mail("1")
        assert await _all_of_it_again(office) == 1


def _disk_is_full(connection: Any, batch: Any, now: float, epoch: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for item in batch:
        item.apply(stores.Transaction(connection, now, epoch))
    connection.execute("ROLLBACK")
    raise stores.CannotWrite("disk full")


async def test_a_start_with_many_gives_to_others_than_the_first_and_says_so(office: Office) -> None:
    await office.desk.mail("2", sender="jan@b.example")
    await _demands(office, Demand(asked={"fr": 1}), conversation=2)

    def start(work: Work) -> None:
        for name, skills in {"ana": {"fr": 3}, "bo": {}}.items():
            known = work.desk.agents[name]
            work.desk.put_agent(replace(known, skills=skills, presence="online", capacity=1))
        dispatch.dispatch(work, "start", burst=True)

    await office.desk.do(start)
    assert await office.desk.rows("SELECT id, owner FROM conversations ORDER BY id") == [
        (1, "bo"), (2, "ana")]  # fmt: skip
    why = await office.ask("ana", WhyIs(conversation=1))
    assert str(why.because) == "so that as many as possible found somebody at once"
    await _all_of_it_again(office)
