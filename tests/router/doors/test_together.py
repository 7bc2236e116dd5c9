"""Whatever is linked, merged, moved and taken back: nothing is lost, miscounted or shown to others.

Undone all together, each message is again with the contact of whoever wrote it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.lane import Work
from router.store.store import InlineStore
from tests.router.desk import POLICY, running
from tests.router.doors.office import EMAIL, Office, opened
from wire.desk_client import Refused
from wire.messages.channel import MessageIn, Party
from wire.messages.verbs import (
    Ask,
    Comment,
    Contact,
    FindContacts,
    Link,
    Merge,
    Move,
    MoveBack,
    Reply,
    Resolve,
    Timeline,
    Transfer,
    Undo,
    Unlink,
    Unmerge,
    WriteNote,
)
from wire.settings import Account

pytestmark = pytest.mark.contract

TEAMS = {"ana": {"support"}, "sam": {"sales"}, "lea": {"support", "sales"}}
TARGETS = POLICY.targets
# Each makes an ask of one or two picks among what there is.
_VERBS: dict[str, Callable[[Callable[..., int]], Ask]] = {
    "link": lambda pick: Link(identity=pick("identities"), contact=pick("contacts", 1)),
    "unlink": lambda pick: Unlink(identity=pick("linked")),
    "merge": lambda pick: Merge(kept=pick("standing"), gone=pick("standing", 1), take=("name",)),
    "unmerge": lambda pick: Unmerge(contact=pick("merged")),
    "message": lambda pick: Move(message=pick("messages"), into=pick("conversations", 1)),
    "split": lambda pick: Move(message=pick("messages"), contact=pick("standing", 1)),
    "join": lambda pick: Move(conversation=pick("open"), into=pick("open", 1)),
    "contact": lambda pick: Move(conversation=pick("open"), contact=pick("standing", 1)),
    "back": lambda pick: MoveBack(move=pick("moves")),
    "reply": lambda pick: Reply(conversation=pick("open"), text="Yes", anyway=True),
    "comment": lambda pick: Comment(conversation=pick("open"), text="hm"),
    "resolve": lambda pick: Resolve(conversation=pick("open")),
    "sales": lambda pick: Transfer(conversation=pick("open"), team="sales"),
    "undo": lambda pick: Undo(message=pick("messages")),
    "note": lambda pick: WriteNote(contact=pick("standing"), revision=0, text="a note"),
}
_TABLES = {
    "contacts": "SELECT id FROM contacts", "identities": "SELECT id FROM identities",
    "linked": "SELECT id FROM identities WHERE own <> born",
    "standing": "SELECT id FROM contacts WHERE merged = 0",
    "merged": "SELECT id FROM contacts WHERE merged > 0",
    "conversations": "SELECT id FROM conversations",
    "open": "SELECT id FROM conversations WHERE joined = 0",
    "messages": "SELECT id FROM messages WHERE author_is <> 'desk'",
    "moves": "SELECT id FROM moves WHERE undone IS NULL",
}  # fmt: skip
_number = st.integers(0, 40)
_AGENTS = st.sampled_from(("ana", "sam", "lea", "lea"))
_DONE = st.tuples(_AGENTS, st.sampled_from(tuple(_VERBS)), _number, _number)
# A mail of somebody to an account, perhaps an answer to something written; or words in a chat.
_WROTE = st.tuples(st.integers(0, 3), st.sampled_from(("support", "sales", "site")), _number)
STEPS = st.lists(st.one_of(_WROTE, _DONE, _DONE), min_size=10, max_size=28)


@given(STEPS, st.randoms(use_true_random=False))
@settings(max_examples=45, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_miscounted_or_shown_to_others(steps: list[Any], chance: Any) -> None:
    asyncio.run(_walk(steps, chance))


async def _walk(steps: list[Any], chance: Any) -> None:
    store = InlineStore()
    accounts = POLICY.accounts | {"sales": Account(kind="email", team="sales")}
    policy = replace(POLICY, accounts=accounts)
    async with running(store, store.epoch, policy) as desk, opened(desk) as office:
        await office.account("email", "sales", EMAIL)
        await desk.agent("ana", capacity=9)
        await desk.agent("sam", teams='["sales"]', capacity=2)
        await desk.agent("lea", role="lead", teams='["support", "sales"]', presence="away")
        for who in range(4):
            await _wrote(office, who, "sales" if who == 3 else "support", 0, f"first {who}")
        pages: dict[str, list[Any]] = {}
        for number, step in enumerate(steps):
            desk.clock += 1.0
            await _step(office, step, number)
            pages = await _pages_only_grow(office, pages)
            await _is_sound(office)
        await _nobody_sees_more(office)
        await _undone(office, chance)
        await _is_sound(office)
        await _each_is_with_its_writer(office)
        await _pages_only_grow(office, pages)


async def _step(office: Office, step: Any, number: int) -> None:
    if len(step) == 3:
        who, account, answers = step
        await _wrote(office, who, account, answers, f"words {number}")
        return
    agent, verb, one, other = step
    ids = {name: [n for (n,) in await office.desk.rows(sql)] for name, sql in _TABLES.items()}

    def pick(table: str, place: int = 0) -> int:
        return ids[table][(one, other)[place] % len(ids[table])] if ids[table] else 1

    await _try(office, agent, _VERBS[verb](pick))


async def _wrote(office: Office, who: int, account: str, answers: int, text: str) -> None:
    desk = office.desk
    if account == "site":
        await desk.chat(f"c {text}", text, f"v{who % 2}")
        return
    known = [one for (one,) in await desk.rows("SELECT message_id FROM messages "
                                               "WHERE message_id <> '' ORDER BY id")]  # fmt: skip
    sender = f"c{who}@b.example"
    event = MessageIn(
        id=text, remote=sender, sender=Party(address=sender, name=f"C{who}"), at=desk.clock,
        text=text, message_id=f"<{text.replace(' ', '.')}@b.example>", body_hash=text,
        in_reply_to=known[answers % len(known)] if answers % 4 else "",
    )  # fmt: skip
    await desk.take(event, account=account)


async def _try(office: Office, agent: str, ask: Ask) -> bool:
    try:
        await office.ask(agent, ask)
    except Refused as refused:
        assert "failed" not in str(refused.no.said), (ask, refused)  # noqa: PT017
        return False
    return True


# --- what always holds ---------------------------------------------------------------------------


async def _is_sound(office: Office) -> None:
    desk = office.desk
    merged = dict(await desk.rows("SELECT id, merged FROM contacts"))
    for contact, stands in await desk.rows("SELECT id, stands FROM contacts"):
        assert (stands or contact) == _root(merged, contact)
    where = {}
    for identity, own, contact in await desk.rows("SELECT id, own, contact FROM identities"):
        where[identity] = contact
        assert contact == _root(merged, own)
    rows = await desk.rows("SELECT id, own, identity, contact FROM conversations")
    for number, own, identity, contact in rows:
        assert contact == (_root(merged, own) if own else where[identity]), number
    astray = await desk.rows("SELECT m.id FROM messages m JOIN conversations c "
                             "ON c.id = m.conversation WHERE c.contact <> m.contact")  # fmt: skip
    assert astray == []
    await _counts_are_right(office)
    await _clocks_are_right(office)


def _root(merged: dict[int, int], contact: int) -> int:
    while merged[contact]:
        contact = merged[contact]
    return contact


async def _counts_are_right(office: Office) -> None:
    desk = office.desk
    kept = await desk.rows("SELECT team, owner, status, n FROM counts WHERE n <> 0 ORDER BY 1,2,3")
    assert kept == await desk.rows(
        "SELECT team, owner, status, count(*) FROM conversations GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    held: dict[str, int] = defaultdict(int)
    waiting = []
    rows = await desk.rows("SELECT id, owner, status, kind FROM conversations ORDER BY id")
    for number, owner, status, kind in rows:
        if status == "assigned":
            held[owner] += 2 if kind == "webchat" else 1
        elif status == "waiting":
            waiting.append(number)
    assert {agent: desk.desk.load_of(agent).units for agent in TEAMS} == {
        agent: held[agent] for agent in TEAMS}  # fmt: skip
    assert sorted(desk.desk.waiting) == waiting


async def _clocks_are_right(office: Office) -> None:
    """Told from all messages, one after another, by nothing that is kept for it."""
    rows = await office.desk.rows("SELECT id, status, settled, due, unanswered FROM conversations")
    for number, status, settled, due, unanswered in rows:
        entries = await office.desk.rows(
            "SELECT id, author_is, counts, kind, accepted, state FROM messages "
            "WHERE conversation = :number ORDER BY id", number=number)  # fmt: skip
        answers = [e[0] for e in entries if e[1] == "agent" and e[5] != "cancelled"]
        last = max([settled, *answers], default=0)
        waits = [e for e in entries
                 if e[1] == "customer" and (e[0] if e[2] < 0 else e[2]) > last]  # fmt: skip
        if status == "resolved":
            waits = []
        first = waits[0][4] + TARGETS.get(waits[0][3], TARGETS.get("", 3600.0)) if waits else None
        assert (due, unanswered) == (first, len(waits)), number


async def _pages_only_grow(office: Office, before: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """What a visitor's page has shown stays as it was, and nothing foreign comes."""
    pages: dict[str, list[Any]] = {}
    for visitor in ("v0", "v1"):
        rows = await office.desk.do(partial(_history, visitor=visitor))
        pages[visitor] = [(row.remote_seq, row.text, row.author_is) for row in reversed(rows)]
        assert pages[visitor][: len(before.get(visitor, []))] == before.get(visitor, [])
        texts = await office.desk.rows(
            "SELECT text FROM messages WHERE sender LIKE :mark", mark=f'%"{visitor}"%')  # fmt: skip
        shown = [text for _seq, text, by in pages[visitor] if by == "customer"]
        assert sorted(shown) == sorted(text for (text,) in texts)
    return pages


