"""What an agent may see, asked of SQL for each id that comes in.

A thread is per contact: whoever may see one conversation of a contact sees all of their thread, and
a contact without any conversation belongs to nobody yet. Others get a refusal in words.
"""

from collections.abc import Callable, Sequence
from typing import Any

from router.doors.asker import Asker, Looking, Reading, Refused
from router.store.sql import Rows
from wire.messages.base import Said, say

Row = Any


def sees(rows: Rows, asker: Asker, contact: int) -> bool:
    return bool(rows.value("sees_contact", contact=contact, **asker.eyes))


def contact(look: Looking, number: int) -> Row:
    """A contact that this agent may see. Raises Refused, like all of these."""
    row = look.rows.one("contact", id=number)
    if row is None:
        raise Refused("gone", say("There is no contact #{number}.", number=number))
    row = _checked(look, number, row, lambda: say(
        "The contact #{number} is looked after by a team that you are not in.", number=number
    ))  # fmt: skip
    if row.stands:
        raise Refused("gone", say("The contact #{number} was merged into #{contact}.",
                                  number=number, contact=row.stands), now=row.stands)  # fmt: skip
    return row


def conversation(look: Looking, number: int) -> Row:
    row = look.rows.one("conversation", id=number)
    if row is None:
        raise Refused("gone", say("There is no conversation #{number}.", number=number))
    return _checked(look, row.contact, row, lambda: say(
        "The conversation #{number} belongs to a team that you are not in.", number=number
    ))  # fmt: skip


def message(look: Looking, number: int) -> Row:
    row = look.rows.one("message", id=number)
    if row is None:
        raise Refused("gone", say("There is no message #{number}.", number=number))
    return _checked(look, row.contact, row, lambda: say(
        "The message #{number} belongs to a team that you are not in.", number=number
    ))  # fmt: skip


def identity(look: Looking, number: int) -> Row:
    row = look.rows.one("identity_by_id", id=number)
    if row is None:
        raise Refused("gone", say("There is no address #{number}.", number=number))
    return _checked(look, row.contact, row, lambda: say(
        "The address #{number} is of a contact whom another team looks after.", number=number
    ))  # fmt: skip


def one_of(word: str, known: Sequence[str]) -> None:
    """A misspelt filter must not look like "there is none"."""
    if word and word not in known:
        raise Refused("invalid", say('"{given}" is not one of: {known}', given=word[:40],
                                     known=", ".join(known)))  # fmt: skip


def known_account(read: Reading, account: str) -> None:
    """The same for an account's name; those of the past count."""
    if account and all(row.account != account for row in read.rows.all("accounts")):
        raise Refused("gone", say("There is no account {account}.", account=account[:40]))


def _checked(look: Looking, owner: int, row: Row, otherwise: Callable[[], Said]) -> Row:
    if not sees(look.rows, look.asker, owner):
        raise Refused("forbidden", otherwise())
    return row
