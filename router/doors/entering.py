"""Proving who one is, once: a password or an invitation; afterwards the console's key is let in."""

from collections.abc import Callable, Collection
from typing import Any

from router.access import audit, console_keys
from router.access.invitations import code_hash, holds
from router.access.passwords import check_password
from router.access.throttle import Throttle
from router.doors.asker import Doing, Refused
from router.lane import Lane, Work
from router.store.sql import Rows
from router.store.store import Store
from wire.messages.base import say
from wire.messages.verbs import Done, Login, Logout
from wire.text import clean_line


class Entrance:
    """The door of those who are nobody yet. `house` are the public keys of our own programs."""

    def __init__(self, lane: Lane, store: Store, house: Collection[str] = ()) -> None:
        self._lane = lane
        self._store = store
        self._house = house
        self._throttle = Throttle()

    async def login(self, ask: Login, host: str) -> Done:
        """Return once it is committed that this key is theirs. Raises Refused.

        Asked again with a key that is theirs already it says yes: that lets nobody in.
        """
        unfit = console_keys.unfit(ask.key, self._house)
        if unfit is not None:
            raise Refused("invalid", unfit)
        if await self._store.read(lambda rows: _is_theirs(rows, ask)):
            return Done()
        wait = self._throttle.wait(ask.agent, host, self._lane.steady())
        if wait > 0:
            raise Refused("busy", say("Too many tries. Try again in {seconds} s.",
                                      seconds=round(wait + 0.5)))  # fmt: skip
        # Counted before it is known, so that a burst of tries at once does not pass first.
        self._throttle.failed(ask.agent, host, self._lane.steady())
        holds = await self._password_holds(ask)
        done = await self._lane.submit(self._deciding(ask, holds, host), _refused(ask, host))
        self._throttle.passed(ask.agent, host)
        return done

    async def _password_holds(self, ask: Login) -> bool:
        if not ask.password:
            return False
        row = await self._store.read(lambda rows: rows.one("agent", id=ask.agent))
        return await check_password(row.password if row is not None else "", ask.password)

    def _deciding(self, ask: Login, password_holds: bool, host: str) -> Callable[[Work], Done]:
        def job(work: Work) -> Done:
            row = work.tx.one("agent", id=ask.agent)
            by_code = bool(ask.code) and _code_holds(work, ask)
            if row is None or not row.enabled or not (password_holds or by_code):
                raise Refused("forbidden", say("This agent and password or code do not match."))
            if by_code:
                work.tx.run("use_invitation", hash=code_hash(ask.code), now=work.now)
            audit.write(work, ask.agent, "login", detail=_from(ask, host))
            return _let_in(work, ask)

        return job


def _refused(ask: Login, host: str) -> Callable[[Work, Exception], Done]:
    """A try that failed is written down, and is still refused. The throttle bounds how many."""

    def aside(work: Work, error: Exception) -> Any:
        if not isinstance(error, Refused):
            raise error
        audit.write(work, ask.agent[:32], "login refused", detail=_from(ask, host))
        return error

    return aside


def _from(ask: Login, host: str) -> str:
    return f"{ask.console} {host}".strip()


def _let_in(work: Work, ask: Login) -> Done:
    owner = work.tx.one("agent_key", key=ask.key)
    if owner is not None and owner.agent != ask.agent:
        raise Refused("invalid", say("This key belongs to somebody else. Make a new one."))
    keys = [row.key for row in work.tx.all("keys_of", agent=ask.agent)]
    for old in console_keys.surplus(keys):
        work.tx.run("drop_key", key=old)
    console = clean_line(ask.console, 100)
    work.tx.run("add_key", key=ask.key, agent=ask.agent, console=console, now=work.now)
    return Done(seq=work.event("login", agent=ask.agent))


def _code_holds(work: Work, ask: Login) -> bool:
    row = work.tx.one("invitation", hash=code_hash(ask.code))
    return row is not None and row.agent == ask.agent and holds(row.expires, work.now)


def _is_theirs(rows: Rows, ask: Login) -> bool:
    owner = rows.one("agent_key", key=ask.key)
    agent = rows.one("agent", id=ask.agent)
    return bool(owner is not None and owner.agent == ask.agent and agent and agent.enabled)


def logout(doing: Doing, ask: Logout) -> Done:
    """One's own keys; an admin's word goes for all."""
    owner = doing.rows.one("agent_key", key=ask.key)
    if owner is None:
        return Done()
    if owner.agent != doing.asker.id and doing.asker.role != "admin":
        raise Refused("forbidden", say("This is another agent's key."))
    doing.work.tx.run("drop_key", key=ask.key)
    doing.work.event("logout", agent=owner.agent)
    return Done()
