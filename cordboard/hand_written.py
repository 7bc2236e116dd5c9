"""Commands that are more than a verb with options."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from console.words.catalogue import _
from cordboard.asking import Commands, Data, Json, Url, Where, Who, ask
from wire.messages.base import Wire, say
from wire.messages.desk import CannedReply, Why
from wire.messages.verbs import Done, SetAgent, SetCanned, WhyIs


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


class Unfolded(Wire, frozen=True):
    """To be shown with everybody by name."""

    why: Why


def why(
    conversation: Annotated[int, typer.Argument(help=_("The conversation's number."))],
    decision: Annotated[
        int, typer.Option(help=_("A decision before, by the number that stands beside it."))
    ] = 0,
    everybody: Annotated[
        bool, typer.Option("--all", help=_("Everybody by name, however many have one reason."))
    ] = False,
    data: Data = None,
    url: Url = "",
    who: Who = None,
    json: Json = False,
) -> None:
    async def asking(desk: Any) -> Any:
        found = await desk.call(WhyIs(conversation=conversation, decision=decision))
        return Unfolded(why=found) if everybody and not json else found

    ask(Where(data, url, who, json), asking)


COMMANDS: Commands = (
    ("why", why, _("Why a conversation is where it is.")),
    ("agent password", set_password, _("Set an agent's password (asked for, never an argument).")),
    ("canned add", add_canned, _("Add a ready text, or change it.")),
    ("file save", save_file, _("Save an attachment.")),
)
