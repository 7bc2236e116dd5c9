"""Which desk a command means, who asks, and how its answer is shown."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from console.words.catalogue import _

DATA_HELP = _("The desk's data folder on this machine.")
Data = Annotated[Path | None, typer.Option("--data", envvar="CORDBOARD_DATA", help=DATA_HELP)]
Url = Annotated[
    str, typer.Option("--url", envvar="CORDBOARD_URL", help=_("The bus of a desk elsewhere."))
]
Who = Annotated[
    str | None, typer.Option("--as", envvar="CORDBOARD_AGENT", help=_("Ask as this agent."))
]
Json = Annotated[bool, typer.Option("--json", help=_("Print the answer as JSON."))]

# What is typed, the function that reads its options, and a sentence of help.
Commands = tuple[tuple[str, Callable[..., None], str], ...]


@dataclass(frozen=True, slots=True)
class Where:
    """What the common options of a command say."""

    data: Path | None = None
    url: str = ""
    who: str | None = None
    json: bool = False

    @property
    def again(self) -> str:
        """The options that name the same desk in the next command."""
        data = f" --data {self.data}" if self.data else ""
        return data + (f" --url {self.url}" if self.url else "")


@asynccontextmanager
async def desk(where: Where) -> AsyncIterator[Any]:
    """The desk as who is logged in; a `wire.desk_client.Desk`."""
    from wire.credentials import load_profile
    from wire.desk_client import Desk
    from wire.nats_bus import connect

    profile = load_profile(where.data, where.who, where.url)
    bus = await connect(
        profile.url,
        credential=profile.credential,
        name=f"cordboard {profile.agent}",
        server=profile.server,
        timeout=10,
    )
    try:
        yield Desk(bus, profile.agent)
    finally:
        await bus.close()


def ask(where: Where, asking: Callable[[Any], Awaitable[Any]]) -> None:
    """Ask what `asking` asks of a desk, and show the answer."""

    async def asked() -> Any:
        async with desk(where) as it:
            return await asking(it)

    show(asyncio.run(asked()), json=where.json, place=where.again)


def show(answer: Any, *, json: bool, place: str = "") -> None:
    if json:
        print(as_json(answer))
    else:
        from cordboard.showing import shown

        shown(answer, place)


def as_json(answer: Any) -> str:
    """As one line; what would be an order to a terminal is escaped, so programs read the same."""
    from console.shield import BAD
    from wire import codec

    return BAD.sub(lambda order: dumps(order[0])[1:-1], codec.encode(answer).decode())
