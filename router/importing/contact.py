"""One contact's past into the desk: an item that stands or falls alone."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from router.core.targets import clock as clocking
from router.core.targets.choosing import Asked, Targets
from router.core.targets.clock import Clock, Facts
from router.core.targets.place import order_key
from router.handling import clocks
from router.handling.contacts import known
from router.handling.messages import as_json, preview
from router.importing.past import Contact, Conversation, Message
from router.policy import Policy
from router.store.store import Transaction
from wire.messages.channel import Party


@dataclass(frozen=True, slots=True)
class Imported:
    """How many messages came with it; 0 contacts when it was known before."""

    contacts: int = 0
    messages: int = 0


class ImportContact:
    """An item of the store. A contact of whom one address is known here is left as it is."""

    def __init__(self, contact: Contact, policy: Policy) -> None:
        self._contact = contact
        self._policy = policy

    def apply(self, tx: Transaction) -> Imported:
        if any(self._known(tx, one.kind, one.address) for one in self._contact.identities):
            return Imported()
        number = self._add_contact(tx)
        identities = self._add_identities(tx, number)
        ids = [
            self._add_conversation(tx, number, identities, conversation)
            for conversation in self._contact.conversations
        ]
        count = self._add_messages(tx, number, ids)
        seq = tx.next_number("last_event")
        tx.later("add_event", seq, tx.now, "imported", 0, number, 0, "", "", 1)
        return Imported(1, count)

    def undo(self) -> None:
        """It changes nothing in memory: no desk runs meanwhile."""

    def aside(self, tx: Transaction, error: Exception) -> Any:
        raise error

    def _known(self, tx: Transaction, kind: str, address: str) -> bool:
        return known(tx, kind, address) is not None

    def _add_contact(self, tx: Transaction) -> int:
        contact = self._contact
        began = min((one.opened for one in contact.conversations), default=tx.now)
        number = tx.run(
            "import_contact", name=contact.name, language=contact.language, zone=contact.zone,
            company=contact.company, tags=as_json(contact.tags), made=began,
            warnings=as_json(contact.warnings),
        )  # fmt: skip
        if contact.note:
            tx.run("import_note", contact=number, text=contact.note, now=tx.now)
            tx.run("import_revision", contact=number, text=contact.note, now=tx.now)
        return number

    def _add_identities(self, tx: Transaction, number: int) -> dict[tuple[str, str], int]:
        return {
            (one.kind, one.address): tx.run(
                "import_identity", contact=number, kind=one.kind, address=one.address,
                name=self._contact.name, verified=one.verified, evidence=one.evidence[:200],
                since=tx.now,
            )
            for one in self._contact.identities
        }  # fmt: skip

    def _add_conversation(
        self, tx: Transaction, number: int, identities: dict[tuple[str, str], int],
        conversation: Conversation,
    ) -> int:  # fmt: skip
        clock = self._clock(conversation)
        last = conversation.messages[-1] if conversation.messages else None
        resolved = conversation.status == "resolved"
        last_at = last.at if last else conversation.opened
        return tx.run(
            "import_conversation",
            contact=number,
            identity=_identity_of(conversation, identities),
            kind=conversation.kind,
            account=conversation.account,
            remote=conversation.remote,
            subject=conversation.subject,
            status=conversation.status,
            team=conversation.team,
            owner="" if conversation.status == "waiting" else conversation.owner,
            priority=conversation.priority,
            tags=as_json(conversation.tags),
            opened=conversation.opened,
            order_key=order_key(conversation.opened, conversation.priority),
            **clocks.changes(clock),
            last_at=last_at,
            last_text=preview(last.text) if last else "",
            last_by=last.by if last else "",
            snoozed_until=conversation.snoozed_until if conversation.status == "snoozed" else None,
            resolved_at=last_at if resolved else None,
        )

    def _clock(self, conversation: Conversation) -> Clock:
        """As if all had happened here; without contact segments, which nobody knows yet."""
        targets = Targets(self._policy.targets)
        asked = Asked(conversation.kind, conversation.team, conversation.priority)
        facts, last_at = Facts(asked, "waiting"), conversation.opened
        clock = clocking.timed(Clock(), targets, facts, last_at)
        for message in conversation.messages:
            last_at = max(last_at, message.at)
            if message.by == "agent":
                clock = clocking.answered(clock)
            elif message.by == "customer":
                clock = clocking.wrote(clock, conversation.kind, message.at)
            clock = clocking.timed(clock, targets, facts, last_at)
        if conversation.status == "resolved":
            clock = clocking.put_down(clock)
        return clocking.timed(clock, targets, Facts(asked, conversation.status), last_at)

    def _add_messages(self, tx: Transaction, number: int, ids: list[int]) -> int:
        """The thread's order is that of its ids, so conversations are merged by time."""
        entries = [
            (message.at, place, order, conversation, message)
            for place, conversation in enumerate(self._contact.conversations)
            for order, message in enumerate(conversation.messages)
        ]
        feeds: dict[tuple[str, str, str], int] = defaultdict(int)
        newest: dict[int, int] = {}
        for _, place, _, conversation, message in sorted(entries, key=lambda entry: entry[:3]):
            feed = (conversation.kind, conversation.account, conversation.remote)
            feeds[feed] += message.by != "comment"
            values = _message(message, conversation, self._contact, feeds[feed])
            newest[ids[place]] = tx.run(
                "import_message", conversation=ids[place], contact=number, **values
            )
        for (kind, account, remote), last in feeds.items():
            tx.run("import_feed", kind=kind, account=account, remote=remote, last=last)
        for conversation_id, last_id in newest.items():
            tx.run("import_last", id=conversation_id, message=last_id)
        return len(entries)


def _identity_of(conversation: Conversation, identities: dict[tuple[str, str], int]) -> int:
    """The address that it came from, or another of its channel, or any."""
    exact = identities.get((conversation.kind, conversation.remote))
    same_kind = (number for (kind, _), number in identities.items() if kind == conversation.kind)
    return exact or next(same_kind, next(iter(identities.values())))


def _message(
    message: Message, conversation: Conversation, contact: Contact, seq: int
) -> dict[str, Any]:
    ours = message.by != "customer"
    sender = Party(address=conversation.remote, name=contact.name)
    return {
        "author_is": message.by,
        "author": (message.author or message.agent) if ours else contact.name,
        "agent": message.agent if ours else "",
        "kind": conversation.kind if message.by != "comment" else "",
        "account": conversation.account if message.by != "comment" else "",
        "remote": conversation.remote if message.by != "comment" else "",
        "remote_seq": seq if message.by != "comment" else 0,
        "at": message.at,
        "text": message.text,
        "sender": "" if ours or not conversation.remote else as_json(sender),
        "state": "sent" if message.by == "agent" else "",
    }
