"""What can be asked: one table for lists, rules, segments and reports."""

from dataclasses import dataclass
from typing import Literal

from wire.words import N_

# name: equal, or with `*`; text: found within; level: a priority; duration, number and day compare.
Kind = Literal["name", "text", "level", "duration", "number", "day"]
# Who is asked about: a conversation in a list, a message that opens one, a contact.
Scope = Literal["conversation", "message", "contact"]

_LIST, _ALL = ("conversation",), ("conversation", "message", "contact")
_OPENING = ("conversation", "message")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: Kind
    help: str
    scopes: tuple[str, ...] = _LIST
    aliases: tuple[str, ...] = ()
    # The only values there are; () when there may be others.
    choices: tuple[str, ...] = ()


PRIORITIES = ("low", "normal", "high", "urgent")
STATUSES = ("waiting", "assigned", "snoozed", "resolved")
FLAGS = ("open", "late", "unanswered")

_FIELDS = (
    Field("channel", "name", N_("email, webchat, telegram …"), _OPENING, ("kind", "via")),
    Field("account", "name", N_("the channel account it came to"), _OPENING),
    Field("team", "name", N_("the team that has it")),
    Field("owner", "name", N_("who has it; me, none"), aliases=("agent", "assignee")),
    Field("status", "name", N_("waiting, assigned, snoozed, resolved"), choices=STATUSES),
    Field("is", "name", N_("open, late, unanswered"), choices=FLAGS),
    Field("priority", "level", N_("low, normal, high, urgent")),
    Field("skill", "name", N_("a skill that it asks for")),
    Field("tag", "name", N_("a tag of it, or of its customer"), _ALL, ("tags", "label")),
    Field("language", "name", N_("the customer's language: two letters"), _ALL, ("lang",)),
    Field("company", "name", N_("the customer's company"), _ALL, ("org",)),
    Field("segment", "name", N_("a segment of the routing file"), _OPENING),
    Field("sender", "name", N_("an address of the customer"), _ALL, ("from", "address")),
    Field("domain", "name", N_("the domain of an address of the customer"), _ALL),
    Field("name", "text", N_("in the customer's name"), _ALL, ("customer",)),
    Field("subject", "text", N_("in the subject"), _OPENING, ("title",)),
    Field("waiting", "duration", N_("it waits in the queue: >10m"), aliases=("waits",)),
    Field("unanswered", "duration", N_("the customer waits for an answer: >1h")),
    Field("due", "duration", N_("until the answer is late: <15m; below 0 it is"), aliases=("sla",)),
    Field("age", "duration", N_("since it was opened: >2d")),
    Field("quiet", "duration", N_("since anything was written: >1d"), aliases=("idle",)),
    Field("opened", "day", N_("the day it was opened: today, >=2026-11-01"), aliases=("created",)),
    Field("id", "number", N_("its number"), aliases=("number",)),
    Field("contact", "number", N_("the customer's number"), _ALL),
)
FIELDS: dict[str, Field] = {each.name: each for each in _FIELDS}
ALIASES: dict[str, str] = {alias: each.name for each in _FIELDS for alias in each.aliases}

# What people call channels.
CHANNELS = {
    "wa": "whatsapp", "tg": "telegram", "mail": "email", "e-mail": "email", "chat": "webchat",
    "web": "webchat", "widget": "webchat", "fb": "messenger", "ig": "instagram",
}  # fmt: skip


def field_of(typed: str, scope: Scope) -> Field | None:
    """By name or alias, if it can be asked there."""
    name = typed.casefold()
    found = FIELDS.get(ALIASES.get(name, name))
    return found if found is not None and scope in found.scopes else None


def fields_of(scope: Scope) -> tuple[Field, ...]:
    return tuple(each for each in _FIELDS if scope in each.scopes)
