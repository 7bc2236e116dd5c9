"""Files of a thread for those who may see it, and files that an agent attaches."""

from typing import TypeVar

from router.blobs import Blobs
from router.doors.asker import Reading, Refused
from wire.messages import channel
from wire.messages.base import say
from wire.messages.channel import BlobAsk, BlobHave, BlobPart, BlobPiece
from wire.messages.verbs import BlobGet, BlobPut

T = TypeVar("T", BlobPiece, BlobHave)


def contact_of(read: Reading, ask: BlobGet) -> int:
    """A contact in whose thread it is. A file is as visible as the messages that show it."""
    seen: int | None = read.rows.value("sees_blob", sha256=ask.sha256, **read.asker.eyes)
    if seen is not None:
        return seen
    if read.rows.one("blob_size", sha256=ask.sha256) is None:
        raise Refused("gone", say("There is no such file."))
    raise Refused("forbidden", say("This file is in no thread that you may see."))


async def piece(blobs: Blobs, ask: BlobGet) -> BlobPiece:
    return _or_refused(await blobs.get(BlobAsk(sha256=ask.sha256, offset=ask.offset)))


async def put(blobs: Blobs, agent: str, ask: BlobPut) -> BlobHave:
    part = BlobPart(sha256=ask.sha256, size=ask.size, offset=ask.offset, data=ask.data)
    return _or_refused(await blobs.put(part, f"agent.{agent}"))


def _or_refused(answer: T | channel.Refused) -> T:
    if isinstance(answer, channel.Refused):
        raise Refused("invalid", say("The file was not taken: {reason}", reason=answer.reason))
    return answer
