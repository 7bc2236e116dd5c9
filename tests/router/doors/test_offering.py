"""What is offered is accepted, declined, missed or taken back; each once, and no room leaks."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import memory
from router.core.desk import Desk
from router.core.offering import Pace, Returning
from router.core.scheme import Scheme
from router.ruling.shelf import Shelf
from router.timers import Timers
from tests.router.desk import TestDesk, inline
from tests.router.doors.office import Office, opened
from wire import subjects
from wire.desk_client import Refused
from wire.messages import news
from wire.messages.channel import Party
from wire.messages.verbs import (
    Accept,
    Assign,
    Comment,
    Compose,
    Decline,
    HandOver,
    Hello,
    Offers,
    Release,
    Reply,
    Resolve,
    SetAgent,
    SetOwnLimits,
    SetPresence,
    SetSkill,
    Snooze,
    Take,
    Transfer,
    Wrapped,
)

pytestmark = pytest.mark.contract

ASKED = Pace(offers={"": 20.0})


@pytest.fixture
async def office(both: Office) -> AsyncIterator[Office]:
    """Ana is there, Bo is away; mail is offered for twenty seconds."""
    await _pace(both, ASKED)
    await both.desk.agent("ana")
    await both.desk.agent("bo", presence="away")
    yield both
    await _check_memory(both.desk)


async def _pace(office: Office, pace: Pace) -> None:
    await office.desk.do(lambda work: work.desk.set_scheme(replace(work.desk.scheme, pace=pace)))


async def _check_memory(desk: TestDesk) -> None:
    """What lies in memory is what would be read from the tables; nobody's room leaked."""
    fresh = Desk()

    def look(rows: Any) -> None:
        memory.load(rows, fresh, Shelf())

    await desk.store.read(look)
    assert sorted(fresh.waiting) == sorted(desk.desk.waiting)
    assert fresh.held == desk.desk.held
    for agent in desk.desk.agents:
        assert desk.desk.load_of(agent).units == fresh.load_of(agent).units
        load = await desk.one("SELECT load FROM agents WHERE id = :id", id=agent)
        assert load == fresh.load_of(agent).units


async def _tick(office: Office, *silent: str, writes: bool = False) -> None:
    timers = Timers(office.desk.lane, office.desk.policy, lambda: silent,
                    lambda agent, conversation: writes)  # fmt: skip
    await office.desk.do(lambda work: timers._tick(work, silent))


async def _row(office: Office, number: int = 1) -> Any:
    rows = await office.desk.rows(
        "SELECT status, owner, order_key FROM conversations WHERE id = :id", id=number
    )
    return rows[0]


async def _state(office: Office, number: int = 1) -> str:
    return str(await office.desk.one("SELECT state FROM offers WHERE id = :id", id=number))


async def _presence(office: Office, agent: str) -> str:
    return str(await office.desk.one("SELECT presence FROM agents WHERE id = :id", id=agent))


# --- offers ---------------------------------------------------------------------------------------


async def test_what_is_offered_waits_until_it_is_accepted(office: Office) -> None:
    await office.desk.mail("1", "where is my parcel?")
    (offer,) = (await office.ask("ana", Offers())).rows
    assert (offer.conversation, offer.contact_name, offer.until) == (1, "Olga", 1_020.0)
    assert (await office.ask("ana", Hello())).offers == (offer,)
    assert (await _row(office))[:2] == ("waiting", "")
    assert office.desk.desk.load_of("ana").units == 1, "its room is kept"
    done = await office.ask("ana", Accept(offer=offer.id))
    assert done.conversation == 1
    assert (await _row(office))[:2] == ("assigned", "ana")
    assert (await office.ask("ana", Offers())).rows == ()
    assert office.desk.desk.load_of("ana").units == 1


