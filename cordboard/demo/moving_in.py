"""Makes the demo's staff, skills, rules and ready texts known to the desk, as its admin would."""

import secrets
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from cordboard.demo.staff import SKILLS, STAFF, TEAMS, YOU, Member
from router.nats import keys
from wire import private_file, subjects
from wire.bus import NotAllowed
from wire.credentials import NoProfile, keep_login, load_profile
from wire.desk_client import Desk
from wire.messages.desk import CannedReply
from wire.messages.verbs import (
    Invitation,
    Invite,
    Login,
    RulebookLoad,
    RulebookShow,
    SetAgent,
    SetCanned,
    SetPresence,
    SetSkill,
    SetTeam,
)
from wire.nats_bus import Credential, NatsBus, connect

RULES = Path(__file__).with_name("routing.toml")


class _Texts(msgspec.Struct, frozen=True):
    replies: tuple[CannedReply, ...]


async def furnish(admin: Desk) -> None:
    """Teams, skills, agents, rules, ready texts. The same again changes nothing."""
    for skill, name in SKILLS.items():
        await admin.call(SetSkill(skill=skill, name=name))
    for team, name in TEAMS.items():
        await admin.call(SetTeam(team=team, name=name))
    for member in STAFF:
        await admin.call(_agent(member))
    for reply in _canned():
        await admin.call(SetCanned(reply=reply))
    await _load_rules(admin)


async def _load_rules(admin: Desk) -> None:
    """Once: whoever changes them in their demo finds them as they left them."""
    if (await admin.call(RulebookShow())).version == 0:
        await admin.call(RulebookLoad(text=RULES.read_text("utf-8")))


def _agent(member: Member) -> SetAgent:
    return SetAgent(
        agent=member.id,
        name=member.name,
        role_is="lead" if member.role == "lead" else "agent",
        teams=member.teams,
        skills=member.skills,
        capacity=member.capacity,
        limits={"webchat": member.chats, "email": member.mails},
    )


def _canned() -> tuple[CannedReply, ...]:
    texts = tomllib.loads(Path(__file__).with_name("canned.toml").read_text("utf-8"))
    return msgspec.convert(texts, _Texts).replies


async def let_in(
    admin: Desk, members: Sequence[Member], folder: Path, url: str, server: str
) -> None:
    """Each has a key in the folder that the desk knows."""
    for member in members:
        path = folder / f"{member.id}.nk"
        if not path.exists():
            private_file.write(path, await _log_in(admin, member.id, url, server) + "\n")


async def let_you_in(admin: Desk, data: Path, url: str, server: str) -> None:
    """Log this machine's user in, for the console, and say that they are there: it is mid-day."""
    try:
        bus = await _as_you(data)
    except (NoProfile, NotAllowed):  # a key of a demo that was thrown away is none
        keep_login(YOU, await _log_in(admin, YOU, url, server), data=data)
        bus = await _as_you(data)
    try:
        await Desk(bus, YOU).call(SetPresence(presence="online"))
    finally:
        await bus.close()


async def _as_you(data: Path) -> NatsBus:
    you = load_profile(data, YOU)
    return await connect(you.url, credential=you.credential, server=you.server)


async def _log_in(admin: Desk, agent: str, url: str, server: str) -> str:
    """A new key that the desk lets in from now on; returns its seed."""
    invitation: Invitation = await admin.call(Invite(agent=agent))
    pair = keys.new_pair(secrets.token_bytes(32))
    door = await connect(url, credential=Credential("", "_INBOX.door"), server=server)
    try:
        login = Login(agent=agent, key=pair.public, code=invitation.code, console="demo")
        await Desk(door, subjects.DOOR).call(login, timeout=20.0)
    finally:
        await door.close()
    return pair.seed
