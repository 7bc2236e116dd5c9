"""Files over the bus: chunks of 256 kB, hash checked at both ends."""

import hashlib
from collections.abc import Awaitable, Callable

CHUNK = 256 * 1024
# Up to here a file may come with the message that names it.
SMALL = 64 * 1024

# Sends one piece and tells how many bytes the other side has now.
Putting = Callable[[str, int, int, bytes], Awaitable[int]]
# Fetches the piece at an offset and tells the whole size.
Getting = Callable[[str, int], Awaitable[tuple[int, bytes]]]


class Damaged(Exception):
    """The bytes do not have the hash that they were asked for by, or stopped coming."""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def put(data: bytes, putting: Putting) -> str:
    """Send all of it; goes on where the other side is. Returns the sha256."""
    name, sent = digest(data), 0
    while True:
        have = await putting(name, len(data), sent, data[sent : sent + CHUNK])
        if have >= len(data):
            return name
        if have <= sent and sent:
            raise Damaged(f"blob {name[:12]}: the other side is stuck at {have} bytes")
        sent = have


async def get(name: str, getting: Getting, *, limit: int) -> bytes:
    """All of it, checked. Raises Damaged when it is not what its name says or over `limit`."""
    data = bytearray()
    while True:
        size, piece = await getting(name, len(data))
        if size > limit:
            raise Damaged(f"blob {name[:12]}: {size} bytes are more than {limit}")
        data += piece
        if len(data) >= size or not piece:
            break
    if digest(bytes(data)) != name:
        raise Damaged(f"blob {name[:12]}: the bytes do not match the hash")
    return bytes(data)
