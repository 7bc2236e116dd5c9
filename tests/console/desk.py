"""A twin of the desk: answers a console's verbs from memory and tells the news of what changed."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from wire import codec, subjects
from wire.bus import Request
from wire.memory_bus import Hub, MemoryBus
from wire.messages import news, verbs
from wire.messages.base import say
from wire.messages.capabilities import Capabilities
from wire.messages.channel import BlobHave, BlobPiece, Party
from wire.messages.desk import (
    Able,
    AccountRow,
    AgentRow,
    AuditRow,
    CannedReply,
    Change,
    ContactCard,
    ConversationRow,
    Counts,
    Decided,
    Hit,
    IdentityRow,
    LedgerRow,
    Merged,
    MergeField,
    MessageRow,
    Moment,
    Note,
    OfferRow,
    OutboxRow,
    Presence,
    Refusal,
    TeamRow,
    Why,
)
from wire.messages.rulebook import Problem

MAIL = Capabilities(
    kind="email", subject=True, recipients=True, attachments=True, can_start=True, undo=5.0,
    enter_sends=False,
)  # fmt: skip
CHAT = Capabilities(kind="webchat", typing=True, attachments=True, receipts="delivered")


@dataclass
class TwinDesk:
    """One agent's desk. `now` is its clock; tests move it."""

    now: float = 1_700_490_720.0
    agent: str = "ana"
    hub: Hub = field(default_factory=Hub)
    rows: dict[int, ConversationRow] = field(default_factory=dict)
    messages: dict[int, list[MessageRow]] = field(default_factory=lambda: defaultdict(list))
    cards: dict[int, ContactCard] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    asked: list[verbs.Ask] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)
    ledger: list[LedgerRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    raw_mail: str = "From: olga@kvit.example\nSubject: hello\n\nWhere is my order?"
    seq: int = 100
    epoch: int = 1
    moves: int = 0
    told: dict[str, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    canned: tuple[CannedReply, ...] = (
        CannedReply(
            id="hello", title="Hello", text="Hello {{contact.first_name}}, I am {{agent.name}}."
        ),
        CannedReply(id="track", title="Tracking", text="It is on its way: {{parcel.link}}"),
    )  # fmt: skip

    more_accounts: tuple[AccountRow, ...] = ()
    # Verbs that are refused, in these words; and what a conversation needs.
    refuses: dict[str, str] = field(default_factory=dict)
    offered: tuple[OfferRow, ...] = ()
    needs: str = "a chat in English"

    def __post_init__(self) -> None:
        self.me = AgentRow(
            id=self.agent, name="Ana", presence="online", teams=("support",), load=3, capacity=6
        )
        self.others = [
            AgentRow(id="bo", name="Bo", presence="online", teams=("support",), load=2),
            AgentRow(id="cy", name="Cy", presence="break", teams=("support",)),
        ]
        self.teams = [TeamRow(id="support", name="Support"), TeamRow(id="billing", name="Billing")]
        self._bus = MemoryBus(self.hub)
        self._ids = 1_000

    async def open(self) -> None:
        await self._bus.serve(subjects.EVERY_RPC, self._answer)

    async def connect(self) -> MemoryBus:
        """What a console connects with."""
        self.last = MemoryBus(self.hub, self.agent)
        return self.last

    # --- making customers ------------------------------------------------------------------------

    def number(self) -> int:
        self._ids += 1
        return self._ids

    def conversation(
        self, name: str, *, kind: str = "webchat", contact: int = 0, **fields: Any
    ) -> ConversationRow:
        contact = contact or self.number()
        given: dict[str, Any] = {
            "id": self.number(), "version": 1, "contact": contact, "contact_name": name,
            "kind": kind, "account": "site" if kind == "webchat" else "support", "subject": "",
            "status": "assigned", "team": "support", "owner": self.agent,
            "opened": self.now - 600, "last_at": self.now, "target": 60.0,
            "remote": f"{name.split()[0].lower()}@kvit.example",
        }  # fmt: skip
        given |= fields
        if given.get("due") is not None:  # three quarters of the time
            given = {"warn_at": given["due"] - given["target"] / 4} | given
        row = ConversationRow(**given)
        self.rows[row.id] = row
        card = self.cards.get(contact)
        if card is None:
            identity = IdentityRow(
                id=self.number(), kind=row.kind, address=row.remote, verified=True
            )
            self.cards[contact] = ContactCard(
                id=contact, version=1, name=name, identities=(identity,), online=True
            )
        return row

    def message(
        self, row: ConversationRow, text: str, *, by: str = "customer", **fields: Any
    ) -> MessageRow:
        customer = by == "customer"
        given: dict[str, Any] = {
            "id": self.number(), "version": 1, "conversation": row.id, "contact": row.contact,
            "by": by, "at": self.now, "accepted": self.now, "kind": row.kind,
            "account": row.account, "text": text,
            "author": row.contact_name if customer else self.me.name,
            "agent": "" if customer else self.agent,
            "sender": Party(address=row.remote, name=row.contact_name) if customer else None,
        }  # fmt: skip
        message = MessageRow(**(given | fields))
        self.messages[row.contact].append(message)
        return message

    async def writes(self, row: ConversationRow, text: str, **fields: Any) -> MessageRow:
        """The customer writes, and the console hears of it."""
        message = self.message(self.rows[row.id], text, **fields)
        now = self.rows[row.id]
        await self.becomes(
            row.id,
            unanswered=now.unanswered + 1,
            unanswered_since=now.unanswered_since or self.now,
            due=now.due or self.now + 60,
            warn_at=now.warn_at or self.now + 45,
            last_text=text,
            last_by="customer",
            last_at=self.now,
        )
        await self.tell(news.MessageIs(row=message))
        return message

    async def becomes(self, number: int, **changes: Any) -> ConversationRow:
        row = self.rows.get(number)
        assert row is not None
        row = msgspec.structs.replace(row, version=row.version + 1, **changes)
        self.rows[number] = row
        self._changed("conversation", conversation=row.id, contact=row.contact)
        await self.tell(news.ConversationIs(row=row))
        await self.tell(news.CountsAre(counts=self.counts()))
        return row

    # --- news ------------------------------------------------------------------------------------

    async def tell(self, body: Any, *, subject: str = "", lost: bool = False) -> None:
        """News to the agent; `lost` counts but does not arrive."""
        subject = subject or subjects.news_agent(self.agent)
        if not isinstance(body, news.Beat):
            self.seq += 1
        prev = self.told.get(subject, 0)
        seq = prev if isinstance(body, news.Beat) else self.seq
        self.told[subject] = seq
        if not lost:
            told = news.News(epoch=self.epoch, seq=seq, prev=prev, body=body)
            await self._bus.publish(subject, codec.encode(told))

    async def beat(self) -> None:
        await self.tell(news.Beat(at=self.now))

    async def raw(self, payload: bytes) -> None:
        await self._bus.publish(subjects.news_agent(self.agent), payload)

    def _changed(self, what: str, *, conversation: int = 0, contact: int = 0) -> int:
        self.seq += 1
        self.changes.append(
            Change(seq=self.seq, at=self.now, what=what, conversation=conversation, contact=contact)
        )
        return self.seq

    # --- answers ---------------------------------------------------------------------------------

    async def _answer(self, request: Request) -> bytes:
        _agent, verb = subjects.asker_of(request.subject)
        call = msgspec.json.decode(request.payload, type=verbs.Call)
        if call.key in self.answers:
            return self.answers[call.key]
        ask = msgspec.json.decode(call.body, type=verbs.VERBS[verb])
        if verb != "beat":
            self.asked.append(ask)
        try:
            value = await self._do(ask)
        except _No as no:
            return codec.encode(no.no)
        answer = codec.encode(verbs.Ok(body=msgspec.Raw(codec.encode(value))))
        if call.key:
            self.answers[call.key] = answer
        return answer

    async def _do(self, ask: verbs.Ask) -> Any:
        if ask.verb in self.refuses:
            raise _no("invalid", self.refuses[ask.verb])
        act: Callable[[Any], Any] = getattr(self, f"_{type(ask).verb}")
        return await act(ask)

    def counts(self) -> Counts:
        mine = [r for r in self.rows.values() if r.owner == self.agent and r.status == "assigned"]
        late = [r for r in mine if r.due is not None and r.due < self.now]
        coming = [r.due for r in mine if r.due is not None and r.due >= self.now]
        open_ = [r for r in self.rows.values() if r.status in ("assigned", "waiting")]
        return Counts(
            mine=len(mine), mine_late=len(late), mine_next=min(coming, default=None),
            team=len(open_), waiting=sum(r.status == "waiting" for r in open_),
            team_worst=min((r.due for r in open_ if r.due is not None), default=None),
            snoozed=sum(r.status == "snoozed" for r in self.rows.values()),
        )  # fmt: skip

    async def _hello(self, ask: verbs.Hello) -> verbs.Welcome:
        accounts = (
            AccountRow(kind="email", account="support", address="support@desk.example",
                       title="Support", capabilities=MAIL),
            AccountRow(kind="webchat", account="site", title="The site", capabilities=CHAT),
            *self.more_accounts,
        )  # fmt: skip
        return verbs.Welcome(
            agent=self.me, epoch=self.epoch, seq=self.seq, now=self.now, release="0.1.0",
            counts=self.counts(), teams=tuple(self.teams), accounts=accounts,
            colleagues=(self.me, *self.others), canned=self.canned, offers=self.offered,
        )  # fmt: skip

    async def _beat(self, ask: verbs.Heartbeat) -> verbs.Done:
        self.standing = ask
        return verbs.Done()

    async def _queue(self, ask: verbs.Queue) -> verbs.QueuePage:
        rows = [row for row in self.rows.values() if self._in(row, ask.view)]
        rows = [r for r in rows if ask.filter.lower() in f"{r.contact_name} {r.subject}".lower()]
        rows.sort(key=lambda row: (row.due is None, row.due or 0.0, row.id))
        start = int(ask.after or 0)
        window = tuple(rows[start : start + ask.limit])
        after = str(start + ask.limit) if start + ask.limit < len(rows) else ""
        return verbs.QueuePage(
            seq=self.seq, rows=window, counts=self.counts(), next=after, total=len(rows)
        )

    def _in(self, row: ConversationRow, view: str) -> bool:
        if view == "mine":
            return row.owner == self.agent and row.status == "assigned"
        if view == "team":
            return row.status in ("assigned", "waiting")
        return view == "all" or row.status == view

    async def _rows(self, ask: verbs.RowsOf) -> verbs.Rows:
        found = tuple(self.rows[number] for number in ask.ids if number in self.rows)
        return verbs.Rows(seq=self.seq, rows=found)

    async def _timeline(self, ask: verbs.Timeline) -> verbs.TimelinePage:
        all_ = self.messages[ask.contact]
        found = [m for m in all_ if not ask.before or m.id < ask.before]
        window = found[-ask.limit :]
        rows = tuple(r for r in self.rows.values() if r.contact == ask.contact)
        return verbs.TimelinePage(
            seq=self.seq, contact=ask.contact, messages=tuple(window), conversations=rows,
            more=len(found) > len(window),
        )  # fmt: skip

    async def _contact(self, ask: verbs.Contact) -> ContactCard:
        card = self.cards[ask.contact]
        rows = tuple(r for r in self.rows.values() if r.contact == ask.contact)
        return msgspec.structs.replace(card, conversations=rows)

    async def _find_contacts(self, ask: verbs.FindContacts) -> verbs.Contacts:
        words = ask.words.lower()
        return verbs.Contacts(rows=tuple(c for c in self.cards.values() if words in c.name.lower()))

    async def _search(self, ask: verbs.Search) -> verbs.Hits:
        hits = tuple(
            Hit(what="message", contact=contact, contact_name=self.cards[contact].name,
                conversation=m.conversation, message=m.id, at=m.at, snippet=m.text)
            for contact, messages in self.messages.items()
            for m in messages
            if ask.query.lower() in m.text.lower()
        )  # fmt: skip
        return verbs.Hits(hits=hits)

    async def _why(self, ask: verbs.WhyIs) -> Why:
        """Waiting now, unless one of the two decisions is asked for."""
        now = self.now
        decisions = (
            Decided(number=8, at=now - 60, said=say("{agent} gave it back", agent="Bo")),
            Decided(number=5, at=now - 300, said=say("{reason}: {agent} was chosen",
                                                     reason="the customer wrote", agent="bo")),
        )  # fmt: skip
        if ask.decision:
            return Why(
                conversation=ask.conversation, at=now - 300, trigger="message", chosen="bo",
                requirement=say(self.needs), decision=ask.decision, decisions=decisions,
                because=say("is the longest idle of those who can: {idle_for}, next {next} with "
                            "{next_for}", idle_for=252.0, next="cy", next_for=130.0),
                able=(Able(agent="bo", said=(say("idle {idle_for}", idle_for=252.0),)),
                      Able(agent="cy", said=(say("idle {idle_for}", idle_for=130.0),))),
                able_in_all=2,
            )  # fmt: skip
        lacks = say("lacks {skill} {level} until {until}", skill="fr", level=3, until=now + 90)
        nowhere = say("is not in team {team}", team="support")
        return Why(
            conversation=ask.conversation, at=now, trigger="", requirement=say(self.needs),
            timeline=(
                Moment(at=now - 300, said=say(self.needs), taken=True),
                Moment(at=now - 180, said=say("{skill} {level} is enough", skill="fr", level=3),
                       taken=True),
                Moment(at=now + 90, said=say("{skill} {level} is no longer asked", skill="fr",
                                             level=3)),
            ),
            refused=(
                Refusal(agent="ana", said=say("at {load} of {capacity} units, this one takes "
                                              "{weight}", load=6, capacity=6, weight=2)),
                Refusal(agent="cy", said=say("is on a break: {reason}", reason="lunch")),
                Refusal(agent="dee", said=lacks),
                *(Refusal(agent=name, said=nowhere) for name in ("eve", "fay", "gus", "hal")),
            ),
            next=say("whoever becomes able first takes it; at {at} it asks something else",
                     at=now + 90),
            decisions=decisions,
        )  # fmt: skip

    async def _audit(self, ask: verbs.ReadAudit) -> verbs.Audit:
        name = self.cards[ask.contact].name
        row = AuditRow(id=1, at=self.now, agent=self.agent, what="searched", contact=ask.contact,
                       detail=name)  # fmt: skip
        return verbs.Audit(rows=(row,))

    async def _ledger(self, ask: verbs.ReadLedger) -> verbs.Ledger:
        rows = [row for row in self.ledger if row.id < (ask.before or 10**9)]
        kept = [row for row in rows if ask.verdict in ("", row.verdict)]
        return verbs.Ledger(rows=tuple(kept[: ask.limit]))

    async def _problems(self, ask: verbs.ReadProblems) -> verbs.Problems:
        return verbs.Problems(rows=tuple(self.problems))

    async def _ledger_item(self, ask: verbs.ReadItem) -> verbs.LedgerItem:
        row = next(row for row in self.ledger if row.id == ask.line)
        found = next((m for of in self.messages.values() for m in of if m.id == row.message), None)
        return verbs.LedgerItem(
            row=row, contact=found.contact if found else 0,
            conversation=found.conversation if found else 0, text=self.raw_mail,
        )  # fmt: skip

    async def _replay(self, ask: verbs.Replay) -> verbs.Done:
        self.ledger = [
            msgspec.structs.replace(row, verdict="accepted", kept=False, reason="")
            if row.id == ask.line else row for row in self.ledger
        ]  # fmt: skip
        return verbs.Done(said=say("It is taken now."))

    async def _outbox(self, ask: verbs.ReadOutbox) -> verbs.Outbox:
        open_ = ("held", "ready", "sending", "ambiguous", "failed")
        rows = [
            OutboxRow(
                id=m.id, message=m.id, conversation=m.conversation, contact=m.contact, kind=m.kind,
                account=m.account, remote="olga@kvit.example", state=m.state, at=m.at,
                author=m.author, text=m.text, reason=m.reason,
            )
            for of in self.messages.values() for m in of
            if m.by == "agent" and m.state in ((ask.state,) if ask.state else open_)
            and m.id < (ask.before or 10**9)
        ]  # fmt: skip
        return verbs.Outbox(rows=tuple(sorted(rows, key=lambda row: -row.id)[: ask.limit]))

    async def _since(self, ask: verbs.Since) -> verbs.Changes:
        return verbs.Changes(
            seq=self.seq, changes=tuple(c for c in self.changes if c.seq > ask.seq)
        )

    async def _who(self, ask: verbs.Who) -> verbs.Colleagues:
        return verbs.Colleagues(
            agents=(self.me, *self.others), teams=tuple(self.teams), skills=("german",)
        )

    async def _reply(self, ask: verbs.Reply) -> verbs.Done:
        row = self.rows[ask.conversation]
        newer = [m for m in self.messages[row.contact] if m.id > ask.seen and m.by != "desk"]
        newer = [m for m in newer if m.agent != self.agent]
        if newer and not ask.anyway:
            raise _no("stale", "Somebody wrote meanwhile.", now=newer[-1].id)
        message = self.message(
            row, ask.text, by="agent", state="held", undo_until=self.now + 5, to=ask.to,
            cc=ask.cc, attachments=ask.attachments,
        )  # fmt: skip
        await self.tell(news.MessageIs(row=message))
        await self.becomes(
            row.id, unanswered=0, unanswered_since=None, due=None, last_text=ask.text,
            last_by="agent",
        )  # fmt: skip
        return verbs.Done(seq=self.seq, conversation=row.id, message=message.id)

    async def delivers(self, message: int, state: str = "delivered") -> None:
        for messages in self.messages.values():
            for place, old in enumerate(messages):
                if old.id == message:
                    new = msgspec.structs.replace(
                        old, version=old.version + 1, state=state, undo_until=None
                    )
                    messages[place] = new
                    await self.tell(news.MessageIs(row=new))

    async def _undo(self, ask: verbs.Undo) -> verbs.Done:
        await self.delivers(ask.message, "cancelled")
        return verbs.Done(message=ask.message)

    async def _resend(self, ask: verbs.Resend) -> verbs.Done:
        await self.delivers(ask.message, {"again": "ready", "sent": "sent"}.get(ask.settle, ""))
        return verbs.Done(message=ask.message)

    async def _comment(self, ask: verbs.Comment) -> verbs.Done:
        message = self.message(self.rows[ask.conversation], ask.text, by="comment")
        await self.tell(news.MessageIs(row=message))
        return verbs.Done(message=message.id)

    async def _compose(self, ask: verbs.Compose) -> verbs.Done:
        row = self.conversation(ask.to[0].address, kind=ask.kind, subject=ask.subject)
        await self.tell(news.ConversationIs(row=row))
        return await self._said(row, ask.text)

    async def _forward(self, ask: verbs.Forward) -> verbs.Done:
        return verbs.Done(message=self.number())

    async def _said(self, row: ConversationRow, text: str) -> verbs.Done:
        message = self.message(row, text, by="agent", state="held", undo_until=self.now + 5)
        await self.tell(news.MessageIs(row=message))
        return verbs.Done(conversation=row.id, message=message.id)

    async def _changes_row(self, number: int, **changes: Any) -> verbs.Done:
        row = await self.becomes(number, **changes)
        return verbs.Done(seq=self.seq, conversation=number, version=row.version)

    async def _take(self, ask: verbs.Take) -> verbs.Done:
        return await self._changes_row(ask.conversation, owner=self.agent, status="assigned")

    async def _assign(self, ask: verbs.Assign) -> verbs.Done:
        status = "assigned" if ask.agent else "waiting"
        return await self._changes_row(ask.conversation, owner=ask.agent, status=status)

    async def _transfer(self, ask: verbs.Transfer) -> verbs.Done:
        status = "assigned" if ask.agent else "waiting"
        return await self._changes_row(ask.conversation, owner=ask.agent, status=status)

    async def _release(self, ask: verbs.Release) -> verbs.Done:
        return await self._changes_row(ask.conversation, owner="", status="waiting")

    async def _resolve(self, ask: verbs.Resolve) -> verbs.Done:
        return await self._changes_row(ask.conversation, status="resolved", due=None)

    async def _reopen(self, ask: verbs.Reopen) -> verbs.Done:
        return await self._changes_row(ask.conversation, status="assigned")

    async def _snooze(self, ask: verbs.Snooze) -> verbs.Done:
        return await self._changes_row(ask.conversation, status="snoozed", snoozed_until=ask.until)

    async def _tag(self, ask: verbs.Tag) -> verbs.Done:
        tags = {*self.rows[ask.conversation].tags, *ask.add} - set(ask.remove)
        return await self._changes_row(ask.conversation, tags=tuple(sorted(tags)))

    async def _priority(self, ask: verbs.Prioritise) -> verbs.Done:
        return await self._changes_row(ask.conversation, priority=ask.priority)

    async def _presence(self, ask: verbs.SetPresence) -> verbs.Done:
        await self.is_present(ask.presence, ask.reason)
        return verbs.Done()

    async def is_present(self, presence: Presence, reason: str = "") -> None:
        self.me = msgspec.structs.replace(self.me, presence=presence, reason=reason)
        await self.tell(news.PresenceIs(agent=self.agent, presence=presence, reason=reason,
                                        at=self.now))  # fmt: skip

    async def _own_limits(self, ask: verbs.SetOwnLimits) -> verbs.Done:
        return verbs.Done()

    async def offers_to(self, *offers: OfferRow) -> None:
        self.offered = offers
        await self.tell(news.OffersAre(offers=offers))

    async def _offers(self, ask: verbs.Offers) -> verbs.OffersPage:
        return verbs.OffersPage(rows=self.offered)

    async def _accept(self, ask: verbs.Accept) -> verbs.Done:
        (offer,) = (one for one in self.offered if one.id == ask.offer)
        await self.offers_to(*(one for one in self.offered if one != offer))
        return await self._changes_row(offer.conversation, owner=self.agent, status="assigned")

    async def _decline(self, ask: verbs.Decline) -> verbs.Done:
        await self.offers_to(*(one for one in self.offered if one.id != ask.offer))
        return verbs.Done()

    async def _wrapped(self, ask: verbs.Wrapped) -> verbs.Done:
        self.me = msgspec.structs.replace(self.me, wraps_until=0.0)
        await self.tell(news.AgentIs(row=self.me))
        return verbs.Done()

    async def _hand_over(self, ask: verbs.HandOver) -> verbs.Done:
        return verbs.Done(said=say("Handed over: {count}.", count=2))

    async def _note(self, ask: verbs.WriteNote) -> Note:
        old = self.cards[ask.contact].note
        if old and old.revision != ask.revision:
            raise _no("conflict", "A colleague changed the note.", now=old.revision)
        note = Note(
            contact=ask.contact, revision=ask.revision + 1, text=ask.text, by=self.agent,
            at=self.now,
        )  # fmt: skip
        self.noted(note)
        await self.tell(news.NoteIs(note=note))
        return note

    def noted(self, note: Note) -> None:
        card = self.cards[note.contact]
        self.cards[note.contact] = msgspec.structs.replace(
            card, note=note, version=card.version + 1
        )

    async def _block(self, ask: verbs.Block) -> verbs.Done:
        return await self._identity(ask.identity, blocked=ask.blocked)

    async def _link(self, ask: verbs.Link) -> verbs.Done:
        return await self._identity(ask.identity, evidence="an agent said so")

    async def _unlink(self, ask: verbs.Unlink) -> verbs.Done:
        return await self._identity(ask.identity, evidence="")

    async def _move_plan(self, ask: verbs.PlanMove) -> verbs.Plan:
        said = say("The message goes from #{conversation} to #{target}.", conversation=0,
                   target=ask.into)  # fmt: skip
        return verbs.Plan(said=(said, say("The customer notices nothing. It can be moved back.")))

    async def _move(self, ask: verbs.Move) -> verbs.Done:
        """The rows of a thread are those of its contact: a moved message says where it was."""
        for messages in self.messages.values():
            for place, old in enumerate(messages):
                if old.id == ask.message:
                    said = say("moved here from #{conversation} by {agent}",
                               conversation=old.conversation, agent="Ana")  # fmt: skip
                    messages[place] = msgspec.structs.replace(
                        old, version=old.version + 1, conversation=ask.into or old.conversation,
                        home=old.conversation, placed=said)  # fmt: skip
                    await self.tell(news.ThreadChanged(contact=old.contact))
        self.moves += 1
        return verbs.Done(conversation=ask.into or ask.conversation, move=self.moves)

    async def _move_back(self, ask: verbs.MoveBack) -> verbs.Done:
        return verbs.Done()

    async def _merge_plan(self, ask: verbs.PlanMerge) -> verbs.MergePlan:
        kept, gone = self.cards[ask.kept], self.cards[ask.gone]
        name = gone.name if "name" in ask.take else kept.name
        fields = (
            MergeField(name="name", kept=kept.name, gone=gone.name, result=name, conflict=True),
            MergeField(name="language", kept=kept.language, gone=gone.language,
                       result=kept.language or gone.language),
        )  # fmt: skip
        return verbs.MergePlan(kept=kept.id, gone=gone.id, fields=fields,
                               said=(say("It can be undone, also later."),))  # fmt: skip

    async def _merge(self, ask: verbs.Merge) -> verbs.Done:
        kept, gone = self.cards[ask.kept], self.cards[ask.gone]
        merged = Merged(id=gone.id, name=gone.name, by=self.agent, at=self.now)
        self.cards[kept.id] = msgspec.structs.replace(
            kept, version=kept.version + 1, merged=(merged,),
            identities=(*kept.identities, *gone.identities))  # fmt: skip
        await self.tell(news.ContactChanged(contact=kept.id, version=kept.version + 1))
        return verbs.Done()

    async def _unmerge(self, ask: verbs.Unmerge) -> verbs.Done:
        for card in list(self.cards.values()):
            if any(one.id == ask.contact for one in card.merged):
                self.cards[card.id] = msgspec.structs.replace(
                    card, version=card.version + 1, merged=())  # fmt: skip
                await self.tell(news.ContactChanged(contact=card.id, version=card.version + 1))
        return verbs.Done()

    async def _identity(self, number: int, **changes: Any) -> verbs.Done:
        for card in list(self.cards.values()):
            found = _changed(card.identities, number, changes)
            if found != card.identities:
                self.cards[card.id] = msgspec.structs.replace(
                    card, identities=found, version=card.version + 1
                )
                await self.tell(news.ContactChanged(contact=card.id, version=card.version + 1))
        return verbs.Done()

    async def _blob_put(self, ask: verbs.BlobPut) -> BlobHave:
        have = self.blobs.setdefault(ask.sha256, b"")
        if len(have) == ask.offset:
            self.blobs[ask.sha256] = have + ask.data
        return BlobHave(bytes=len(self.blobs[ask.sha256]))

    async def _blob_get(self, ask: verbs.BlobGet) -> BlobPiece:
        data = self.blobs[ask.sha256]
        return BlobPiece(size=len(data), data=data[ask.offset : ask.offset + 262_144])

    def file(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        self.blobs[name] = data
        return name

    def asks(self, kind: type[Any]) -> list[Any]:
        return [ask for ask in self.asked if isinstance(ask, kind)]


class _No(Exception):
    def __init__(self, no: verbs.No) -> None:
        super().__init__(no.code)
        self.no = no


def _no(code: str, text: str, now: int = 0) -> _No:
    return _No(verbs.No(code=code, said=say(text), now=now))


def _changed(
    identities: Iterable[IdentityRow], number: int, changes: dict[str, Any]
) -> tuple[IdentityRow, ...]:
    return tuple(
        msgspec.structs.replace(identity, **changes) if identity.id == number else identity
        for identity in identities
    )
