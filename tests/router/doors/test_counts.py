"""Counters are maintained and never recounted: after any commands they equal a recount."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.router.desk import inline
from tests.router.doors.office import Office, opened
from wire.desk_client import Refused
from wire.messages.verbs import (
    Ask,
    Assign,
    Comment,
    Link,
    Queue,
    Release,
    Reopen,
    Reply,
    Resolve,
    SetPresence,
    Snooze,
    Take,
    Transfer,
    Undo,
    Unlink,
)

pytestmark = pytest.mark.contract

AGENTS = ("ana", "bo", "sam", "lea")
_number = st.integers(1, 5)
_COMMANDS: list[st.SearchStrategy[Ask]] = [
    st.builds(Take, conversation=_number),
    st.builds(Assign, conversation=_number, agent=st.sampled_from(AGENTS)),
    st.builds(Assign, conversation=_number, team=st.sampled_from(("support", "sales"))),
    st.builds(Release, conversation=_number),
    st.builds(Transfer, conversation=_number, team=st.just("sales"), note=st.just("hm")),
    st.builds(Resolve, conversation=_number),
    st.builds(Reopen, conversation=_number),
    st.builds(Snooze, conversation=_number, until=st.just(9_000.0)),
    st.builds(Reply, conversation=_number, text=st.just("Yes"), anyway=st.just(True)),
    st.builds(Comment, conversation=_number, text=st.just("hm")),
    st.builds(Undo, message=st.integers(1, 30)),
    st.builds(SetPresence, presence=st.sampled_from(("online", "away", "offline"))),
    st.builds(Link, identity=_number, contact=_number),
    st.builds(Unlink, identity=_number),
]
# A step: somebody's command, or another letter of a customer.
STEPS = st.lists(
    st.one_of(st.tuples(st.sampled_from(AGENTS), st.one_of(_COMMANDS)), _number), max_size=30
)


@given(STEPS)
@settings(max_examples=40)
def test_counters_equal_a_recount_after_any_commands(steps: list[Any]) -> None:
    asyncio.run(_walk(steps))


async def _walk(steps: list[Any]) -> None:
    async with inline() as desk, opened(desk) as office:
        await desk.agent("ana")
        await desk.agent("bo", capacity=1)
        await desk.agent("sam", teams='["sales"]')
        await desk.agent("lea", role="lead", presence="away")
        for order, step in enumerate(steps):
            await _step(office, step, order)
        await _check(office)


async def _step(office: Office, step: Any, order: int) -> None:
    if isinstance(step, int):
        await office.desk.mail(f"m{order}", sender=f"c{step}@b.example")
        return
    agent, ask = step
    try:
        await office.ask(agent, ask)
    except Refused as refused:
        assert "failed" not in str(refused.no.said), (ask, refused)  # noqa: PT017


async def _check(office: Office) -> None:
    desk = office.desk
    kept = await desk.rows("SELECT team, owner, status, n FROM counts WHERE n <> 0 ORDER BY 1,2,3")
    counted = await desk.rows(
        "SELECT team, owner, status, count(*) FROM conversations GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    assert kept == counted
    outbox = await desk.rows("SELECT state, n FROM outbox_counts WHERE n <> 0 ORDER BY 1")
    assert outbox == await desk.rows("SELECT state, count(*) FROM outbox GROUP BY 1 ORDER BY 1")
    held = dict.fromkeys(AGENTS, 0)
    for (owner,) in await desk.rows("SELECT owner FROM conversations WHERE status = 'assigned'"):
        held[owner] += 1
    assert {agent: desk.desk.load_of(agent).units for agent in AGENTS} == held
    assert dict(await desk.rows("SELECT id, load FROM agents")) == held
    waiting = await desk.rows("SELECT id FROM conversations WHERE status = 'waiting' ORDER BY id")
    assert sorted(desk.desk.waiting) == [number for (number,) in waiting]
    page = await office.ask("lea", Queue(view="all"))
    assert page.total == len(page.rows)
