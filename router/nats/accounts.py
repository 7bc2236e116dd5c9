"""Who may say what on the bus: the accounts of the nats-server, as text. Pure.

Router, adapters and agents live in three accounts; a fourth, the door, can only ask to log in.
Nothing in the text is secret: every user but the door's is a public nkey.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from router.nats.keys import PUBLIC
from wire import subjects

# Requests may be answered this long after they came: a lane under load, a slow channel.
ANSWERED_WITHIN = "5m"


class AdapterKey(msgspec.Struct, frozen=True):
    """A channel account and the public key that its adapter comes with."""

    kind: str
    account: str
    key: str


class AgentKeys(msgspec.Struct, frozen=True):
    """An agent, the public keys of their consoles, and the teams whose news they may hear."""

    agent: str
    keys: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class House(msgspec.Struct, frozen=True):
    """The public keys of our own programs."""

    answers: str
    asks: str
    adapters: tuple[AdapterKey, ...] = ()

    @property
    def keys(self) -> set[str]:
        return {self.answers, self.asks, *(adapter.key for adapter in self.adapters)}


def admitted(house: House, agents: Sequence[AgentKeys]) -> tuple[AgentKeys, ...]:
    """The agents with those keys only that can be let in.

    A key that is none, is the house's own or came twice (the first keeps it) would make the server
    refuse the whole file, and with it everybody's next login.
    """
    taken = house.keys
    found = []
    for agent in agents:
        if agent.agent == subjects.DOOR or subjects.ID.fullmatch(agent.agent) is None:
            continue
        keys = tuple(dict.fromkeys(k for k in agent.keys if PUBLIC.fullmatch(k) and k not in taken))
        taken = taken | set(keys)
        found.append(AgentKeys(agent.agent, keys, agent.teams))
    return tuple(found)


def accounts(house: House, agents: Sequence[AgentKeys]) -> dict[str, Any]:
    """The `accounts` block, and who comes in without a credential."""
    return {
        "no_auth_user": subjects.DOOR,
        "accounts": {
            "ROUTER": _router(house),
            "ADAPTERS": _adapters(house.adapters),
            "AGENTS": _agents(admitted(house, agents)),
            "DOOR": _door(),
        },
    }


def text(configuration: dict[str, Any]) -> str:
    """As the server reads it: its language includes JSON, so nothing needs quoting by hand."""
    return json.dumps(configuration, indent=1) + "\n"


def _router(house: House) -> dict[str, Any]:
    # What answers can be talked into answering anywhere, so it may publish nothing that acts.
    answers = _user(
        house.answers,
        publish=["_INBOX.>", "_R_.>", "news.>", "cue.>"],
        subscribe=[
            subjects.EVERY_INTAKE,
            subjects.EVERY_STATE,
            subjects.EVERY_BLOB_PUT,
            subjects.EVERY_BLOB_GET,
            subjects.EVERY_RPC,
            subjects.EVERY_HEALTH,
            subjects.EVERY_SIGNAL,
        ],
    )
    asks = _user(house.asks, publish=["send.>", "list.>"], subscribe=["_INBOX.asks.>"])
    return {
        "users": [answers, asks],
        "exports": [
            {"service": "rpc.>", "accounts": ["AGENTS", "DOOR"]},
            {"stream": "news.>", "accounts": ["AGENTS"]},
            {"service": "intake.>", "accounts": ["ADAPTERS"]},
            {"service": "state.>", "accounts": ["ADAPTERS"]},
            {"service": "blob.>", "accounts": ["ADAPTERS"]},
            {"stream": "cue.>", "accounts": ["ADAPTERS"]},
        ],
        "imports": [
            {"service": {"account": "ADAPTERS", "subject": "send.>"}},
            {"service": {"account": "ADAPTERS", "subject": "list.>"}},
            {"stream": {"account": "ADAPTERS", "subject": "health.>"}},
            {"stream": {"account": "ADAPTERS", "subject": "signal.>"}},
        ],
    }


def _adapters(adapters: Sequence[AdapterKey]) -> dict[str, Any]:
    return {
        "users": [_adapter(adapter) for adapter in adapters],
        "exports": [
            {"service": "send.>", "accounts": ["ROUTER"]},
            {"service": "list.>", "accounts": ["ROUTER"]},
            {"stream": "health.>", "accounts": ["ROUTER"]},
            {"stream": "signal.>", "accounts": ["ROUTER"]},
        ],
        # Not shared: who may say a subject that names an account is that account, and headers on
        # each message cost the router more than reading the message.
        "imports": [
            {"service": {"account": "ROUTER", "subject": "intake.>"}},
            {"service": {"account": "ROUTER", "subject": "state.>"}},
            {"service": {"account": "ROUTER", "subject": "blob.>"}},
            {"stream": {"account": "ROUTER", "subject": "cue.>"}},
        ],
    }


def _adapter(adapter: AdapterKey) -> dict[str, Any]:
    own = (adapter.kind, adapter.account)
    user = _user(
        adapter.key,
        publish=[
            subjects.intake(*own),
            subjects.state(*own),
            subjects.blob_put(*own),
            subjects.blob_get(*own),
            subjects.health(*own),
            subjects.signal(*own),
        ],
        subscribe=[
            subjects.send(*own),
            subjects.listing(*own),
            subjects.cue(*own),
            f"_INBOX.adapter.{adapter.kind}.{adapter.account}.>",
        ],
    )
    user["permissions"]["allow_responses"] = {"max": 1, "expires": ANSWERED_WITHIN}
    return user


def _agents(agents: Sequence[AgentKeys]) -> dict[str, Any]:
    return {
        "users": [_agent(agent, key) for agent in agents for key in agent.keys],
        "imports": [
            {"service": {"account": "ROUTER", "subject": "rpc.>"}, "share": True},
            {"stream": {"account": "ROUTER", "subject": "news.>"}},
        ],
    }


def _agent(agent: AgentKeys, key: str) -> dict[str, Any]:
    teams = [news(team) for team in agent.teams for news in _TEAM_NEWS]
    return _user(
        key,
        publish=[f"rpc.{subjects.checked(agent.agent)}.*"],
        subscribe=[f"_INBOX.{agent.agent}.>", subjects.news_agent(agent.agent), *teams],
    )


_TEAM_NEWS = (subjects.news_team, subjects.news_board)


def _door() -> dict[str, Any]:
    login = subjects.rpc(subjects.DOOR, "login")
    permissions = {"publish": [login], "subscribe": [f"_INBOX.{subjects.DOOR}.>"]}
    return {
        "users": [{"user": subjects.DOOR, "permissions": permissions}],
        "imports": [{"service": {"account": "ROUTER", "subject": login}, "share": True}],
    }


def _user(key: str, *, publish: list[str], subscribe: list[str]) -> dict[str, Any]:
    if PUBLIC.fullmatch(key) is None:
        raise ValueError(f"{key!r} is no public nkey of a user")
    return {"nkey": key, "permissions": {"publish": publish, "subscribe": subscribe}}
