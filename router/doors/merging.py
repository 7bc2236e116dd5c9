"""Make two contacts one, and two again. Both must be this agent's to see."""

from typing import Any

from router.core import merging as fields
from router.doors import shown, sight
from router.doors.asker import Doing, Looking, Reading, Refused
from router.handling import merging
from router.ruling import rerouting
from wire.messages.base import Said, say
from wire.messages.desk import MergeField
from wire.messages.verbs import Done, Merge, MergePlan, Merging, PlanMerge, Unmerge

Row = Any
# The words of two notes together (characters).
NOTES = 60_000


def plan(read: Reading, ask: PlanMerge) -> MergePlan:
    """Field by field what both say and what it would become; nothing changes."""
    kept, gone = _both(read, ask)
    mine, theirs = (merging.values(read.rows, row) for row in (kept, gone))
    result = _together(mine, theirs, ask)
    differing = fields.differs(mine, theirs)
    rows = tuple(
        MergeField(name=name, kept=_text(mine[name]), gone=_text(theirs[name]),
                   result=_text(result[name]), conflict=name in differing)
        for name in fields.FIELDS if mine[name] or theirs[name]
    )  # fmt: skip
    return MergePlan(kept=kept.id, gone=gone.id, fields=rows, said=_said(read, kept, gone))


def merge(doing: Doing, ask: Merge) -> Done:
    kept, gone = _both(doing, ask)
    mine, theirs = (merging.values(doing.rows, row) for row in (kept, gone))
    result = _together(mine, theirs, ask)
    merging.merge(doing.work, kept, gone, result, agent=doing.asker.id, policy=doing.policy)
    rerouting.contact_changed(doing.work, kept.id, doing.policy)
    return Done(version=doing.rows.one("contact", id=kept.id).version)


def unmerge(doing: Doing, ask: Unmerge) -> Done:
    gone = doing.rows.one("contact", id=ask.contact)
    if gone is None:
        raise Refused("gone", say("There is no contact #{number}.", number=ask.contact))
    if not gone.merged:
        sight.contact(doing, gone.id)
        raise Refused("conflict", say("Contact #{number} was not merged into another.",
                                      number=gone.id))  # fmt: skip
    sight.contact(doing, gone.stands)
    merging.unmerge(doing.work, gone, agent=doing.asker.id, policy=doing.policy)
    for contact in (gone.stands, gone.id):
        rerouting.contact_changed(doing.work, contact, doing.policy)
    return Done(version=doing.rows.one("contact", id=gone.id).version)


def _both(look: Looking, ask: Merging) -> tuple[Row, Row]:
    if ask.kept == ask.gone:
        raise Refused("invalid", say("These are one contact already."))
    return sight.contact(look, ask.kept), sight.contact(look, ask.gone)


def _together(mine: fields.Values, theirs: fields.Values, ask: Merging) -> fields.Values:
    unknown = {*ask.take, *ask.keep} - {*fields.CHOSEN, *fields.UNITED}
    if unknown:
        raise Refused("invalid", say("There is no field {field} to choose.",
                                     field=min(unknown)[:40]))  # fmt: skip
    result = fields.together(mine, theirs, take=ask.take, keep=ask.keep)
    if len(result["note"]) > NOTES:
        raise Refused("too_large", say("The two notes together are too long: shorten one first."))
    return result


def _said(read: Reading, kept: Row, gone: Row) -> tuple[Said, ...]:
    addresses = read.rows.all("identities_of", contact=gone.id)
    moved = read.rows.all("conversations_of_contact", contact=gone.id, limit=1_000)
    return (
        say("{name} (#{gone}) becomes part of {kept_name} (#{kept}): addresses {addresses}, "
            "conversations {conversations}.", name=gone.name, gone=gone.id, kept_name=kept.name,
            kept=kept.id, addresses=len(addresses), conversations=len(moved)),
        say("Whoever may see one of the two sees both then."),
        say("It can be undone, also later: each address takes its messages along."),
    )  # fmt: skip


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else ", ".join(value)
    return text[: shown.TEXT // 2]