async def test_an_offer_is_told_at_once_to_its_agent_only(office: Office) -> None:
    ana = await office.hears(subjects.news_agent("ana"))
    bo = await office.hears(subjects.news_agent("bo"))
    await office.desk.mail("1", "a secret")
    await office.tell()
    (told,) = [one.body for one in ana if isinstance(one.body, news.OffersAre)]
    assert [offer.conversation for offer in told.offers] == [1]
    assert not any(isinstance(one.body, news.OffersAre) for one in bo)


@pytest.mark.parametrize("deed", [Accept(offer=1), Decline(offer=1)])
async def test_the_same_answer_twice_is_one(office: Office, deed: Any) -> None:
    await office.desk.mail("1")
    await office.ask("ana", deed)
    before = await office.desk.one("SELECT count(*) FROM messages")
    assert (await office.ask("ana", deed)).conversation == 1
    assert await office.desk.one("SELECT count(*) FROM messages") == before


async def test_another_answer_after_the_first_is_refused(office: Office) -> None:
    await office.desk.mail("1")
    await office.ask("ana", Accept(offer=1))
    with pytest.raises(Refused, match="accepted it already"):
        await office.ask("ana", Decline(offer=1))


async def test_who_declines_is_not_asked_again_for_a_while(office: Office) -> None:
    await office.desk.mail("1")
    key = (await _row(office))[2]
    await office.ask("ana", Decline(offer=1, reason="in a\nmeeting"))
    assert await _row(office) == ("waiting", "", key)
    assert await _presence(office, "ana") == "online"
    said = await office.desk.one("SELECT said FROM messages WHERE author_is = 'desk'"
                                 " ORDER BY id DESC LIMIT 1")  # fmt: skip
    assert "in a meeting" in said
    office.desk.clock += Returning().retry_after - 1
    await _tick(office)
    assert (await office.ask("ana", Offers())).rows == ()
    office.desk.clock += 2
    await _tick(office)
    assert [row.conversation for row in (await office.ask("ana", Offers())).rows] == [1]


async def test_who_misses_is_not_asked_at_all_until_they_are_back(office: Office) -> None:
    await office.desk.mail("1")
    await office.ask("bo", SetPresence(presence="online"))
    office.desk.clock += 20.0
    await _tick(office)
    assert (await _state(office), await _presence(office, "ana")) == ("missed", "not-responding")
    assert [row.conversation for row in (await office.ask("bo", Offers())).rows] == [1]
    await office.ask("bo", SetPresence(presence="away"))
    office.desk.clock += 10_000.0
    await _tick(office)
    assert (await office.ask("ana", Offers())).rows == ()
    await office.ask("ana", SetPresence(presence="online"))
    assert [row.conversation for row in (await office.ask("ana", Offers())).rows] == [1]


async def test_a_late_accept_is_refused_with_who_has_it(office: Office) -> None:
    await office.desk.mail("1")
    office.desk.clock += 20.0
    with pytest.raises(Refused, match="ended 0 s ago; it is asked of others now"):
        await office.ask("ana", Accept(offer=1))
    await _tick(office)
    await office.ask("bo", Take(conversation=1))
    office.desk.clock += 12.0
    with pytest.raises(Refused, match="The offer ended 12 s ago; Bo has it now"):
        await office.ask("ana", Accept(offer=1))


@pytest.mark.parametrize("deed", [
    Take(conversation=1), Assign(conversation=1, agent="bo"), Resolve(conversation=1),
    Transfer(conversation=1, team="sales"), Snooze(conversation=1, until=9_000.0),
    Reply(conversation=1, text="Hello", anyway=True),
])  # fmt: skip
async def test_whoever_is_faster_takes_the_offer_away(office: Office, deed: Any) -> None:
    await office.desk.mail("1")
    await office.ask("bo", deed)
    assert await _state(office) == "revoked"
    assert office.desk.desk.load_of("ana").units == 0
    with pytest.raises(Refused, match="The offer ended"):
        await office.ask("ana", Accept(offer=1))


