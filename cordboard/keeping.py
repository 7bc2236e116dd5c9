"""`cordboard backup` and `cordboard restore`."""

import asyncio
import os
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from console.words.catalogue import _, told
from cordboard.asking import Commands, Data, Json, Url, Where, Who, desk, show
from cordboard.failing import REFUSED
from wire.messages.base import Said, Wire, say

# A large database on a slow disk takes its time; the desk goes on meanwhile.
COPIED_WITHIN = 6 * 3_600.0
Target = Annotated[
    Path, typer.Argument(help=_("A folder that is made, or a file whose name ends with .tar."))
]
Source = Annotated[Path, typer.Argument(help=_("The folder or .tar file of a backup."))]
Into = Annotated[
    Path | None,
    typer.Option("--into", envvar="CORDBOARD_DATA", help=_("The data folder of the new desk.")),
]
Replace = Annotated[
    bool, typer.Option("--replace", help=_("Put the desk aside that is in that folder."))
]


class Backup(Wire, frozen=True):
    """What was kept, for a script."""

    path: str
    at: float
    messages: int
    files: int
    missing: tuple[str, ...]


def backup(
    target: Target, data: Data = None, url: Url = "", who: Who = None, json: Json = False
) -> None:
    from importlib.metadata import version

    from router.operating import archive
    from wire import data_folder

    os.nice(10)  # the desk goes first
    root = (data or data_folder.usual().root).absolute()
    target = target.absolute()
    copy, at = _copied(root, Where(data, url, who))
    try:
        note = archive.make(copy, root, target, at=at, release=version("cordboard"))
    finally:
        copy.unlink(missing_ok=True)
    done = Backup(str(target), note.at, note.messages, note.files, note.missing)
    _tell(done, _kept(done), json)
    if note.missing:
        raise typer.Exit(REFUSED)


def _copied(root: Path, where: Where) -> tuple[Path, float]:
    """A copy of the database of this moment: by the router that runs, or without one."""
    from router.operating import snapshot
    from router.store.store import Locked, take_lock
    from wire.credentials import NoDesk

    if not (root / "desk.db").exists():
        raise NoDesk(say("There is no desk in {folder}.", folder=str(root)))
    at = time.time()
    with ExitStack() as held:
        try:
            held.enter_context(take_lock(root / "router.lock"))
        except Locked:
            made = asyncio.run(_asked(where))
        else:
            made = snapshot.make(root)
    return root / snapshot.FOLDER / made.name, at


async def _asked(where: Where) -> Any:
    from wire.messages.verbs import MakeSnapshot

    async with desk(where) as it:
        return await it.call(MakeSnapshot(), timeout=COPIED_WITHIN)


def _kept(done: Backup) -> list[Said]:
    said = say(
        "{path}: {messages} messages and {files} files, as of {at}. It is whole.",
        path=done.path,
        messages=done.messages,
        files=done.files - len(done.missing),
        at=_moment(done.at),
    )
    lost = [
        say("The desk itself has lost this file, so the backup has not got it: {name}", name=name)
        for name in done.missing
    ]
    return [said, *lost]


def restore(
    source: Source, into: Into = None, replace: Replace = False, json: Json = False
) -> None:
    from cordboard.running.folder_lock import FolderLock
    from router.operating import restoring
    from wire import data_folder
    from wire.data_folder import DataFolder

    folder = (DataFolder(into) if into else data_folder.usual()).resolved()
    folder.make()
    with FolderLock(folder):
        note = restoring.restore(source.absolute(), folder, now=time.time(), replace=replace)
    done = Backup(str(folder.root), note.at, note.messages, note.files, note.missing)
    _tell(done, _restored(done), json)


def _restored(done: Backup) -> list[Said]:
    return [
        say(
            "{folder} is the desk as of {at}: {messages} messages and {files} files.",
            folder=done.path,
            at=_moment(done.at),
            messages=done.messages,
            files=done.files - len(done.missing),
        ),
        say(
            "It sends nothing until you say so: see that the old desk has ended, start this one, "
            "and type: cordboard resume --data {folder}",
            folder=done.path,
        ),
        say(
            "What was on its way out then may have been sent since; agents decide about each, "
            "and the searching is made ready by itself."
        ),
    ]


def _tell(done: Backup, said: list[Said], json: bool) -> None:
    if json:
        show(done, json=True)
    else:
        print("\n".join(told(each) for each in said))


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


COMMANDS: Commands = (
    ("backup", backup, _("Keep all that lasts, while the desk runs or not.")),
    ("restore", restore, _("Make a desk out of a backup.")),
)
