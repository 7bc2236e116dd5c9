"""A desk with a past: a store filled by direct SQL, before any router opens it.

All is as the router would have left it: ledger, outbox, decisions and events included.
"""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import apsw

from bench.kit.talk import SYLLABLES, Talk
from router.search.index import SearchIndex
from router.store.store import open_database
from wire.data_folder import DataFolder

KIND, ACCOUNT, TEAM = "email", "support", "support"
PER_CONVERSATION = 5
AGENTS, ADMIN = 20, "admin"
# So many different requirements there are at most.
REQUIREMENTS = 2_000
SPAN = 90 * 86_400.0
LANGUAGES = tuple(SYLLABLES)


@dataclass(frozen=True, slots=True)
class Past:
    """How much there is: `conversations` × 5 messages.

    Of them the newest `waiting` wait for an agent, and `held` before those wait for an answer of
    the admin, who is a colleague here.
    """

    conversations: int
    waiting: int
    held: int = 0
    agents: int = AGENTS
    # Skills that there are; conversations ask for one to three of them, agents have ten.
    skills: int = 0
    until: float = field(default_factory=time.time)

    @property
    def messages(self) -> int:
        return self.conversations * PER_CONVERSATION

    def opened(self, number: int) -> float:
        return self.until - SPAN * (1 - number / (self.conversations + 1))

    def status(self, number: int) -> str:
        newest = self.conversations - number
        if newest < self.waiting:
            return "waiting"
        return "assigned" if newest < self.waiting + self.held else "resolved"

    def owner(self, number: int) -> str:
        names = {"waiting": "", "assigned": ADMIN}
        return names.get(self.status(number), f"agent-{number % self.agents}")

    def asked(self, number: int) -> dict[str, int]:
        """What the conversation asks for: few skills are asked for often, most seldom."""
        chance = random.Random(number % REQUIREMENTS)
        some = range(chance.randint(1, 3) if self.skills else 0)
        return {_skill(chance, self.skills): chance.randint(1, 4) for _ in some}

    def able(self, agent: int) -> dict[str, int]:
        chance = random.Random(agent)
        some = range(10 if self.skills else 0)
        return {_skill(chance, self.skills): chance.randint(1, 5) for _ in some}


def _skill(chance: random.Random, skills: int) -> str:
    return f"skill-{min(int(chance.paretovariate(0.5)), skills)}"


def customer(number: int) -> str:
    """The address of the contact and the conversation with this number."""
    return f"customer-{number}@kvit.example"


def message_id(number: int, place: int) -> str:
    """The Message-ID of the mail at this place (0 to 4) of a conversation."""
    return f"<m-{number}-{place}@kvit.example>"


def fill(folder: DataFolder, past: Past) -> None:
    """The whole past in one transaction. The search index is marked as having followed it."""
    folder.make()
    desk = open_database(str(folder.database))
    try:
        with desk:
            _house(desk, past)
            _insert(desk, "contacts", _contacts(past))
            _insert(desk, "identities", _identities(past))
            _insert(desk, "conversations", _conversations(past))
            _insert(desk, "messages", _messages(past))
            _derive(desk)
        seq = desk.execute("SELECT max(seq) FROM events").get
    finally:
        desk.close()
    index = SearchIndex.open(folder.search)
    index.mark(int(seq))
    index.close()