@pytest.mark.parametrize("presence", ["offline", "break", "away"])
async def test_nothing_is_offered_to_who_is_not_there(office: Office, presence: Any) -> None:
    await office.desk.mail("1")
    await office.ask("ana", SetPresence(presence=presence))
    assert await _state(office) == "revoked"
    assert (await _row(office))[0] == "waiting"
    assert await _presence(office, "ana") == presence


async def test_who_leaves_the_team_is_not_asked_for_its_work_any_more(office: Office) -> None:
    await office.desk.mail("1")
    await office.team("sales")
    await office.desk.agent("root", role="admin", capacity=0)
    await office.ask("root", SetAgent(agent="ana", capacity=5))
    assert await _state(office) == "open", "what is still theirs to take stays as it is"
    await office.ask("root", SetAgent(agent="ana", teams=("sales",)))
    assert await _state(office) == "revoked"
    assert (await office.ask("ana", Offers())).rows == ()
    assert (await _row(office))[0] == "waiting"


async def test_a_silent_agent_is_offered_nothing(office: Office) -> None:
    await office.desk.mail("1")
    await _tick(office, "ana")
    assert await _state(office) == "revoked"


async def test_an_offer_of_somebody_else_is_not_for_me(office: Office) -> None:
    await office.desk.mail("1")
    with pytest.raises(Refused, match="It was offered to Ana"):
        await office.ask("bo", Accept(offer=1))
    with pytest.raises(Refused, match="There is no offer #9"):
        await office.ask("bo", Accept(offer=9))


async def test_steps_of_relaxing_go_on_while_it_is_offered(office: Office) -> None:
    """The clock of the steps is that of the wait, whoever was asked meanwhile."""
    await office.desk.mail("1")
    await office.desk.do(
        lambda work: work.tx._connection.execute(
            """UPDATE conversations SET demand = '{"steps": [{"after": 25, "sooner": 1}]}'"""
        )
    )
    key = (await _row(office))[2]
    office.desk.clock += 21.0
    await _tick(office)
    assert [step.after for step in office.desk.desk.waiting[1].steps] == [25]
    office.desk.clock += 5.0
    await _tick(office)
    assert office.desk.desk.waiting[1].key == key - 60.0


deeds = st.lists(
    st.one_of(
        st.builds(Accept, offer=st.integers(1, 4)),
        st.builds(Decline, offer=st.integers(1, 4)),
        st.builds(Take, conversation=st.integers(1, 3)),
        st.builds(Release, conversation=st.integers(1, 3)),
        st.builds(Resolve, conversation=st.integers(1, 3)),
        st.builds(SetPresence, presence=st.sampled_from(("online", "away", "offline"))),
        st.builds(Wrapped),
        st.builds(
            HandOver, agent=st.sampled_from(("ana", "bo")), owner=st.sampled_from(("", "bo"))
        ),
        st.sampled_from((1.0, 25.0, 700.0)),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("ana", "bo")), deeds), min_size=1, max_size=2))
async def test_whatever_is_done_no_room_leaks_and_each_offer_ends_once(told: Any) -> None:
    async with inline() as desk, opened(desk) as office:
        await _pace(office, Pace(offers={"": 20.0}, wrap_up={"": 30.0}))
        for agent in ("ana", "bo"):
            await desk.agent(agent, capacity=2)
        for number in ("1", "2", "3"):
            await desk.mail(number, sender=f"{number}@kvit.example")
        for agent, acts in told:
            for act in acts:
                if isinstance(act, float):
                    desk.clock += act
                    await _tick(office)
                else:
                    await office.raw(agent, act)
        await _check_memory(desk)
        both = await desk.rows(
            "SELECT o.conversation FROM offers o JOIN conversations c ON c.id = o.conversation"
            " WHERE o.state = 'open' AND c.status <> 'waiting'")  # fmt: skip
        assert both == [], "what somebody has is offered to nobody"


