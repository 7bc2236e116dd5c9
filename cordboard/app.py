"""All commands of `cordboard`, gathered. What a command needs is loaded when it runs."""

from collections.abc import Callable

import typer

from console.words.catalogue import _
from cordboard import config_commands, doctor, hand_written, logging_in, programs
from cordboard.asking import Commands
from cordboard.verb_options import command
from cordboard.verbs import PHRASES

GROUPS = {
    "agent": _("Who works here."),
    "team": _("Teams."),
    "skill": _("Skills that work may need."),
    "canned": _("Ready texts."),
    "note": _("The shared note about a contact."),
    "file": _("Attachments."),
    "config": _("The configuration file."),
    "nats": _("The bus."),
}

app = typer.Typer(
    help=_("Cordboard connects customers, on whichever channel they write, to the right agent."),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_groups = {
    name: typer.Typer(help=said, no_args_is_help=True, rich_markup_mode=None)
    for name, said in GROUPS.items()
}
# Programs with options of their own: all that follows is theirs, `--help` too.
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


def _add(words: str, function: Callable[..., None], said: str) -> None:
    group, _space, name = words.rpartition(" ")
    settings = PASSED_ON if name in ("console", "demo") else None
    into = _groups[group] if group else app
    into.command(name, help=said, context_settings=settings)(function)


COMMANDS: Commands = (
    *programs.COMMANDS,
    *logging_in.COMMANDS,
    *((phrase.words, command(phrase), phrase.help) for phrase in PHRASES),
    *hand_written.COMMANDS,
    *config_commands.COMMANDS,
    *doctor.COMMANDS,
)
for words, function, said in COMMANDS:
    _add(words, function, said)
for name, group in _groups.items():
    app.add_typer(group, name=name)
