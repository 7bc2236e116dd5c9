"""What an author brings to the kit: the other side of the channel, real or a fake of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.sdk.conformance.desk import Desk

MOST = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of ours as its customer has it. `files` are sha256 of what came with it."""

    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instead:
    """What is tried where a case has no meaning on a channel, and why that is its like."""

    why: str
    run: "Callable[[Desk], Awaitable[None]]"


class Counterpart:
    """The channel's server with customers on it; each case gets a new one.

    The kit calls `open` first and `close` last. `kill` takes the server away as a power cut would,
    `open` brings it back at the same address with what it had.
    """

    kind: str
    # The largest file that a customer can send here.
    largest_file: int = MOST
    # Does it say for how long to wait, when it says so?
    tells_how_long: bool = False

    def instead(self) -> Mapping[str, Instead]:
        """Cases that are tried in another way here, by name."""
        return {}

    def keys(self, folder: Path, *, wrong: bool = False) -> Mapping[str, Any]:
        """What stands under `[adapters.<account>]`, with refused credentials if `wrong`.

        A secret is written to a file in `folder` and named: `{"file": "token"}`.
        """
        raise NotImplementedError

    async def open(self) -> None:
        raise NotImplementedError

    async def kill(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        await self.kill()

    async def leave(self) -> None:
        """The customers hang up, where they have a line of their own to us."""

    async def write(self, customer: str, text: str, file: bytes = b"") -> None:
        """A customer writes. Return once it is on its way: the channel keeps it until taken."""
        raise NotImplementedError

    async def again(self, desk: "Desk") -> None:
        """What was taken last is brought once more, as after a lost acknowledgement."""
        raise NotImplementedError

    def taken(self, text: str) -> bool:
        """Was the channel told that this message was taken? False where it is told nothing."""
        return False

    async def shown(self, customer: str) -> list[Shown]:
        """What this customer has received, as they see it."""
        raise NotImplementedError

    async def slow_down(self, seconds: float) -> None:
        """For so long we are told to wait: status 429, SMTP 451 and the like."""
        raise NotImplementedError
