"""A verb of the wire as a command: its fields are the options, its struct is what is asked."""

import inspect
import sys
import types
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
import typer

from console.words.catalogue import _
from cordboard import typed
from cordboard.asking import Data, Json, Url, Where, Who, ask
from wire.messages.channel import Attachment, Party
from wire.messages.verbs import Ask

# One of many has a singular name where it is typed.
NAMES = {
    "teams": "team",
    "secondary": "helps",
    "skills": "skill",
    "limits": "limit",
    "role_is": "role",
    "fetch": "take",
    "owner": "to",
    "attachments": "attach",
}
# Typed as several words, without quotes.
SENTENCES = ("query", "words")
FIELD_HELP = {
    "conversation": _("The conversation's number."),
    "contact": _("The contact's number."),
    "message": _("The message's number."),
    "identity": _("The number of the address (see: cordboard contact)."),
    "text": _('The words; "-" reads them from standard input.'),
    "to": _("Recipient, as: Name <address>. Can be repeated."),
    "cc": _("Further recipient. Can be repeated."),
    "bcc": _("Hidden recipient. Can be repeated."),
    "attachments": _("A file to attach. Can be repeated."),
    "until": _("30m, 2h, 3d, 17:30 or 2026-11-23T09:00."),
    "since": _("2h, 3d (ago), 17:30 or 2026-11-23T09:00."),
    "who": _("Only what this agent saw, sent or changed."),
    "seen": _("Refuse when something newer than this message was written."),
    "priority": _("low, normal, high or urgent."),
    "skills": _("A skill with its level, as german=2. Can be repeated."),
    "limits": _("Most conversations at once on a channel, as webchat=3. Can be repeated."),
    "teams": _("A team. Can be repeated."),
    "secondary": _("A team to help when their own have nothing. Can be repeated."),
    "capacity": _("Most work at once."),
    "revision": _("The revision that was read; the note is refused when it has another by now."),
    "filter": _("A query, as: channel:wa skill:fr waiting:>10m -owner:me (see routing.md)."),
    "after": _("Go on after this place."),
    "verdict": _("accepted, duplicate, merged, quarantined or refused."),
    "line": _("The number of the line (see: cordboard ledger)."),
    "account": _("The name of an account, as the configuration has it."),
    "state": _("held, ready, sending, sent, failed, ambiguous or cancelled."),
    "fetch": _("Fetch what is missing."),
    "before": _("Only those with a smaller number."),
    "hours": _("How long it holds."),
    "reason": _("Why, for colleagues to see (60 characters)."),
    "offer": _("The number of the offer (see: cordboard offers)."),
    "owner": _("The agent who gets it all."),
    "add": _("A tag to add. Can be repeated."),
    "remove": _("A tag to remove. Can be repeated."),
    "note": _("A word for the next owner."),
    "level": _("The least level of the skill."),
    "into": _("The number of the conversation that it goes to."),
    "move": _("The number of the move."),
    "kept": _("The number of the contact that stays."),
    "gone": _("The number of the contact that becomes part of it."),
    "take": _("A field that becomes the other's. Can be repeated."),
    "keep": _("A list (tags, warnings) that stays as it was. Can be repeated."),
}


Asking = Callable[[Where, Callable[[Any], Awaitable[Any]]], None]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A command that asks a verb. Fields in `places` are arguments, those in `without` stay out."""

    words: str
    ask: type[Ask]
    help: str
    places: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    finish: Callable[[dict[str, Any]], dict[str, Any]] = dict
    # Asked or taken out of the answer afterwards: (desk, answer, values) → what is shown.
    then: Callable[[Any, Any, dict[str, Any]], Awaitable[Any]] | None = None


def command(phrase: Phrase, ask: Asking = ask) -> Callable[..., None]:
    """The function that the command line library reads options from."""
    hints = get_type_hints(phrase.ask)
    fields = {
        entry.name: entry
        for entry in msgspec.structs.fields(phrase.ask)
        if entry.name not in phrase.without and entry.name not in phrase.fixed
    }
    ordered = [*phrase.places, *(name for name in fields if name not in phrase.places)]
    parameters = [_parameter(fields[name], hints[name], phrase) for name in ordered]

    def run(**given: Any) -> None:
        where = Where(*(given.pop(name) for name in ("data", "url", "as_", "json_")))
        values = {name: _value(name, hints[name], given[name]) for name in fields}
        kept = {name: value for name, value in values.items() if value is not UNSAID}
        ask(where, partial(_asked, phrase, phrase.finish({**phrase.fixed, **kept})))

    run.__doc__ = phrase.help
    run.__signature__ = inspect.Signature(parameters + _COMMON)  # type: ignore[attr-defined]
    return run


async def _asked(phrase: Phrase, values: dict[str, Any], desk: Any) -> Any:
    if paths := values.get("attachments"):
        from cordboard.files import upload

        values = {**values, "attachments": tuple([await upload(desk, path) for path in paths])}
    answer = await desk.call(phrase.ask(**values))
    return await phrase.then(desk, answer, values) if phrase.then else answer


UNSAID = object()


def _value(name: str, hint: Any, given: Any) -> Any:
    """What was typed as the field's value; a fault is shown with the option's name."""
    if given is None or given == []:
        return UNSAID
    try:
        return _read(name, _plain(hint), given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=NAMES.get(name, name)) from error


def _read(name: str, hint: Any, given: Any) -> Any:
    if name in ("until", "since"):
        return typed.moment(given, datetime.now().astimezone(), past=name == "since")
    if name == "priority":
        return typed.priority(given)
    if name == "filter":
        return typed.query(given)
    if name in SENTENCES:
        return " ".join(given)
    if name == "text" and given == "-":
        return sys.stdin.read()
    if get_origin(hint) is dict:
        return typed.levels(text for text in given if text)
    if get_origin(hint) is tuple:
        read = typed.party if get_args(hint)[0] is Party else _same
        return tuple(read(text) for text in given if text != "")
    return given


def _same(value: Any) -> Any:
    return value


def _parameter(entry: msgspec.structs.FieldInfo, hint: Any, phrase: Phrase) -> inspect.Parameter:
    is_place = entry.name in phrase.places
    kind = _typed_as(entry.name, _plain(hint))
    default: Any = inspect.Parameter.empty if entry.required else None
    if kind is bool:
        default = bool(entry.default) if not entry.required and not _optional(hint) else None
    said = FIELD_HELP.get(entry.name, "")
    option = NAMES.get(entry.name, entry.name).replace("_", "-")
    info: Any = typer.Argument(help=said) if is_place else typer.Option(f"--{option}", help=said)
    if kind is bool and not is_place:
        info = typer.Option(f"--{option}/--no-{option}", help=said)
    annotation: Any = kind if entry.required else kind | None
    return inspect.Parameter(
        entry.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[annotation, info],
    )


def _typed_as(name: str, hint: Any) -> Any:
    """The type that the library reads; what it does not know is read from text by us."""
    if name in ("until", "since", "priority"):
        return str
    if name in SENTENCES:
        return list[str]
    if get_origin(hint) is tuple:
        element = get_args(hint)[0]
        return list[Path] if element is Attachment else list[int] if element is int else list[str]
    if get_origin(hint) is dict:
        return list[str]
    return hint


def _plain(hint: Any) -> Any:
    kept = [arg for arg in get_args(hint) if arg is not type(None)]
    return kept[0] if _optional(hint) and len(kept) == 1 else hint


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _common(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )


_COMMON = [
    _common("data", Data, None),
    _common("url", Url, ""),
    _common("as_", Who, None),
    _common("json_", Json, False),
]
