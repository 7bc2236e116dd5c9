"""Files of messages: small ones in the database, large ones in a folder, each by its hash."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from router.lane import Lane, Work
from router.operating.whole_files import folder_synced
from router.store.sql import Rows
from router.store.store import Store
from wire.blobs import CHUNK, SMALL, digest
from wire.marks import passing
from wire.messages.channel import BlobAsk, BlobHave, BlobPart, BlobPiece, Refused

# Up to here a blob is a row; larger ones are files.
ROW = SMALL
LARGEST = 50 * 1024 * 1024
# What half-sent blobs may take together (bytes); the oldest go first.
UNFINISHED = 256 * 1024 * 1024


@dataclass(slots=True)
class _Unfinished:
    size: int
    data: bytearray


def keep_beside(work: Work, files: Sequence[bytes]) -> None:
    """Small files of a message, in its own transaction."""
    for data in files:
        if len(data) > ROW:
            raise ValueError("a file that comes with its message is too large for that")
        work.tx.run("add_blob", sha256=digest(data), size=len(data), data=data)
        passing("blob.beside")


class Blobs:
    """Kept before the message that names them is committed, so none ever points at nothing."""

    def __init__(self, folder: Path, lane: Lane, store: Store) -> None:
        self._folder = folder
        self._lane = lane
        self._store = store
        self._unfinished: dict[tuple[str, str], _Unfinished] = {}

    async def put(self, part: BlobPart, asker: str) -> BlobHave | Refused:
        """Take a piece; the last one completes it. Tells how much is here."""
        refusal = _wrong(part)
        if refusal:
            return Refused(reason=refusal)
        if await self._store.read(lambda rows: rows.one("blob_size", sha256=part.sha256)):
            self._unfinished.pop((asker, part.sha256), None)
            return BlobHave(bytes=part.size)
        kept = self._piece(part, asker)
        if len(kept.data) < part.size:
            return BlobHave(bytes=len(kept.data))
        del self._unfinished[asker, part.sha256]
        data = bytes(kept.data)
        if digest(data) != part.sha256:
            return Refused(reason="the bytes do not have the hash that was named")
        await self._keep(part.sha256, data)
        return BlobHave(bytes=part.size)

    async def get(self, ask: BlobAsk) -> BlobPiece | Refused:
        """A piece from an offset; the asker's right to it was checked before."""
        row = await self._store.read(lambda rows: _read(rows, ask))
        if row is None:
            return Refused(reason="there is no such file")
        if row.inline:
            return BlobPiece(size=row.size, data=row.piece)
        piece = await asyncio.to_thread(_read_file, self._path(ask.sha256), ask.offset)
        return BlobPiece(size=row.size, data=piece)

    async def whole(self, data: bytes) -> str:
        """Keep these bytes; returns their hash."""
        await self._keep(digest(data), data)
        return digest(data)

    def _piece(self, part: BlobPart, asker: str) -> _Unfinished:
        kept = self._unfinished.setdefault(
            (asker, part.sha256), _Unfinished(part.size, bytearray())
        )
        if part.offset == len(kept.data):
            kept.data += part.data
        while sum(len(other.data) for other in self._unfinished.values()) > UNFINISHED:
            oldest = next(iter(self._unfinished))
            if self._unfinished[oldest] is kept:
                break
            del self._unfinished[oldest]
        return kept

    async def _keep(self, name: str, data: bytes) -> None:
        inline = len(data) <= ROW
        if not inline:
            await asyncio.to_thread(_write_file, self._path(name), data)

        def job(work: Work) -> None:
            work.tx.run("add_blob", sha256=name, size=len(data), data=data if inline else None)
            passing("blob.naming")

        await self._lane.submit(job)
        passing("blob.named")

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _wrong(part: BlobPart) -> str:
    if len(part.sha256) != 64 or set(part.sha256) - set("0123456789abcdef"):
        return "this is no sha256"
    if not 0 <= part.size <= LARGEST:
        return f"a file has at most {LARGEST} bytes"
    if len(part.data) > CHUNK or part.offset + len(part.data) > part.size:
        return f"a piece has at most {CHUNK} bytes and stays inside its file"
    return ""


def _read(rows: Rows, ask: BlobAsk) -> Any:
    offset = max(0, ask.offset)
    return rows.one("blob_piece", sha256=ask.sha256, start=offset + 1, length=CHUNK)


def _read_file(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, offset))
        return file.read(CHUNK)


def _write_file(path: Path, data: bytes) -> None:
    """On the disk before it is named: the file, its directory, and the directory's own name."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    passing("blob.writing")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    passing("blob.written")
    draft.replace(path)
    passing("blob.renamed")
    # Each time: who made the directory may have died before its name was on the disk.
    for directory in (path.parent, path.parent.parent):
        folder_synced(directory)
    passing("blob.kept")
