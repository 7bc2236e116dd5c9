"""Find what can be done: help for this place, the palette, the command line. All read the table."""

from collections.abc import Iterable

from console import keys
from console.stage import Choice, Command, Stage
from console.words.catalogue import _
from wire.messages.desk import ConversationRow


async def show_help(stage: Stage, words: str = "") -> None:
    """What works here; choosing an entry runs it."""
    pane = stage.view.pane
    here = [c for c in stage.commands.table if pane in c.places and c.possible(stage.view)]
    await _choose(stage, _("Help: what works here. Type to search, Enter does it"), here, words)


async def palette(stage: Stage, words: str = "") -> None:
    """Everything by its name: commands that are possible now, and conversations."""
    able = [c for c in stage.commands.table if c.possible(stage.view)]
    rows = [stage.view.rows[number] for number in stage.view.order]
    await _choose(stage, _("Find anything"), able, words, rows)


async def _choose(
    stage: Stage,
    title: str,
    commands: Iterable[Command],
    words: str,
    rows: Iterable[ConversationRow] = (),
) -> None:
    choices = [_choice(command) for command in commands]
    people = [Choice(row, row.contact_name, row.subject or row.last_text) for row in rows]

    def fitting(typed: str) -> list[Choice]:
        wanted = typed.casefold().split()
        return [c for c in (*choices, *people) if _fits(c, wanted)]

    given = await stage.drawers.prompt(title, fitting, value=words)
    if given is None or given.choice is None:
        return
    if isinstance(given.choice.value, Command):
        await stage.commands.perform(given.choice.value)
    elif isinstance(given.choice.value, ConversationRow):
        await stage.reading.open(given.choice.value.contact, given.choice.value.id)


def _fits(choice: Choice, wanted: list[str]) -> bool:
    text = f"{choice.title} {choice.detail} {choice.aside}".casefold()
    return all(word in text or keys.latin(word) in text for word in wanted)


def _choice(command: Command) -> Choice:
    pressed = keys.shown(command.keys[0]) if command.keys else f":{command.id}"
    return Choice(command, _(command.title), _(command.help), aside=pressed)


async def command_line(stage: Stage, words: str = "") -> None:
    """`:id words`. The id may be typed on any layout; Tab completes it."""

    def fitting(typed: str) -> list[Choice]:
        word = typed.partition(" ")[0]
        if " " in typed:
            return []
        return [
            Choice(c, c.id, _(c.help), aside=keys.shown(c.keys[0]) if c.keys else "")
            for c in stage.commands.table
            if any(name.startswith((word, keys.latin(word))) for name in (c.id, *c.aliases))
        ]

    given = await stage.drawers.prompt(":", fitting, value=words, free=True)
    if given is None:
        return
    name, _space, rest = given.text.strip().partition(" ")
    chosen = given.choice.value if given.choice else None
    command = named(stage.commands.table, name) or chosen
    if not isinstance(command, Command):
        stage.say(_("There is no command “{name}”. ? lists them.", name=name), "warn")
        return
    await stage.commands.perform(command, rest.strip())


def named(commands: Iterable[Command], name: str) -> Command | None:
    """The command of this id or alias, typed on a Latin or a Cyrillic layout."""
    wanted = (name, keys.latin(name))
    return next((c for c in commands if any(n in wanted for n in (c.id, *c.aliases))), None)
