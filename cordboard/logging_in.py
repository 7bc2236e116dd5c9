"""`cordboard login` and `logout`: a person proves who they are once, then a key does."""

import asyncio
import contextlib
import platform
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from console.words.catalogue import _
from cordboard.asking import Commands, Data, Json, Url, Where, show
from cordboard.failing import Failure
from wire import subjects
from wire.bus import BusError
from wire.messages.base import say
from wire.messages.verbs import Done, Login, Logout

# A login waits for a password hash and for the bus to know the key.
LOGIN_WITHIN = 20.0

AgentName = Annotated[str, typer.Argument(help=_("Your name at the desk."))]
Authority = Annotated[
    Path | None, typer.Option("--ca", help=_("Certificates that vouch for a desk elsewhere."))
]
Code = Annotated[str, typer.Option("--code", help=_("The code of an invitation."))]


def login(
    agent: AgentName,
    code: Code = "",
    data: Data = None,
    url: Url = "",
    ca: Authority = None,
    json: Json = False,
) -> None:
    # Typed rather than named, a code stands in no list of processes and in no history.
    typed = "" if code else _password()
    where = Where(data, url, agent, json)
    trusted = str(ca.resolve()) if ca else ""
    show(asyncio.run(_login(where, agent, typed, code or typed, trusted)), json=json)


def logout(agent: Annotated[str | None, typer.Argument(help=_("Who; the newest login."))] = None,
           data: Data = None, url: Url = "", json: Json = False) -> None:  # fmt: skip
    show(asyncio.run(_logout(Where(data, url, agent, json))), json=json)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt(_("Password, or the code of an invitation"), hide_input=True))


async def _login(where: Where, agent: str, password: str, code: str, ca: str) -> Done:
    from router.nats.keys import new_pair
    from wire.credentials import keep_login, place
    from wire.desk_client import Desk
    from wire.nats_bus import Credential, connect

    if subjects.ID.fullmatch(agent) is None or agent == subjects.DOOR:
        raise Failure(say("An agent's name has 1 to 32 of a-z, 0-9, '_' and '-'."), 2)
    at = place(where.data, where.url, ca)
    pair = new_pair(secrets.token_bytes(32))
    nobody = Credential("", "_INBOX.door", at.ca)
    door = await connect(at.url, credential=nobody, server=at.server, timeout=10)
    asked = Login(
        agent=agent, key=pair.public, password=password, code=code, console=platform.node()[:60]
    )
    try:
        await Desk(door, subjects.DOOR).call(asked, timeout=LOGIN_WITHIN)
    finally:
        await door.close()
    kept = keep_login(agent, pair.seed, data=where.data, url=where.url, ca=ca)
    await _let_in(where, agent)
    said = (
        say("You are logged in as {agent}. The key is in the keyring.", agent=agent)
        if kept.in_keyring
        else say("You are logged in as {agent}. The key is in a file of yours.", agent=agent)
    )
    return Done(said=said)


async def _let_in(where: Where, agent: str) -> None:
    """Try the key: a bus that is not embedded learns of it from its own operator."""
    from cordboard.asking import desk

    try:
        async with desk(where):
            return
    except BusError as error:
        raise Failure(
            say(
                "The desk knows {agent} now, but the bus does not let the new key in: {error}",
                agent=agent,
                error=str(error),
            )
        ) from error


async def _logout(where: Where) -> Done:
    from router.nats.keys import pair_of
    from wire.credentials import NoProfile, find_login, forget_login, load_profile

    login = find_login(where.data, where.who, where.url)
    if login is None:
        raise Failure(say("Nobody is logged in here."))
    with contextlib.suppress(NoProfile, ValueError):  # without its key there is nothing to say
        profile = load_profile(where.data, where.who, where.url)
        await _say_goodbye(profile, pair_of(profile.seed).public)
    forget_login(login)
    return Done(said=say("{agent} is logged out here.", agent=login.agent))


async def _say_goodbye(profile: Any, key: str) -> None:
    from wire.desk_client import Desk
    from wire.nats_bus import connect

    # The key is cut off by its own goodbye, perhaps before the answer.
    with contextlib.suppress(BusError):
        bus = await connect(
            profile.url, credential=profile.credential, server=profile.server, timeout=5
        )
        try:
            await Desk(bus, profile.agent, patience=1.0).call(Logout(key=key))
        finally:
            await bus.close()


COMMANDS: Commands = (
    ("login", login, _("Prove who you are; from then on this machine's key does.")),
    ("logout", logout, _("Forget the key of this machine, here and at the desk.")),
)
