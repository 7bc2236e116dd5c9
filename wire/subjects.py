"""Every subject on the bus, spelled once. Ids in them match `^[a-z0-9_-]{1,32}$`."""

import re

ID = re.compile(r"[a-z0-9_-]{1,32}")
# Nobody's agent id: the door at which people prove who they are.
DOOR = "door"


def checked(name: str) -> str:
    """The id itself. Raises ValueError when a dot or star in it would change a permission."""
    if ID.fullmatch(name) is None:
        raise ValueError(f"{name!r}: an id has 1 to 32 of a-z, 0-9, '_' and '-'")
    return name


def _of(head: str, *ids: str) -> str:
    return ".".join((head, *map(checked, ids)))


def intake(kind: str, account: str) -> str:
    """Adapter asks: commit this event."""
    return _of("intake", kind, account)


def state(kind: str, account: str) -> str:
    """Adapter asks: cursor and recent history, please."""
    return _of("state", kind, account)


def blob_put(kind: str, account: str) -> str:
    return _of("blob.put", kind, account)


def blob_get(kind: str, account: str) -> str:
    return _of("blob.get", kind, account)


def send(kind: str, account: str) -> str:
    """Router asks: deliver this."""
    return _of("send", kind, account)


def listing(kind: str, account: str) -> str:
    """Router asks: what does the mailbox have?"""
    return _of("list", kind, account)


def health(kind: str, account: str) -> str:
    """News of an adapter's account, every few seconds."""
    return _of("health", kind, account)


def signal(kind: str, account: str) -> str:
    """News: a customer types, came or left."""
    return _of("signal", kind, account)


def cue(kind: str, account: str) -> str:
    """News for an adapter: an agent types."""
    return _of("cue", kind, account)


def rpc(agent: str, verb: str) -> str:
    """Agent asks. Token 2 must be the user whom the server names."""
    return _of("rpc", agent, verb)


def news_agent(agent: str) -> str:
    return _of("news.agent", agent)


def news_team(team: str) -> str:
    return _of("news.team", team)


def news_board(team: str) -> str:
    return _of("news.board", team)


EVERY_INTAKE = "intake.*.*"
EVERY_STATE = "state.*.*"
EVERY_BLOB_PUT = "blob.put.*.*"
EVERY_BLOB_GET = "blob.get.*.*"
EVERY_HEALTH = "health.*.*"
EVERY_SIGNAL = "signal.*.*"
EVERY_RPC = "rpc.*.*"


def account_of(subject: str) -> tuple[str, str]:
    """(kind, account) of any adapter's subject: its last two tokens."""
    kind, account = subject.split(".")[-2:]
    return kind, account


def asker_of(subject: str) -> tuple[str, str]:
    """(agent, verb) of an rpc subject."""
    _, agent, verb = subject.split(".")
    return agent, verb