def _history(work: Work, *, visitor: str) -> list[Any]:
    asked = {"kind": "webchat", "account": "site", "remote": visitor, "before": 0}
    return work.tx.all("history_of", limit=100, **asked)


async def _nobody_sees_more(office: Office) -> None:
    rows = await office.desk.rows("SELECT contact, team, owner FROM conversations")
    contacts = [number for (number,) in await office.desk.rows("SELECT id FROM contacts")]
    for agent in ("ana", "sam"):
        theirs = {c for c, team, owner in rows if team in TEAMS[agent] or owner == agent}
        someones = {c for c, _team, _owner in rows}
        for contact in contacts:
            for ask in (Timeline(contact=contact), Contact(contact=contact)):
                if await _try(office, agent, ask):
                    assert contact in theirs or contact not in someones, (agent, ask)
        found = await office.ask(agent, FindContacts(words="c", limit=50))
        assert all(card.id in theirs or card.id not in someones for card in found.rows)


# --- and all of it taken back --------------------------------------------------------------------


async def _undone(office: Office, chance: Any) -> None:
    desk = office.desk
    await _settle_outbox(office)
    merges = [n for (n,) in await desk.rows("SELECT id FROM contacts WHERE merged > 0")]
    links = [n for (n,) in await desk.rows("SELECT id FROM identities WHERE own <> born")]
    asks: list[Ask] = [*(Unmerge(contact=n) for n in merges), *(Unlink(identity=n) for n in links)]
    chance.shuffle(asks)
    moves = await desk.rows("SELECT id FROM moves WHERE undone IS NULL ORDER BY id DESC")
    backs: list[Ask] = [MoveBack(move=n) for (n,) in moves]
    for ask in asks + backs if chance.random() < 0.5 else backs + asks:
        assert await _try(office, "lea", ask), ask


async def _settle_outbox(office: Office) -> None:
    await office.desk.do(lambda work: work.tx._connection.execute(
        "UPDATE outbox SET state = 'sent'; UPDATE messages SET state = 'sent' "
        "WHERE author_is = 'agent' AND state = 'held'"))  # fmt: skip


async def _each_is_with_its_writer(office: Office) -> None:
    """But for those to whom we wrote in a conversation: they take part there for good."""
    rows = await office.desk.rows(
        "SELECT m.id, m.contact, i.born, i.contact FROM messages m JOIN identities i "
        "ON json_extract(m.sender, '$.address') = i.address "
        "WHERE m.author_is = 'customer' AND NOT EXISTS (SELECT 1 FROM messages o WHERE "
        "o.conversation = m.conversation AND o.author_is = 'agent' "
        "AND instr(o.recipients, i.address) > 0)"
    )
    for number, contact, born, now in rows:
        assert contact == born == now, number