# --- wrapping up ----------------------------------------------------------------------------------


async def test_what_is_resolved_takes_room_until_it_is_wrapped_up(office: Office) -> None:
    await _pace(office, Pace(wrap_up={"email": 30.0}))
    await office.desk.do(lambda work: work.desk.put_agent(
        replace(work.desk.agents["ana"], capacity=1)))  # fmt: skip
    await office.desk.mail("1")
    await office.ask("ana", Resolve(conversation=1))
    await office.desk.mail("2", sender="jan@b.example")
    me = (await office.ask("ana", Hello())).agent
    assert (me.load, me.wraps_until) == (1, 1_030.0)
    assert (await _row(office, 2))[0] == "waiting"
    await _check_memory(office.desk)
    office.desk.clock += 30.0
    await _tick(office)
    assert (await _row(office, 2))[:2] == ("assigned", "ana")
    assert (await office.ask("ana", Hello())).agent.wraps_until == 0.0


async def test_wrapping_up_is_ended_by_its_agent(office: Office) -> None:
    await _pace(office, Pace(wrap_up={"": 300.0}))
    await office.desk.mail("1")
    await office.ask("ana", Resolve(conversation=1))
    assert office.desk.desk.load_of("ana").units == 1
    await office.ask("ana", Wrapped())
    await office.ask("ana", Wrapped(conversation=1))
    assert office.desk.desk.load_of("ana").units == 0


async def test_what_comes_again_is_not_wrapped_up_any_more(office: Office) -> None:
    await _pace(office, Pace(wrap_up={"": 300.0}))
    await office.desk.chat("1")
    await office.ask("ana", Resolve(conversation=1))
    await office.desk.chat("2")
    assert (await _row(office))[:2] == ("assigned", "ana")
    assert await office.desk.one("SELECT count(*) FROM wrap_ups") == 0
    assert office.desk.desk.load_of("ana").units == 2


# --- gone, and not begun --------------------------------------------------------------------------


async def test_who_falls_silent_keeps_a_kind_for_its_grace(office: Office) -> None:
    await _pace(office, Pace(grace={"webchat": 30.0}))
    await office.desk.chat("1")
    await office.desk.mail("2")
    await office.ask("ana", Reply(conversation=1, text="Hello", anyway=True))
    key = (await _row(office))[2]
    await _tick(office, "ana")
    office.desk.clock += 29.0
    await _tick(office)
    assert (await _row(office))[1] == "ana"
    office.desk.clock += 2.0
    await _tick(office)
    assert await _row(office) == ("waiting", "", key)
    assert (await _row(office, 2))[1] == "ana", "mail has the desk's own time"


async def test_who_comes_back_in_time_gets_theirs_first(office: Office) -> None:
    await _pace(office, Pace(grace={"webchat": 30.0}))
    await office.desk.chat("1")
    await _tick(office, "ana")
    office.desk.clock += 31.0
    await _tick(office)
    await office.desk.agent("dee", idle_since=0.0, teams='["sales"]')
    await office.ask("ana", SetPresence(presence="online"))
    assert (await _row(office))[1] == "ana"


async def test_what_they_lost_waits_for_who_is_back_and_full_but_not_for_ever(
    office: Office,
) -> None:
    await _pace(office, Pace(grace={"webchat": 30.0}))
    await office.desk.do(lambda work: work.desk.put_agent(
        replace(work.desk.agents["ana"], capacity=2)))  # fmt: skip
    await office.desk.chat("1")
    await _tick(office, "ana")
    office.desk.clock += 31.0
    await _tick(office)
    await office.desk.mail("2")
    await office.ask("bo", Assign(conversation=2, agent="ana"))
    await office.ask("ana", SetPresence(presence="online"))
    await office.ask("bo", SetPresence(presence="online"))
    assert (await _row(office))[0] == "waiting"
    office.desk.clock += Returning().back_within
    await _tick(office)
    assert (await _row(office))[1] == "bo"


