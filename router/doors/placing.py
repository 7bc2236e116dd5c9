"""Move what was written: a message or a whole conversation, to another topic or contact; and back.

What a move would do is told before it is done, by the same look at the same rows.
"""

from dataclasses import dataclass
from typing import Any

from router.doors import moving, sight
from router.doors.asker import Doing, Looking, Reading, Refused
from router.handling import moves
from router.handling.moves import Mover
from wire.messages.base import Said, say
from wire.messages.verbs import Done, Move, MoveBack, Moving, Plan, PlanMove

Row = Any


@dataclass(frozen=True, slots=True)
class Meant:
    """What is moved from where to where. `target` None: a new conversation of `contact`."""

    source: Row
    contact: Row
    message: Row | None = None
    target: Row | None = None


def plan(read: Reading, ask: PlanMove) -> Plan:
    return Plan(said=tuple(_sentences(read, _meant(read, ask))))


def move(doing: Doing, ask: Move) -> Done:
    meant, mover = _meant(doing, ask), _mover(doing)
    if meant.message is None and meant.target is None:
        number, row = moves.to_contact(mover, meant.source, meant.contact), meant.source
    elif meant.message is None:
        number, row = moves.join(mover, meant.source, meant.target), meant.target
    else:
        new = meant.target is None
        row = meant.target or moves.opened(mover, meant.message, meant.contact, meant.source)
        number = moves.message(mover, meant.message, meant.source, row, new=new)
    row = doing.rows.one("conversation", id=row.id)
    return Done(conversation=row.id, version=row.version, message=ask.message, move=number)


def move_back(doing: Doing, ask: MoveBack) -> Done:
    made = doing.rows.one("move", id=ask.move)
    if made is None:
        raise Refused("gone", say("There is no move #{number}.", number=ask.move))
    source = sight.conversation(doing, made.conversation)
    if made.into_conversation:
        sight.conversation(doing, made.into_conversation)
    _check_stands(doing, made, source)
    row = moves.back(_mover(doing), made)
    return Done(conversation=row.id, version=row.version, message=made.message)


# --- what is meant -----------------------------------------------------------------------------


def _meant(look: Looking, ask: Moving) -> Meant:
    """Both ends must be this agent's to see. Raises Refused."""
    message = sight.message(look, ask.message) if ask.message else None
    source = sight.conversation(look, message.conversation if message else ask.conversation)
    target = sight.conversation(look, ask.into) if ask.into else None
    owner = target.contact if target is not None else ask.contact or source.contact
    meant = Meant(source, sight.contact(look, owner), message, target)
    _check(look, meant)
    return meant


def _check(look: Looking, meant: Meant) -> None:
    source, message, target = meant.source, meant.message, meant.target
    if message is not None and message.author_is == "desk":
        raise Refused("invalid", say("What the desk says stays where it is."))
    moving.check_not_joined(source)
    if target is not None:
        moving.check_not_joined(target)
    if target is not None and target.id == source.id:
        raise Refused("conflict", say("It stands there already."))
    if message is None and target is None and meant.contact.id == source.contact:
        raise Refused("invalid", say("Say where it goes: another conversation or contact."))
    _check_sent(look, meant)


def _check_sent(look: Looking, meant: Meant) -> None:
    """What is on its way goes out first: its place in the order is that of its conversation."""
    if meant.message is None:
        pending = meant.target and look.rows.one("on_its_way", conversation=meant.source.id)
    else:
        pending = meant.message.state in ("held", "ready", "sending")
    if pending:
        raise Refused("busy", say("A message of it is on its way: wait until it is sent."))


def _check_stands(doing: Doing, made: Row, source: Row) -> None:
    if made.undone is not None:
        raise Refused("late", say("It was moved back already."))
    further = doing.rows.value("moved_further", move=made.id)
    if made.message:
        further = further or source.joined
    else:
        known = {"conversation": made.conversation, "id": made.id}
        further = further or doing.rows.value("later_move", **known)
    if further:
        raise Refused("conflict", say("It was moved further since: move that back first."))


def _mover(doing: Doing) -> Mover:
    return Mover(doing.work, doing.asker.id, doing.asker.name, doing.policy)


# --- what it will do ---------------------------------------------------------------------------


def _sentences(look: Looking, meant: Meant) -> list[Said]:
    source, target, name = meant.source, meant.target, meant.contact.name
    said = []
    if meant.message is None and target is None:
        said.append(say("#{conversation} and all in it goes to {name} (#{contact}).",
                        conversation=source.id, name=name, contact=meant.contact.id))  # fmt: skip
    elif meant.message is None and target is not None:
        said.append(say("All of #{conversation} goes into #{target}; what comes for it goes there "
                        "too.", conversation=source.id, target=target.id))  # fmt: skip
    elif target is None:
        said.append(say("The message begins a conversation of its own with {name} (#{contact}); "
                        "you have it.", name=name, contact=meant.contact.id))  # fmt: skip
    else:
        said.append(say("The message goes from #{conversation} to #{target}.",
                        conversation=source.id, target=target.id))  # fmt: skip
    if meant.contact.id != source.contact:
        said.append(say("Whoever may see {name} can read it then.", name=name))
    if target is not None and target.status in ("resolved", "snoozed"):
        said.append(say("#{target} is put away; it waits for an agent again if nobody answered "
                        "this.", target=target.id))  # fmt: skip
    said.append(say("The customer notices nothing. It can be moved back."))
    return said