def _insert(desk: apsw.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    names = ", ".join(f":{name}" for name in first)
    sql = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({names})"
    desk.execute(sql, first)
    desk.executemany(sql, rows)


def _house(desk: apsw.Connection, past: Past) -> None:
    desk.execute("INSERT OR IGNORE INTO teams (id, name) VALUES (?, ?)", (TEAM, "Support"))
    desk.execute(
        "INSERT OR IGNORE INTO accounts (kind, account, address) VALUES (?, ?, ?)",
        (KIND, ACCOUNT, "support@desk.example"),
    )
    agent = (
        "INSERT INTO agents (id, name, role, teams, skills, presence, since)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    for number in range(past.agents):
        who = (f"agent-{number}", f"Agent {number}", "agent", f'["{TEAM}"]')
        desk.execute(agent, (*who, json.dumps(past.able(number)), "offline", past.until))
    here = "online" if past.held else "offline"
    desk.execute(agent, (ADMIN, "Admin", "admin", f'["{TEAM}"]', "{}", here, past.until))


def _contacts(past: Past) -> Iterator[dict[str, Any]]:
    for number in range(1, past.conversations + 1):
        yield {"id": number, "name": f"Customer {number}", "made": past.opened(number)}


def _identities(past: Past) -> Iterator[dict[str, Any]]:
    for number in range(1, past.conversations + 1):
        yield {
            "id": number, "contact": number, "born": number, "kind": KIND,
            "address": customer(number), "name": f"Customer {number}", "verified": 1,
            "evidence": "dmarc pass", "since": past.opened(number),
        }  # fmt: skip


def _conversations(past: Past) -> Iterator[dict[str, Any]]:
    talk, chance = Talk(1), random.Random(1)
    for number in range(1, past.conversations + 1):
        opened, waits = past.opened(number), past.status(number) != "resolved"
        last = opened + 3_600.0 * PER_CONVERSATION
        language = LANGUAGES[number % len(LANGUAGES)]
        yield {
            "id": number, "version": 9, "contact": number, "identity": number, "kind": KIND,
            "account": ACCOUNT, "remote": customer(number), "subject": talk.text(language, 40),
            "status": past.status(number), "team": TEAM, "owner": past.owner(number),
            "priority": chance.choice((0, 1, 1, 1, 2)), "skills": json.dumps(past.asked(number)),
            "opened": opened, "order_key": opened, "entered": opened,
            "due": past.until + 600.0 * (number % 50) - 3_000.0 if waits else None,
            "target": 86_400.0 if waits else 0.0, "unanswered": 1 if waits else 0,
            "unanswered_since": last if waits else None, "last_at": last,
            "last_text": talk.text(language, 120).replace("\n", " "), "last_by": "customer",
            "last_message": number * PER_CONVERSATION, "resolved_at": None if waits else last,
        }  # fmt: skip


def _messages(past: Past) -> Iterator[dict[str, Any]]:
    talk = Talk(2)
    texts = {language: [talk.text(language, 450) for _ in range(500)] for language in LANGUAGES}
    for number in range(1, past.conversations + 1):
        for place in range(PER_CONVERSATION):
            yield _message(past, number, place, texts)


def _message(past: Past, number: int, place: int, texts: dict[str, list[str]]) -> dict[str, Any]:
    ours, at = place % 2 == 1, past.opened(number) + 3_600.0 * place
    some = texts[LANGUAGES[number % len(LANGUAGES)]]
    return {
        "id": (number - 1) * PER_CONVERSATION + place + 1, "conversation": number,
        "contact": number, "author_is": "agent" if ours else "customer",
        "author": f"Agent {number % AGENTS}" if ours else f"Customer {number}",
        "agent": f"agent-{number % AGENTS}" if ours else "", "kind": KIND, "account": ACCOUNT,
        "remote": customer(number), "remote_seq": place + 1,
        "event": "" if ours else f"e-{number}-{place}", "at": at, "accepted": at,
        "text": some[(number * 7 + place) % len(some)],
        "message_id": message_id(number, place), "body_hash": f"h-{number}-{place}",
        "state": "sent" if ours else "",
    }  # fmt: skip


def _derive(desk: apsw.Connection) -> None:
    """What the router would have written beside the messages."""
    desk.execute(
        """
        INSERT INTO ledger (at, kind, account, event, verdict, message)
            SELECT at, kind, account, event, 'accepted', id FROM messages
            WHERE author_is = 'customer';
        INSERT INTO outbox (message, conversation, kind, account, remote, state, not_before,
                attempt, epoch, payload)
            SELECT id, conversation, kind, account, remote, 'sent', at, 1, 0, '{}' FROM messages
            WHERE author_is = 'agent';
        INSERT INTO feeds (kind, account, remote, last)
            SELECT kind, account, remote, max(remote_seq) FROM messages GROUP BY 1, 2, 3;
        INSERT INTO decisions (conversation, at, cause, record)
            SELECT id, opened, 'message', '{}' FROM conversations;
        INSERT INTO events (at, what, conversation, contact, message, agent, team, version)
            SELECT at, 'message_added', conversation, contact, id, agent, '' , 1 FROM messages;
        """
    )