async def test_what_nobody_begins_is_taken_back(office: Office) -> None:
    await _pace(office, Pace(first_reply={"": 60.0}))
    await office.desk.mail("1")
    key = (await _row(office))[2]
    office.desk.clock += 60.0
    await _tick(office, writes=True)
    assert (await _row(office))[1] == "ana", "nobody is interrupted while they write"
    await _tick(office)
    assert await _row(office) == ("waiting", "", key)
    assert await _presence(office, "ana") == "not-responding", "they did nothing at all"
    said = await office.desk.one("SELECT said FROM messages ORDER BY id DESC LIMIT 1")
    assert "did not begin in time" in said


async def test_who_does_something_keeps_it(office: Office) -> None:
    await _pace(office, Pace(first_reply={"": 60.0}))
    await office.desk.mail("1")
    await office.desk.mail("2", sender="jan@b.example")
    await office.ask("ana", Comment(conversation=1, text="I ask the shop"))
    office.desk.clock += 61.0
    await _tick(office)
    assert (await _row(office, 1))[1] == "ana"
    assert (await _row(office, 2))[:2] == ("waiting", "")
    assert await _presence(office, "ana") == "online", "they worked on something"


# --- presence -------------------------------------------------------------------------------------


async def test_a_reason_is_told_to_colleagues(office: Office) -> None:
    await office.ask("ana", SetPresence(presence="break", reason="lunch\x1b[31m " + "x" * 100))
    row = next(a for a in (await office.ask("bo", Hello())).colleagues if a.id == "ana")
    assert row.reason.startswith("lunch")
    assert len(row.reason) <= 60
    assert "\x1b" not in row.reason
    await office.ask("ana", SetPresence(presence="online"))
    assert await office.desk.one("SELECT reason FROM agents WHERE id = 'ana'") == ""


async def test_nobody_says_of_themselves_that_they_do_not_respond(office: Office) -> None:
    with pytest.raises(Refused, match="Say away"):
        await office.ask("ana", SetPresence(presence="not-responding"))


async def test_an_agent_takes_less_for_a_day_but_never_more(office: Office) -> None:
    await _pace(office, Pace())
    with pytest.raises(Refused, match="not more"):
        await office.ask("ana", SetOwnLimits(capacity=7))
    with pytest.raises(Refused, match="up to 24 hours"):
        await office.ask("ana", SetOwnLimits(capacity=1, hours=25))
    await office.ask("ana", SetOwnLimits(capacity=1, limits={"webchat": 0}, hours=1))
    await office.desk.mail("1")
    await office.desk.mail("2", sender="jan@b.example")
    assert (await _row(office, 2))[0] == "waiting"
    assert (await office.ask("ana", Hello())).agent.capacity == 1
    office.desk.clock += 3_600.0
    await _tick(office)
    assert (await _row(office, 2))[1] == "ana"
    assert (await office.ask("ana", Hello())).agent.capacity == 6


# --- handing over ---------------------------------------------------------------------------------


async def _with_work(office: Office) -> None:
    await _pace(office, Pace())
    for number in ("1", "2", "3"):
        await office.desk.mail(number, sender=f"{number}@kvit.example")
    await office.ask("ana", Snooze(conversation=3, until=9_000.0))


async def test_all_of_an_agent_goes_to_another_however_full(office: Office) -> None:
    await _with_work(office)
    await office.desk.do(lambda work: work.desk.put_agent(
        replace(work.desk.agents["bo"], capacity=1)))  # fmt: skip
    done = await office.ask("ana", HandOver(agent="ana", owner="bo"))
    assert str(done.said) == "Handed over: 3."
    rows = await office.desk.rows("SELECT status, owner FROM conversations ORDER BY id")
    assert rows == [("assigned", "bo"), ("assigned", "bo"), ("snoozed", "bo")]
    lines = await office.desk.one(
        "SELECT count(*) FROM messages WHERE said LIKE '%handed it over%'"
    )
    assert lines == 3
    causes = await office.desk.rows("SELECT cause FROM decisions WHERE cause = 'handed over'")
    assert len(causes) == 2


