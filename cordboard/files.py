"""Files that go to the desk and come from it."""

import mimetypes
from pathlib import Path
from typing import Any

from cordboard.failing import Failure
from wire import blobs
from wire.messages.base import say
from wire.messages.channel import Attachment
from wire.messages.verbs import BlobGet, BlobPut

LARGEST = 50 * 1024 * 1024


async def upload(desk: Any, path: Path) -> Attachment:
    """The file as an attachment whose bytes the desk has."""
    data = path.read_bytes()  # noqa: ASYNC240  one command, nothing else waits
    if len(data) > LARGEST:
        raise Failure(say("{path} is larger than the desk takes (50 MB).", path=str(path)))

    async def putting(sha256: str, size: int, offset: int, piece: bytes) -> int:
        have = await desk.call(BlobPut(sha256=sha256, size=size, offset=offset, data=piece))
        return int(have.bytes)

    sha256 = await _whole(blobs.put(data, putting))
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Attachment(sha256=sha256, name=path.name, media_type=kind, size=len(data))


async def download(desk: Any, sha256: str) -> bytes:
    """The bytes that have this hash."""

    async def getting(name: str, offset: int) -> tuple[int, bytes]:
        piece = await desk.call(BlobGet(sha256=name, offset=offset))
        return piece.size, piece.data

    found: bytes = await _whole(blobs.get(sha256, getting, limit=LARGEST))
    return found


async def _whole(moving: Any) -> Any:
    try:
        return await moving
    except blobs.Damaged as error:
        raise Failure(
            say("The file did not get through whole: {error}", error=str(error))
        ) from error
