"""What came in: known or new, whose, into which conversation, and to whom."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from router.core.placement import Place, place
from router.core.rulebook.facts import Opening
from router.core.targets.clock import Clock, Facts
from router.handling import (
    acknowledging,
    clocks,
    clues,
    contacts,
    conversations,
    dispatch,
    impostors,
    messages,
)
from router.lane import Work
from router.policy import Policy
from router.ruling import opening
from router.sending import capabilities
from wire import codec
from wire.codec import Malformed
from wire.marks import passing
from wire.messages.base import say
from wire.messages.channel import (
    Accepted,
    BouncedIn,
    DeletedIn,
    Duplicate,
    EditedIn,
    Event,
    IdentityIn,
    Intake,
    MessageIn,
    Party,
    Quarantined,
    ReactedIn,
    ReceiptIn,
    Refused,
    Taken,
    UnreadableIn,
)
from wire.words import N_

# Whom an adapter names when it cannot tell who wrote.
NOBODY = "unknown"
# What the ledger says of what was not taken as a message of its own.
BLOCKED = N_("the sender is blocked")
ANOTHER_WAY = N_("the same mail by another way")
ANOTHER_ACCOUNT = N_("the same mail came to another account before")


class Intaking:
    """Decides on the intake requests of one account."""

    def __init__(self, policy: Policy, kind: str, account: str) -> None:
        self._policy = policy
        self._kind = kind
        self._account = account
        # How an item gets its line; one that is tried again has it already.
        self._line = "add_ledger"

    def decide(self, intake: Intake) -> Callable[[Work], Taken]:
        """The job: everything of it in one savepoint, the cursor with it."""

        def job(work: Work) -> Taken:
            passing("intake.deciding", self._kind)
            if intake.cursor is not None:
                work.tx.run("save_cursor", cursor=intake.cursor, **self._where())
                passing("cursor.moving", self._kind)
            taken = self._known(work, intake.event) or self._taken(work, intake.event)
            passing("intake.decided", self._kind)
            return taken

        return job

    def aside(self, intake: Intake) -> Callable[[Work, Exception], Taken]:
        """It failed: kept whole in the ledger, the cursor moves on."""

        def job(work: Work, error: Exception) -> Taken:
            reason = f"{type(error).__name__}: {error}"[:500]
            if intake.cursor is not None:
                work.tx.run("save_cursor", cursor=intake.cursor, **self._where())
            line = self._came_again(work, intake.event.id)
            if line is not None:  # what became of it the first time stands
                return Quarantined(reason=reason, ledger=line.id)
            ledger = self._remember(work, intake.event.id, 0, "quarantined", reason,
                                    codec.encode(intake))  # fmt: skip
            work.event("quarantined")
            return Quarantined(reason=reason, ledger=ledger)

        return job

    def replayed(self, work: Work, event: Event) -> Taken:
        """Put aside or refused before, tried once more: its line says what becomes of it now."""
        self._line = "settle_line"
        return self._taken(work, event)

    def unread(self, payload: bytes, why: Malformed) -> Callable[[Work], Quarantined]:
        """A request that could not be decoded: kept as it came, for a person to look at."""

        def job(work: Work) -> Quarantined:
            event = f"malformed:{hashlib.sha256(payload).hexdigest()[:24]}"
            line = self._came_again(work, event)
            if line is not None:
                return Quarantined(reason=why.reason, ledger=line.id)
            ledger = self._remember(work, event, 0, "quarantined", why.reason, payload)
            work.event("quarantined")
            return Quarantined(reason=why.reason, ledger=ledger)

        return job

    # --- the same again ------------------------------------------------------------------------

    def _known(self, work: Work, event: Event) -> Taken | None:
        line = self._came_again(work, event.id)
        if line is None:
            return None
        row = work.tx.one("message", id=line.message) if line.message else None
        return Duplicate(message=line.message, seq=row.remote_seq if row else 0)

    def _came_again(self, work: Work, event: str) -> Any:
        """Its line if it came before; that it came once more stands there now."""
        line = work.tx.one("seen_event", event=event, **self._where())
        if line is not None:
            work.tx.run("came_again", id=line.id, now=work.now)
        return line

    # --- by kind of event ----------------------------------------------------------------------

    def _taken(self, work: Work, event: Event) -> Taken:
        handlers: dict[type[Event], Callable[[Work, Any], Taken]] = {
            MessageIn: self._message,
            EditedIn: self._edited,
            DeletedIn: self._deleted,
            ReactedIn: self._reacted,
            ReceiptIn: self._receipt,
            BouncedIn: self._bounced,
            IdentityIn: self._identity,
            UnreadableIn: self._unreadable,
        }
        return handlers[type(event)](work, event)

    def _message(self, work: Work, event: MessageIn) -> Taken:
        twin = self._twin(work, event)
        if twin is not None and _same(twin, event):
            return self._again(work, event, twin)
        if twin is not None:  # the same Message-ID with another body: kept, and said
            notes = event.notes | {"same_id": str(twin.conversation)}
            event = contacts.replaced(event, notes=notes)
        event = impostors.doubted(work, event)
        identity = contacts.identify(work, self._kind, event.sender, event.language)
        if identity.blocked:
            refused = codec.encode(Intake(event=event))
            self._remember(work, event.id, 0, "refused", BLOCKED, refused)
            return Refused(reason=BLOCKED)
        return self._placed(work, event, identity)

    def _twin(self, work: Work, event: MessageIn) -> messages.Row | None:
        """A mail with the same Message-ID, the very same if there is."""
        if not event.message_id or not work.tx.value("known_id", message_id=event.message_id):
            return None
        return work.tx.one(
            "mail_of_id", message_id=event.message_id, body_hash=event.body_hash,
            kind=self._kind, account=self._account,
        )  # fmt: skip

    def _again(self, work: Work, event: MessageIn, twin: messages.Row) -> Taken:
        """The very same mail: by another way, or to another of our addresses. Shown once."""
        if twin.account == self._account:
            self._remember(work, event.id, twin.id, "duplicate", ANOTHER_WAY)
        else:
            contacts.identify(work, self._kind, event.sender, event.language)  # it may prove more
            messages.also_came_to(work, twin.id, self._kind, self._account)
            self._remember(work, event.id, twin.id, "merged", ANOTHER_ACCOUNT)
        return Duplicate(message=twin.id, seq=twin.remote_seq)

    def _placed(self, work: Work, event: MessageIn, identity: contacts.Row) -> Taken:
        known = conversations.lately(work, identity.contact)
        spot = place(clues.facts(work, event, identity, within=self._policy.reopen_within,
                                 known=bool(known), **self._where()))  # fmt: skip
        message = messages.next_number(work)
        if spot.do == "open":
            account = self._policy.account(self._account, self._kind)
            rules = opening.ruled(work, self._asked(event), identity.contact, account)
            row = self._open(work, event, identity, spot, known, message, rules)
        else:
            row = self._followed(work, conversations.load(work, spot.conversation), event)
        late = bool(known) and known[0].last_at > event.at + messages.LATE
        guest = identity.id if clues.is_guest(work, row, identity) else 0
        seq = messages.add_inbound(work, row, event, message, spot.because, late=late, guest=guest)
        self._remember(work, event.id, message, "accepted")
        row = self._route(work, row, spot, event, message)
        conversations.tell(work, row, "message_added", message)
        if spot.do == "open":
            row = acknowledging.acknowledge(work, row, event, account, rules.reply)
        return Accepted(conversation=row.id, message=message, seq=seq)

    def _followed(self, work: Work, row: conversations.Row, event: MessageIn) -> conversations.Row:
        """The conversation goes on by the channel of its customer."""
        if (row.kind, row.account) == (self._kind, self._account):
            return row
        return conversations.move_to(work, row, "switched", remote=event.remote, **self._where())

    def _route(
        self, work: Work, row: conversations.Row, spot: Place, event: MessageIn, message: int
    ) -> conversations.Row:
        """New and reopened ones look for an agent; a snoozed one wakes."""
        if spot.do != "open":
            facts = clocks.facts(work, row)
            changes = messages.heard(work, clocks.of(row), facts, event, message)
            changes["subject"] = row.subject or event.subject
            if spot.do == "join" and (row.status != "snoozed" or event.automatic):
                return conversations.hear(work, row, changes)
            row = self._waits_again(work, row, spot, changes)
        given = dispatch.dispatch(work, "message", row.id)
        return conversations.load(work, row.id) if given else row

    def _waits_again(
        self, work: Work, row: conversations.Row, spot: Place, changes: dict[str, Any]
    ) -> conversations.Row:
        if spot.do == "reopen":
            messages.add_line(work, row, say("reopened: the customer wrote again"))
            changes |= conversations.reopened(work, row)
        return conversations.queue(work, row, "message", self._policy, **changes)

    def _open(
        self, work: Work, event: MessageIn, identity: contacts.Row, spot: Place,
        known: Sequence[conversations.Row], message: int, rules: opening.Ruled,
    ) -> conversations.Row:  # fmt: skip
        """It waits at once, with its first message heard."""
        preferred, until = conversations.preference(work, self._kind, known, self._policy)
        row = work.tx.one(
            "open_conversation",
            contact=identity.contact,
            identity=identity.id,
            remote=event.remote,
            subject=event.subject,
            opened=work.now,
            came_from=known[0].kind if known and known[0].kind != self._kind else "",
            continues=spot.continues,
            related=spot.related,
            preferred=preferred,
            preferred_until=until,
            **rules.columns,
            **self._where(),
            **messages.heard(work, Clock(), Facts(rules.asked, "waiting"), event, message),
        )
        conversations.tell(work, row, "message")
        conversations.stand_in_line(work, row)
        return row

    def _asked(self, event: MessageIn) -> Opening:
        """What rules are asked about."""
        return Opening(
            channel=self._kind, account=self._account, sender=event.sender.address,
            subject=event.subject, text=event.text, at=event.at,
        )  # fmt: skip

    def _edited(self, work: Work, event: EditedIn) -> Taken:
        row = self._of(work, event.of, event.remote)
        if row is None and event.text and not self._came(work, event.of):
            return self._never_came(work, event)
        if row is not None:
            messages.change(work, row, text=event.text, edited=True)
        return self._noted(work, event, row)

    def _never_came(self, work: Work, event: EditedIn) -> Taken:
        """Of a message that the channel never told: its words are that message."""
        taken = self._message(work, MessageIn(
            id=event.of, remote=event.remote, sender=Party(address=event.remote or NOBODY),
            at=event.at, text=event.text,
        ))  # fmt: skip
        if not isinstance(taken, Accepted):
            return taken
        row = work.tx.one("message", id=taken.message)
        messages.change(work, row, edited=True)
        return self._noted(work, event, row)

    def _came(self, work: Work, event: str) -> bool:
        return work.tx.one("seen_event", event=event, **self._where()) is not None

    def _deleted(self, work: Work, event: DeletedIn) -> Taken:
        row = self._of(work, event.of, event.remote)
        if row is not None:
            messages.change(work, row, deleted=True)
        return self._noted(work, event, row)

    def _reacted(self, work: Work, event: ReactedIn) -> Taken:
        row = self._of(work, event.of, event.remote)
        if row is not None:
            before = codec.decode(row.reactions.encode(), list[str])
            reactions = _with_reaction(before if isinstance(before, list) else [], event)
            messages.change(work, row, reactions=messages.as_json(reactions))
        return self._noted(work, event, row)

    def _receipt(self, work: Work, event: ReceiptIn) -> Taken:
        row = self._ours(work, event.of)
        rank = ("sent", "delivered", "read")
        if row is not None and event.state == "failed":
            messages.change(work, row, state="failed", reason=event.reason)
        elif row is not None and (
            row.state not in rank or rank.index(event.state) > rank.index(row.state)
        ):
            messages.change(work, row, state=event.state)
        return self._noted(work, event, row)

    def _bounced(self, work: Work, event: BouncedIn) -> Taken:
        """Only its own return path, or one of its recipients, says that a message failed."""
        row = work.tx.one("message_of_message_id", message_id=event.message_id)
        if row is None or row.account != self._account:
            return self._unmatched_bounce(work, event)
        if event.proved or _went_to(row, event.address):
            messages.change(work, row, state="failed", reason=event.reason or N_("it came back"))
            said = say("the mail to {address} came back: {reason}", address=event.address,
                       reason=event.reason)  # fmt: skip
        else:
            said = say("a report about a mail of ours names {address}, to whom it was not sent: "
                       "{reason}", address=event.address, reason=event.reason)  # fmt: skip
        messages.add_line(work, conversations.load(work, row.conversation), said)
        return self._noted(work, event, row)

    def _unmatched_bounce(self, work: Work, event: BouncedIn) -> Taken:
        """A bounce of nothing that we know is a mail like another: a person sees it."""
        return self._message(work, MessageIn(
            id=event.id, remote=event.remote, sender=Party(address=event.remote), at=event.at,
            text=event.text or event.reason, subject=event.reason, raw=event.raw, automatic=True,
            message_id=f"bounce:{event.id}",
        ))  # fmt: skip

    def _identity(self, work: Work, event: IdentityIn) -> Taken:
        identity = contacts.identify(work, self._kind, event.sender, "")
        if event.other is not None:
            contacts.tell_other(work, identity, event.other_kind, event.other, self._policy)
        return self._noted(work, event, None)

    def _unreadable(self, work: Work, event: UnreadableIn) -> Taken:
        sender = event.sender or Party(address=event.remote or NOBODY)
        topic = "" if self._is_in_chat(work, event) else f"unreadable:{event.raw or event.id}"
        return self._message(work, MessageIn(
            id=event.id, remote=event.remote, sender=sender, at=event.at, text="", raw=event.raw,
            message_id=topic, notes={"unreadable": event.reason}, attachments=event.attachments,
        ))  # fmt: skip

    def _is_in_chat(self, work: Work, event: UnreadableIn) -> bool:
        """A chat goes on with it; where mails have subjects, it is a topic of its own."""
        nobody = event.remote in ("", NOBODY)
        return not (nobody or capabilities(work.tx, self._kind, self._account).subject)

    # --- small things --------------------------------------------------------------------------

    def _of(self, work: Work, event: str, remote: str) -> messages.Row | None:
        """The message of an event id (the customer's), or of an outbox id (ours)."""
        row = work.tx.one("message_of_event", event=event, remote=remote, **self._where())
        return row or self._ours(work, event)

    def _ours(self, work: Work, known_as: str) -> messages.Row | None:
        """Our message by its outbox id or the channel's own name for it, on this account only."""
        head, _, number = known_as.partition("-")
        if head == "out" and number.isascii() and number.isdigit() and len(number) < 18:
            row = work.tx.one("outbox_row", id=int(number))
        else:
            row = work.tx.one("outbox_of_remote_id", remote_id=known_as, **self._where())
        if row is None or (row.kind, row.account) != (self._kind, self._account):
            return None
        return work.tx.one("message", id=row.message)

    def _noted(self, work: Work, event: Event, row: messages.Row | None) -> Taken:
        message = row.id if row is not None else 0
        self._remember(work, event.id, message, "accepted")
        return Accepted(message=message, conversation=row.conversation if row is not None else 0)

    def _remember(
        self, work: Work, event: str, message: int, verdict: str, reason: str = "",
        payload: bytes | None = None,
    ) -> int:  # fmt: skip
        """Its line in the ledger: one an item, which also makes a repeat invisible."""
        return work.tx.run(
            self._line, now=work.now, event=event, verdict=verdict, reason=reason,
            message=message, payload=payload, **self._where(),
        )  # fmt: skip

    def _where(self) -> dict[str, str]:
        return {"kind": self._kind, "account": self._account}


def _with_reaction(before: list[str], event: ReactedIn) -> list[str]:
    if not event.taken_back:
        return [*before, event.reaction][-20:]
    place = before.index(event.reaction) if event.reaction in before else len(before)
    return before[:place] + before[place + 1 :]


def _went_to(row: messages.Row, address: str) -> bool:
    """Whether our message was for this address; unnamed, it is the only one there was."""
    recipients, address = str(row.recipients).lower(), address.lower()
    if not address:
        return recipients.count('"address"') <= 1
    return f'"{address}"' in recipients or address == str(row.remote).lower()


def _same(row: messages.Row, event: MessageIn) -> bool:
    """The hash is of sender, words and files; where answers go must be the same as well."""
    asked = tuple(party.address for party in event.reply_to)
    before = messages.recipients(row).get("reply_to", ())
    return row.body_hash == event.body_hash and tuple(p.address for p in before) == asked