async def test_all_of_an_agent_is_routed_again_at_its_old_place(office: Office) -> None:
    await _with_work(office)
    keys = await office.desk.rows("SELECT order_key FROM conversations ORDER BY id")
    await office.ask("bo", SetPresence(presence="online"))
    await office.ask("ana", HandOver(agent="ana"))
    rows = await office.desk.rows("SELECT status, owner FROM conversations ORDER BY id")
    assert rows == [("assigned", "bo"), ("assigned", "bo"), ("snoozed", "")]
    assert await office.desk.rows("SELECT order_key FROM conversations ORDER BY id") == keys


async def test_work_of_others_is_handed_over_by_leads(office: Office) -> None:
    await _with_work(office)
    with pytest.raises(Refused, match="Only Ana or a lead"):
        await office.ask("bo", HandOver(agent="ana", owner="bo"))
    await office.desk.agent("lea", role="lead", presence="away")
    await office.ask("lea", HandOver(agent="ana", team="sales"))
    assert await office.desk.rows("SELECT DISTINCT team FROM conversations") == [("sales",)]
    for wrong in (HandOver(agent="no"), HandOver(agent="ana", owner="no"),
                  HandOver(agent="ana", team="no"), HandOver(agent="ana", owner="ana"),
                  HandOver(agent="ana", owner="bo", team="sales")):  # fmt: skip
        with pytest.raises(Refused):
            await office.ask("lea", wrong)


async def test_a_skill_that_a_transfer_asked_for_ends_with_it(office: Office) -> None:
    await _pace(office, Pace())
    await office.desk.agent("root", role="admin", presence="away")
    await office.ask("root", SetSkill(skill="refunds", name="Refunds"))
    await office.desk.chat("1")
    await office.ask("ana", Transfer(conversation=1, skill="refunds", level=2))
    assert (await _row(office))[0] == "waiting"
    await office.ask("bo", Take(conversation=1))
    await office.ask("bo", Resolve(conversation=1))
    await office.desk.chat("2")
    assert (await _row(office))[:2] == ("assigned", "ana")


async def test_a_reopened_one_goes_first_to_who_had_it_with_a_head_start(office: Office) -> None:
    await _pace(office, Pace(returning=Returning(former_first=30.0, head_start=5.0)))
    await office.desk.chat("1")
    await office.ask("ana", Resolve(conversation=1))
    await office.ask("bo", SetPresence(presence="online"))
    office.desk.clock += 3 * 86_400.0
    await office.desk.chat("2")
    assert (await _row(office))[1] == "ana", "though bo is idle for longer"
    assert (await _row(office))[2] == office.desk.clock - 300.0


async def test_a_reopened_one_asks_as_at_first(office: Office) -> None:
    """Its steps count from now, not from when it first came."""
    await _pace(office, Pace())
    await office.desk.chat("1")
    await office.ask("ana", Resolve(conversation=1))
    await office.ask("ana", SetPresence(presence="away"))
    await office.desk.do(
        lambda work: work.tx._connection.execute(
            """UPDATE conversations SET demand = '{"steps": [{"after": 25, "sooner": 1}]}'"""
        )
    )
    office.desk.clock += 1_000.0
    await office.desk.chat("2")
    assert [step.after for step in office.desk.desk.waiting[1].steps] == [25]


async def test_writing_first_is_no_offer(office: Office) -> None:
    done = await office.ask("ana", Compose(kind="email", account="support", text="Hello",
                                           to=(Party(address="jan@b.example"),)))  # fmt: skip
    assert (await _row(office, done.conversation))[:2] == ("assigned", "ana")


def test_a_desk_without_rules_offers_nothing() -> None:
    assert Scheme().pace == Pace()
