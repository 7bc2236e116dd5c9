"""A desk in a few words, for cases that others published."""

from dataclasses import replace

from router.core.desk import Desk
from router.core.need import Need, Step, Waiting
from router.core.people import Agent
from router.core.scheme import DEFAULT, Scheme

TEAM = "support"
# Every kind takes one unit, where a case says nothing of weights.
ONE_UNIT = {"": 1}


def desk_of(*agents: Agent, scheme: Scheme = DEFAULT) -> Desk:
    desk = Desk()
    desk.set_scheme(scheme)
    for agent in agents:
        desk.put_agent(agent)
    return desk


def agent(name: str, *, teams: tuple[str, ...] = (TEAM,), **facts: object) -> Agent:
    """Online, and able to have one at a time where nothing else is said."""
    known: dict[str, object] = {"presence": "online", "capacity": 1} | facts
    return Agent(name, name, teams, **known)  # type: ignore[arg-type]


def need(*, team: str = TEAM, kind: str = "chat", **facts: object) -> Need:
    return Need(team, kind, **facts)  # type: ignore[arg-type]


def comes(desk: Desk, conversation: int, at: float, asks: Need | None = None, *,
          steps: tuple[Step, ...] = (), **order: object) -> Waiting:  # fmt: skip
    """It begins to wait at that time; `key`, `tier` and `slope` as said."""
    known: dict[str, object] = {"key": at, "entered": at} | order
    waiting = Waiting(conversation, asks or need(), steps=steps, **known)  # type: ignore[arg-type]
    desk.wait(waiting)
    return waiting


def given(desk: Desk, now: float) -> dict[int, str]:
    """What was given out now, and to whom, in order."""
    return {match.waiting.conversation: match.agent for match in desk.settle(now)}


def offered(desk: Desk, now: float, until: float, number: int = 1) -> list[tuple[Waiting, str]]:
    """What is offered now: kept free for the agent until then."""
    offers = []
    for match in desk.match(now):
        waiting = match.waiting
        desk.offer(waiting.conversation, match.agent, waiting.need.kind, number, until, now)
        offers.append((waiting, match.agent))
    return offers


def missed(desk: Desk, waiting: Waiting, by: str) -> None:
    """The offer ran out: whoever missed it is not asked for now, and it returns to its place."""
    desk.set_presence(by, "not-responding")
    desk.wait(waiting)


def declined(desk: Desk, waiting: Waiting, by: str, until: float = float("inf")) -> None:
    """They gave it back and stay here; it is not offered to them again, and keeps its place."""
    passed = replace(waiting.need, without=(*waiting.need.without, (by, until)))
    desk.wait(replace(waiting, need=passed))


def served(desk: Desk, busy: dict[str, list[int]], now: float) -> None:
    """These agents have these conversations."""
    for name, conversations in busy.items():
        for conversation in conversations:
            desk.give(conversation, name, "chat", now)
