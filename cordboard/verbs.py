"""Everything that an agent can do at the desk, as commands: one row a command."""

from typing import Any

from console.words.catalogue import _
from cordboard.verb_options import Phrase
from wire.messages import verbs
from wire.messages.desk import ContactCard, Note


def _unless_seen(values: dict[str, Any]) -> dict[str, Any]:
    """Who does not say what they saw cannot have missed anything newer."""
    return values if values.get("seen") else {**values, "anyway": True}


def _of_all(values: dict[str, Any]) -> dict[str, Any]:
    return {"view": "all", **values}


async def _note(desk: Any, card: ContactCard, values: dict[str, Any]) -> Note:
    return card.note or Note(contact=card.id, revision=0, text="")


async def _canned(desk: Any, welcome: verbs.Welcome, values: dict[str, Any]) -> Any:
    return welcome.canned


async def _invited(desk: Any, done: verbs.Done, values: dict[str, Any]) -> Any:
    return await desk.call(verbs.Invite(agent=values["agent"]))


PHRASES = (
    # looking
    Phrase("status", verbs.Status, _("How the desk does.")),
    Phrase("queue", verbs.Queue, _("A list of conversations, what is due first."), ("view",)),
    Phrase("rows", verbs.RowsOf, _("Conversations by number."), ("ids",)),
    Phrase(
        "thread",
        verbs.Timeline,
        _("What was written with a contact, on all channels."),
        ("contact",),
        fixed={"watch": False},
    ),
    Phrase("contact show", verbs.Contact, _("All that is known of a contact."), ("contact",)),
    Phrase("contacts", verbs.FindContacts, _("Contacts by name or address."), ("words",)),
    Phrase("search", verbs.Search, _("Search all that was written."), ("query",)),
    Phrase(
        "standing",
        verbs.StandingOf,
        _("Where a conversation stands in the queue, and how long it will wait."),
        ("conversation",),
    ),
    Phrase("ledger show", verbs.ReadItem, _("An inbound item whole, as it came."), ("line",)),
    Phrase(
        "ledger replay",
        verbs.Replay,
        _("Try an item again that was put aside or refused."),
        ("line",),
    ),
    Phrase(
        "ledger reconcile",
        verbs.Reconcile,
        _("Compare a mailbox with the ledger; --take fetches what is missing."),
        ("account",),
    ),
    Phrase("ledger", verbs.ReadLedger, _("What came in, and what became of it.")),
    *(
        Phrase(f"outbox {name}", verbs.Resend, said, ("message",), fixed={"settle": settle})
        for name, settle, said in (
            ("again", "again", _("Send a message again that failed or may have failed.")),
            ("arrived", "sent", _("It did arrive: count it as sent.")),
            ("drop", "drop", _("Leave it unsent; the customer waits again.")),
        )
    ),
    Phrase("outbox", verbs.ReadOutbox, _("What is on its way out, failed or is uncertain.")),
    Phrase("audit", verbs.ReadAudit, _("Who saw, sent and changed what.")),
    Phrase("changes", verbs.Since, _("What happened since a place in the event log."), ("seq",)),
    Phrase(
        "route problems",
        verbs.ReadProblems,
        _("What waits though nobody could ever take it."),
    ),
    Phrase(
        "conversations",
        verbs.Queue,
        _("Conversations that a query finds, as: channel:wa waiting:>10m -owner:me"),
        ("filter",),
        finish=_of_all,
    ),
    # saying
    Phrase(
        "reply",
        verbs.Reply,
        _("Answer the customer."),
        ("conversation", "text"),
        finish=_unless_seen,
    ),
    Phrase("compose", verbs.Compose, _("Write first."), ("kind", "account", "text")),
    Phrase("forward", verbs.Forward, _("Send a message on to somebody else."), ("message",)),
    Phrase("undo", verbs.Undo, _("Take a message back while that is possible."), ("message",)),
    Phrase(
        "resend", verbs.Resend, _("Settle a message that failed or may have failed."), ("message",)
    ),
    Phrase("comment", verbs.Comment, _("Words for colleagues only."), ("conversation", "text")),
    # moving
    Phrase("take", verbs.Take, _("Take a conversation."), ("conversation",)),
    Phrase("assign", verbs.Assign, _("Give it to an agent or a team."), ("conversation", "agent")),
    Phrase("release", verbs.Release, _("Give it back to the queue."), ("conversation",)),
    Phrase("transfer", verbs.Transfer, _("Hand it over with a word."), ("conversation",)),
    Phrase("resolve", verbs.Resolve, _("It is done."), ("conversation",)),
    Phrase("reopen", verbs.Reopen, _("It is not done."), ("conversation",)),
    Phrase("snooze", verbs.Snooze, _("Put it away for a time."), ("conversation", "until")),
    Phrase("tag", verbs.Tag, _("Add and remove tags."), ("conversation",)),
    Phrase(
        "priority",
        verbs.Prioritise,
        _("How urgent it is."),
        ("conversation", "priority"),
    ),
    Phrase("presence", verbs.SetPresence, _("Whether you take new work."), ("presence",)),
    Phrase("offers", verbs.Offers, _("What is offered to you now.")),
    Phrase("accept", verbs.Accept, _("Have what was offered to you."), ("offer",)),
    Phrase("decline", verbs.Decline, _("Leave it to somebody else."), ("offer",)),
    Phrase("wrapped", verbs.Wrapped, _("You are done with finishing what you resolved.")),
    Phrase(
        "limits",
        verbs.SetOwnLimits,
        _("Take less at once for some hours; without a number, as the house gave you."),
    ),
    Phrase(
        "handover",
        verbs.HandOver,
        _("All open work of an agent goes to another, to a team or back to the queue."),
        ("agent",),
    ),
    Phrase("block", verbs.Block, _("Refuse a sender from now on."), ("identity",)),
    Phrase(
        "contact link",
        verbs.Link,
        _("An address belongs to a contact."),
        ("identity", "contact"),
    ),
    Phrase("contact unlink", verbs.Unlink, _("Undo a link."), ("identity",)),
    Phrase(
        "contact set",
        verbs.SetContact,
        _("Change what is known of a contact: tags, name, company, language."),
        ("contact",),
    ),
    Phrase(
        "contact compare",
        verbs.PlanMerge,
        _("Two contacts side by side, and what they would be as one."),
        ("kept", "gone"),
    ),
    Phrase("contact merge", verbs.Merge, _("Make two contacts one."), ("kept", "gone")),
    Phrase("contact unmerge", verbs.Unmerge, _("Make them two again."), ("contact",)),
    Phrase(
        "move",
        verbs.Move,
        _("Move a message or a conversation to another conversation or contact."),
    ),
    Phrase("move preview", verbs.PlanMove, _("What a move would do; nothing changes.")),
    Phrase("move back", verbs.MoveBack, _("Undo a move."), ("move",)),
    Phrase("note set", verbs.WriteNote, _("Replace the note."), ("contact", "text")),
    Phrase("note show", verbs.Contact, _("The shared note."), ("contact",), then=_note),
    Phrase("canned list", verbs.Hello, _("The ready texts."), fixed={"release": ""}, then=_canned),
    # keeping the house
    Phrase(
        "agent add",
        verbs.SetAgent,
        _("Add an agent, and make the code with which they log in."),
        ("agent",),
        without=("password", "enabled"),
        fixed={"new": True},
        then=_invited,
    ),
    Phrase(
        "agent set",
        verbs.SetAgent,
        _("Change an agent. A password is set with: cordboard agent password"),
        ("agent",),
        without=("password",),
        fixed={"new": False},
    ),
    Phrase("agent list", verbs.Who, _("Who works here, in which teams.")),
    Phrase("agent invite", verbs.Invite, _("A code that lets an agent log in once."), ("agent",)),
    Phrase("agent consoles", verbs.ConsolesOf, _("The consoles that are let in."), ("agent",)),
    Phrase("agent revoke", verbs.Logout, _("Shut a console out, at once."), ("key",)),
    Phrase("team add", verbs.SetTeam, _("Add a team, or rename it."), ("team", "name")),
    Phrase(
        "pause",
        verbs.SetSending,
        _("Hold back everything that is to be sent, until: cordboard resume"),
        fixed={"on": False},
    ),
    Phrase("resume", verbs.SetSending, _("Send again."), fixed={"on": True}),
    Phrase("skill add", verbs.SetSkill, _("Add a skill, or rename it."), ("skill", "name")),
)

# Verbs that have a command of their own elsewhere, or are for consoles only.
ELSEWHERE = (
    verbs.Heartbeat,
    verbs.BlobGet,
    verbs.BlobPut,
    verbs.CheckUp,
    verbs.MakeSnapshot,
    verbs.ReadHistory,
    verbs.SetCanned,
    verbs.WhyIs,
    verbs.RulebookLoad,
    verbs.RulebookShow,
    verbs.Login,
)
