"""Files and links: attach one, save one, open one after a look at where it leads."""

import asyncio
import contextlib
import mimetypes
import os
import shutil
from pathlib import Path

import msgspec

from console.lines import Line, Span, line, wrapped
from console.paint.message import chip, host, links
from console.stage import Choice, Stage
from console.words import times
from console.words.catalogue import _, told
from wire import blobs
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages.channel import Attachment
from wire.messages.desk import MessageRow
from wire.messages.verbs import BlobGet, BlobPut
from wire.text import clean_line

LIMIT = 64 * 1024 * 1024
LETTERS = "abcdefghilmnopqrstuvwxyz"


# --- attach --------------------------------------------------------------------------------------


async def attach(stage: Stage, words: str = "") -> None:
    """Put a file of this machine with what is being written."""
    draft = stage.writing.draft
    if draft is None or draft.mode == "comment":
        stage.say(_("Begin a reply first: r."))
        return
    given = words or await _path(stage, _("Attach which file?"), "")
    if not given:
        return
    path = _place(given.strip().strip("'\""))
    try:
        data = await asyncio.to_thread(_read, path)
        sha256 = await blobs.put(data, _putting(stage))
    except OSError as error:
        stage.say(_("{path}: {reason}", path=path, reason=error.strerror or str(error)), "late")
    except Refused as refused:
        stage.say(told(refused.no.said), "late")
    except (BusError, blobs.Damaged):
        stage.say(_("The desk does not answer. Try again."), "late")
    else:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        file = Attachment(sha256=sha256, name=path.name, media_type=kind, size=len(data))
        current = stage.writing.draft or draft
        stage.writing.write(
            msgspec.structs.replace(current, attachments=(*current.attachments, file))
        )
        stage.say(_("Attached {name}.", name=path.name))


def _place(given: str) -> Path:
    return Path(given).expanduser()


def _read(path: Path) -> bytes:
    if path.stat().st_size > LIMIT:
        raise OSError(0, _("larger than {size}", size=times.size(LIMIT)))
    return path.read_bytes()


def _putting(stage: Stage) -> blobs.Putting:
    async def put(name: str, size: int, offset: int, data: bytes) -> int:
        have = await stage.desk.call(BlobPut(sha256=name, size=size, offset=offset, data=data))
        return int(have.bytes)

    return put


async def detach(stage: Stage, words: str = "") -> None:
    draft = stage.writing.draft
    if draft is None or not draft.attachments:
        stage.say(_("Nothing is attached."))
        return
    kept = draft.attachments[:-1]
    stage.writing.write(msgspec.structs.replace(draft, attachments=kept))


# --- save and open -------------------------------------------------------------------------------


async def files_and_links(stage: Stage, words: str = "") -> None:
    """What hangs on the message under the cursor: save or open it."""
    message = stage.reading.message_at_cursor()
    choices = _choices(message) if message else []
    if not choices:
        stage.say(_("The message under the cursor has no files and no links."))
        return
    chosen = (
        choices[0].value if len(choices) == 1 else await stage.drawers.choose(_("Which?"), choices)
    )
    if isinstance(chosen, Attachment):
        await save(stage, chosen)
    elif chosen:
        await open_link(stage, str(chosen))


def _choices(message: MessageRow) -> list[Choice]:
    found: list[tuple[object, str, str]] = [(a, chip(a), "") for a in message.attachments]
    found += [(url, f"↗ {host(url)}", url) for url in links(message)]
    return [
        Choice(value, title, detail, key=letter)
        for (value, title, detail), letter in zip(found, LETTERS, strict=False)
    ]


async def save(stage: Stage, file: Attachment) -> None:
    default = stage.machine.downloads / display_name(file.name)
    given = await _path(stage, _("Save as"), str(default))
    if not given:
        return
    path = _place(given)
    try:
        data = await blobs.get(file.sha256, _getting(stage), limit=max(file.size, LIMIT))
        path = await asyncio.to_thread(_write, path, data)
    except OSError as error:
        stage.say(_("{path}: {reason}", path=path, reason=error.strerror or str(error)), "late")
    except Refused as refused:
        stage.say(told(refused.no.said), "late")
    except (BusError, blobs.Damaged):
        stage.say(_("The file did not come whole. Try again."), "late")
    else:
        await _saved(stage, path)


async def _saved(stage: Stage, path: Path) -> None:
    choices = (Choice("", _("done"), key="d"), Choice("open", _("open it"), key="o"))
    if await stage.drawers.choose(_("Saved as {path}", path=path), choices) == "open":
        await _hand_over(stage, str(path))


def display_name(name: str) -> str:
    """A file name that stays in its folder, whatever the sender called it."""
    plain = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1], 120).lstrip(".")
    return plain or "file"


def _write(path: Path, data: bytes) -> Path:
    """Written as a new file: nothing that is there is overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for number in range(1, 1_000):
        free = path if number == 1 else path.with_stem(f"{path.stem} ({number})")
        with contextlib.suppress(FileExistsError):
            handle = os.open(free, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            return free
    raise FileExistsError(0, _("too many files of that name"))


def _getting(stage: Stage) -> blobs.Getting:
    async def get(name: str, offset: int) -> tuple[int, bytes]:
        piece = await stage.desk.call(BlobGet(sha256=name, offset=offset))
        return int(piece.size), bytes(piece.data)

    return get


async def open_link(stage: Stage, url: str) -> None:
    """The whole address is shown before anything follows it."""
    above: list[Line] = [line(Span(" " + part, "link")) for part in wrapped(url, 76)]
    choices = (
        Choice("copy", _("copy it"), key="c"),
        Choice("open", _("open it in the browser"), key="o"),
    )
    title = _("A link to {host}", host=host(url))
    chosen = await stage.drawers.choose(title, choices, above=[*above, line()])
    if chosen == "copy":
        stage.machine.copy(url)
    elif chosen == "open":
        await _hand_over(stage, url)


async def _hand_over(stage: Stage, what: str) -> None:
    """Let the system open it; without a desktop it is copied instead."""
    opener = shutil.which("xdg-open") or shutil.which("open")
    if opener is None:
        stage.machine.copy(what)
        return
    nothing = asyncio.subprocess.DEVNULL
    await asyncio.create_subprocess_exec(
        opener, what, stdin=nothing, stdout=nothing, stderr=nothing
    )


async def _path(stage: Stage, title: str, value: str) -> str:
    def inside(typed: str) -> list[Choice]:
        return [Choice(str(path), str(path)) for path in _completions(typed)]

    given = await stage.drawers.prompt(title, inside, value=value, free=True)
    return given.text.strip() if given else ""


def _completions(typed: str) -> list[Path]:
    if not typed:
        return []
    path = Path(typed).expanduser()
    folder, start = (path, "") if typed.endswith("/") else (path.parent, path.name)
    try:
        found = [p for p in folder.iterdir() if p.name.startswith(start)]
    except OSError:
        return []
    return sorted(p for p in found if start.startswith(".") or not p.name.startswith("."))[:50]


async def copy_message(stage: Stage, words: str = "") -> None:
    message = stage.reading.message_at_cursor()
    if message:
        stage.machine.copy(message.text)
