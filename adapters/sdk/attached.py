"""A file as an event names it: by its hash, with a name to show."""

from wire.blobs import SMALL, digest
from wire.messages.channel import Attachment

# Up to here a file may come with its event.
SMALL_FILE = SMALL


def attached(data: bytes, name: str, media_type: str, *, inline: bool = False) -> Attachment:
    return Attachment(
        sha256=digest(data), name=name, media_type=media_type, size=len(data), inline=inline
    )
