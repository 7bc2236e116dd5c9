"""Commands that are more than a verb with options."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from console.words.catalogue import _
from cordboard.asking import Commands, Data, Json, Url, Where, Who, ask
from wire.messages.base import say
from wire.messages.desk import CannedReply
from wire.messages.verbs import Done, SetAgent, SetCanned


def set_password(
    agent: str, data: Data = None, url: Url = "", who: Who = None, json: Json = False
) -> None:
    if sys.stdin.isatty():
        password = str(typer.prompt(_("New password"), hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\n")

    async def asking(desk: Any) -> Any:
        return await desk.call(SetAgent(agent=agent, password=password, new=False), timeout=15)

    ask(Where(data, url, who, json), asking)


def add_canned(
    id: Annotated[str, typer.Argument(help=_("A short name of it."))],
    title: str,
    text: Annotated[str, typer.Argument(help=_('The words; "-" reads them from standard input.'))],
    language: Annotated[str, typer.Option(help=_("Its language, as en."))] = "",
    data: Data = None,
    url: Url = "",
    who: Who = None,
    json: Json = False,
) -> None:
    words = sys.stdin.read() if text == "-" else text
    reply = CannedReply(id=id, title=title, text=words, language=language)

    async def asking(desk: Any) -> Any:
        return await desk.call(SetCanned(reply=reply))

    ask(Where(data, url, who, json), asking)


def save_file(
    sha256: Annotated[str, typer.Argument(help=_("The hash, as `cordboard thread` shows it."))],
    path: Annotated[Path, typer.Argument(help=_("Where to write it."))],
    data: Data = None,
    url: Url = "",
    who: Who = None,
    json: Json = False,
) -> None:
    async def asking(desk: Any) -> Any:
        from cordboard.files import download

        found = await download(desk, sha256)
        with path.open("xb") as file:
            file.write(found)
        return Done(said=say("{path}: {size} bytes.", path=str(path), size=len(found)))

    ask(Where(data, url, who, json), asking)


COMMANDS: Commands = (
    ("agent password", set_password, _("Set an agent's password (asked for, never an argument).")),
    ("canned add", add_canned, _("Add a ready text, or change it.")),
    ("file save", save_file, _("Save an attachment.")),
)
