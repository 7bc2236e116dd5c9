"""What must be true of a desk at any moment, asked of its tables by SQL of their own."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import apsw

from router.core.scheme import DEFAULT
from tests.universe.channel import Outside, remotes

TOKEN = re.compile(r"\[([a-z0-9]+-\d+)\]")


def always(db: apsw.Connection) -> Iterator[str]:
    """After any commit: each number is what a recount says, and everything is in one place."""
    yield from _counters(db)
    yield from _loads(db)
    yield from _places(db)
    yield from _outbox_order(db)


def _counters(db: apsw.Connection) -> Iterator[str]:
    for table, of, what in (
        ("counts", "conversations", "team, owner, status"),
        ("outbox_counts", "outbox", "state"),
    ):
        kept = set(db.execute(f"SELECT {what}, n FROM {table} WHERE n <> 0"))
        found = set(db.execute(f"SELECT {what}, count(*) FROM {of} GROUP BY {what}"))
        if kept != found:
            yield f"{table} is {sorted(kept - found)}, a recount says {sorted(found - kept)}"
    said = dict(db.execute("SELECT verdict, n FROM ledger_counts WHERE n <> 0"))
    recounted = dict(db.execute(
        "SELECT verdict, count(*) FROM ledger WHERE verdict <> 'accepted' GROUP BY verdict"
        " UNION SELECT 'again', sum(again) FROM ledger WHERE again > 0 HAVING count(*) > 0"
    ))  # fmt: skip
    if said != recounted:
        yield f"the ledger's counts are {said}, a recount says {recounted}"
    for name, number in db.execute("SELECT name, n FROM stats"):
        ((there,),) = db.execute(f"SELECT count(*) FROM {name}")
        if number != there:
            yield f"stats say {number} {name}, there are {there}"


def loads(db: apsw.Connection) -> dict[str, int]:
    """Units that agents hold, counted."""
    held: Counter[str] = Counter()
    for owner, kind in db.execute(
        "SELECT owner, kind FROM conversations WHERE status = 'assigned'"
    ):
        held[owner] += DEFAULT.weight(kind)
    for agent, kind in db.execute(
        "SELECT o.agent, c.kind FROM offers o JOIN conversations c ON c.id = o.conversation"
        " WHERE o.state = 'open' UNION ALL SELECT agent, kind FROM wrap_ups"
    ):
        held[agent] += DEFAULT.weight(kind)
    return dict(held)


def _loads(db: apsw.Connection) -> Iterator[str]:
    held = loads(db)
    for agent, kept in db.execute("SELECT id, load FROM agents"):
        if kept != held.get(agent, 0):
            yield f"{agent} has a load of {kept}, a recount says {held.get(agent, 0)}"


def _places(db: apsw.Connection) -> Iterator[str]:
    for (row,) in db.execute(
        "SELECT id FROM conversations WHERE (status = 'assigned') > (owner <> '')"
        " OR (status = 'waiting' AND owner <> '')"
    ):
        yield f"conversation {row} has an owner that does not fit its status"
    for (row,) in db.execute(
        "SELECT o.id FROM offers o JOIN conversations c ON c.id = o.conversation"
        " WHERE o.state = 'open' AND c.status <> 'waiting'"
    ):
        yield f"offer {row} is open though somebody has it"
    for (row,) in db.execute(
        "SELECT m.id FROM messages m JOIN conversations c ON c.id = m.conversation"
        " WHERE c.contact <> m.contact"
    ):
        yield f"message {row} stands in another contact's conversation"
    for (row,) in db.execute(
        "SELECT o.id FROM outbox o JOIN messages m ON m.id = o.message"
        " WHERE o.state <> m.state AND m.state NOT IN ('delivered', 'read')"
    ):
        yield f"out-{row} and its message are in different states"


def _outbox_order(db: apsw.Connection) -> Iterator[str]:
    for older, newer in db.execute(
        "SELECT a.id, b.id FROM outbox a JOIN outbox b"
        " ON b.conversation = a.conversation AND b.id > a.id"
        " WHERE a.state IN ('held', 'ready', 'sending') AND b.state = 'sending'"
    ):
        yield f"out-{newer} goes out before out-{older}"


def over_capacity(db: apsw.Connection, decided: int) -> Iterator[str]:
    """Of decisions since `decided`: nobody was given more by the desk than they have room for."""
    given: dict[str, set[int]] = defaultdict(set)
    by_hand: set[str] = set()
    for conversation, record in db.execute(
        "SELECT conversation, record FROM decisions WHERE id > ?", (decided,)
    ):
        why = json.loads(record)
        if not (chosen := why.get("winner")):
            continue
        if why.get("because"):
            by_hand.add(chosen)
        else:
            given[chosen].add(conversation)
    held = loads(db)
    for agent in set(given) - by_hand:
        row: Any = db.execute("SELECT capacity FROM agents WHERE id = ?", (agent,)).fetchall()[0]
        capacity = int(row[0])
        if held.get(agent, 0) > capacity and given[agent]:
            yield f"{agent} was given {sorted(given[agent])}: {held[agent]} of {capacity} units"


# --- at the end ----------------------------------------------------------------------------------


def outside(db: apsw.Connection, channel: Outside) -> Iterator[str]:
    """What customers were told to be taken is there once, in their order."""
    where = (channel.kind, channel.account)
    lines = db.execute(
        "SELECT event, message, verdict FROM ledger WHERE kind = ? AND account = ?", where
    ).fetchall()
    seen: dict[Any, Any] = {event: message for event, message, _ in lines}
    texts = dict(db.execute("SELECT id, text FROM messages WHERE author_is = 'customer'"))
    for letter in channel.letters:
        if letter.taken and letter.event.id not in seen:
            yield f"{letter.event.id} was taken and is not there"
        if not letter.taken:
            yield f"{letter.event.id} was never taken"
    for event, _, verdict in lines:
        if verdict != "accepted":
            yield f"{event} was {verdict}"
    for remote, letters in remotes(channel).items():
        there = [seen.get(letter.event.id, 0) for letter in letters]
        if there != sorted(there):
            yield f"{remote}'s messages stand in another order than they were written"
        for letter, message in zip(letters, there, strict=True):
            if f"[{letter.token}]" not in texts.get(message, ""):
                yield f"{letter.token} is not in message {message}"


def once(db: apsw.Connection) -> Iterator[str]:
    """No token stands in two messages."""
    found: Counter[str] = Counter()
    for (text,) in db.execute("SELECT text FROM messages"):
        found.update(set(TOKEN.findall(text)))
    for token, count in found.items():
        if count > 1:
            yield f"{token} stands in {count} messages"


@dataclass
class Fates:
    """Outbox ids whose row ever said so, and sends that the bus itself brought twice."""

    doubtful: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)

    def look(self, db: apsw.Connection) -> None:
        for row, state in db.execute(
            "SELECT id, state FROM outbox WHERE state IN ('ambiguous', 'failed') OR doubts > 0"
        ):
            (self.failed if state == "failed" else self.doubtful).add(f"out-{row}")


def given(db: apsw.Connection, channel: Outside, fates: Fates) -> Iterator[str]:
    """Each message of ours went out in order, and twice only when its fate was unknown."""
    rows = {
        f"out-{row}": (conversation, state) for row, conversation, state in db.execute(
            "SELECT id, conversation, state FROM outbox WHERE kind = ? AND account = ?",
            (channel.kind, channel.account))
    }  # fmt: skip
    first: dict[str, float] = {}
    copies: Counter[str] = Counter()
    for one in channel.given:
        first.setdefault(one.id, one.at)
        copies[one.id] += 1
    for id_, (_, state) in rows.items():
        if state == "sent" and not copies[id_] and id_ not in fates.doubtful | fates.failed:
            yield f"{id_} is said to be sent, and was not"
    for id_, count in copies.items():
        if id_ not in rows:
            yield f"{id_} was sent and is not in the outbox"
        elif count > 1 and id_ not in fates.doubtful | fates.doubled:
            yield f"{id_} was sent {count} times, and its fate was never unknown"
        elif count > 1 and channel.capabilities.when_unknown == "query":
            yield f"{id_} was sent {count} times on a channel that can be asked"
    settled = {id_: at for id_, at in first.items() if id_ not in fates.failed}
    yield from _in_order(rows, settled)


def _in_order(rows: dict[str, tuple[int, str]], first: dict[str, float]) -> Iterator[str]:
    by: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for id_, at in first.items():
        if id_ in rows:
            by[rows[id_][0]].append((int(id_.removeprefix("out-")), at))
    for conversation, sent in by.items():
        times = [at for _, at in sorted(sent)]
        if times != sorted(times):
            yield f"messages of conversation {conversation} went out in another order"
