"""All commands of `cordboard`, gathered. What a command needs is loaded when it runs."""

import inspect
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup

from console.words.catalogue import _
from cordboard import (
    config_commands,
    doctor,
    hand_written,
    keeping,
    logging_in,
    programs,
    replaying,
    route,
    simulating,
)
from cordboard.asking import Commands
from cordboard.new_adapter import commands as adapter_commands
from cordboard.verb_options import command
from cordboard.verbs import PHRASES

GROUPS = {
    "agent": _("Who works here."),
    "team": _("Teams."),
    "skill": _("Skills that work may need."),
    "canned": _("Ready texts."),
    "note": _("The shared note about a contact."),
    "contact": _("Customers: who they are, and who of them are one."),
    "file": _("Attachments."),
    "config": _("The configuration file."),
    "nats": _("The bus."),
    "route": _("Rules: who gets what, and what would become of it."),
    "adapter": _("Channels: one account alone, and what their authors need."),
    # These say something by themselves, too.
    "ledger": _("What came in, and what became of it."),
    "outbox": _("What is on its way out, failed or is uncertain."),
    "move": _("Move what was written to where it belongs."),
}


class Numbered(TyperGroup):
    """A number alone shows what has it: "contact 7" is "contact show 7"."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, ["show", *args] if args[0].isdecimal() else args)


class Named(TyperGroup):
    """A name alone is run: "adapter chat" is "adapter run chat"."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, args if args[0] in self.commands else ["run", *args])


# Groups that understand more than their commands.
MORE: dict[str, type[TyperGroup]] = {"contact": Numbered, "adapter": Named}

app = typer.Typer(
    help=_("Cordboard connects customers, on whichever channel they write, to the right agent."),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_groups = {
    name: typer.Typer(
        help=said,
        no_args_is_help=True,
        rich_markup_mode=None,
        cls=MORE.get(name, TyperGroup),
    )
    for name, said in GROUPS.items()
}
# Programs with options of their own: all that follows is theirs, `--help` too.
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


def _alone(function: Callable[..., None]) -> Callable[..., None]:
    """What a group does when none of its commands is named."""

    def run(ctx: typer.Context, **given: Any) -> None:
        if ctx.invoked_subcommand is None:
            function(**given)

    context = inspect.Parameter(
        "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
    )
    options = inspect.signature(function).parameters.values()
    run.__signature__ = inspect.Signature([context, *options])  # type: ignore[attr-defined]
    return run


def _add(words: str, function: Callable[..., None], said: str) -> None:
    if words in _groups:
        _groups[words].info.no_args_is_help = False
        _groups[words].callback(invoke_without_command=True, help=said)(_alone(function))
        return
    group, _space, name = words.rpartition(" ")
    settings = PASSED_ON if name in ("console", "demo") else None
    into = _groups[group] if group else app
    into.command(name, help=said, context_settings=settings)(function)


COMMANDS: Commands = (
    *programs.COMMANDS,
    *adapter_commands.COMMANDS,
    *logging_in.COMMANDS,
    *((phrase.words, command(phrase), phrase.help) for phrase in PHRASES),
    *hand_written.COMMANDS,
    *config_commands.COMMANDS,
    *doctor.COMMANDS,
    *keeping.COMMANDS,
    *route.COMMANDS,
    *replaying.COMMANDS,
    *simulating.COMMANDS,
)
for words, function, said in COMMANDS:
    _add(words, function, said)
for name, group in _groups.items():
    app.add_typer(group, name=name)
