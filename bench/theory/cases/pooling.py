"""Wallace and Whitt: how few skills for each agent are nearly as good as all of them.

Six types, fifteen agents of each, thirty places to wait, services of ten minutes. The longest idle
agent and the oldest customer, or the level of the skill before both.
"""

from collections.abc import Iterator

from bench.theory.cases.case import Case, Expected
from bench.theory.model import Customers, Model, need
from bench.theory.waiting_room import limited, silos
from router.core.people import Agent
from router.core.playing.erlang import Line
from router.core.scheme import Scheme

TYPES, EACH, PLACES, MU = "abcdef", 15, 30, 0.1
ARRIVALS, QUICK = 500_000, 10_000
LOADS = (1.29, 1.40, 1.50)
# So short that no wait outweighs a level: a model's minute for the desk.
INSTANT = 1e-6
# Figures of another simulation at 1.40: blocked, W, served within half a minute, by their own.
FCFS = {2: (0.00419, 0.570, 0.682, 0.500), 3: (0.00382, 0.480, 0.718, 0.338)}
BY_LEVEL = {2: (0.00436, 0.595, 0.716, 0.742), 3: (0.00386, 0.487, 0.763, 0.691)}


def cases() -> Iterator[Case]:
    for lam in LOADS:
        quick = QUICK if lam == 1.50 else 0
        yield _case(_fcfs(1, lam), f"1 skill, λ = {lam:g}", _end(_apart(lam)), quick)
        yield _case(_fcfs(6, lam), f"6 skills, λ = {lam:g}", _end(_one(lam)), quick)
    for k, row in FCFS.items():
        yield _case(_fcfs(k, 1.40), f"{k} skills, λ = 1.4", (*_row(row), *_bounds(k)),
                    QUICK if k == 2 else 0)  # fmt: skip
    for k, row in BY_LEVEL.items():
        yield _case(_by_level(k), f"{k} skills, λ = 1.4, level first", (*_row(row), *_bounds(k)))
    yield _case(_by_level(1), "1 skill, λ = 1.4, level first", _end(_apart(1.40)))
    yield _case(_by_level(6), "6 skills, λ = 1.4, level first", _end(_one(1.40)))
    yield _case(_by_team(), "2 skills, λ = 1.4, the second as a team that is helped",
                (*_row(BY_LEVEL[2]), *_bounds(2)))  # fmt: skip


def _case(model: Model, name: str, expected: tuple[Expected, ...], quick: int = 0) -> Case:
    return Case("Wallace-Whitt", name, model, ARRIVALS, expected, quick)


def _apart(lam: float) -> Line:
    return silos(len(TYPES), EACH, PLACES, lam, MU)


def _one(lam: float) -> Line:
    agents = len(TYPES) * EACH
    return limited(agents, agents + PLACES, lam * len(TYPES), MU)


def _end(line: Line) -> tuple[Expected, ...]:
    return (Expected("wait", (), line.mean_wait), Expected("p_wait", (), line.p_wait),
            Expected("blocked", (), line.p_lost))  # fmt: skip


def _row(row: tuple[float, float, float, float]) -> tuple[Expected, ...]:
    return tuple(Expected(measure, (), value, "simulated") for measure, value in
                 zip(("blocked", "wait", "soon", "by_own"), row, strict=True))  # fmt: skip


def _bounds(k: int) -> tuple[Expected, ...]:
    """Two skills: within 35 % of the wait with all, and at least 70 % less than with one."""
    if k != 2:
        return ()
    return (Expected("wait", (), 1.35 * _one(1.40).mean_wait, "at most"),
            Expected("wait", (), 0.30 * _apart(1.40).mean_wait, "at most"))  # fmt: skip


def _fcfs(k: int, lam: float) -> Model:
    return Model(_customers(lam), _agents(k), _rates(), places=PLACES)


def _by_level(k: int) -> Model:
    scheme = Scheme(strategies={"": "scored"})
    return Model(_customers(1.40), _agents(k), _rates(), scheme, PLACES, INSTANT)


def _by_team() -> Model:
    customers = {one: Customers(1.40, need(team=one), soon=0.5) for one in TYPES}
    agents = [Agent(f"{one}-{number:02}", one, (one,), tuple(_skills(2, one, number)[1:]), {}, 1,
                    presence="online") for one in TYPES for number in range(EACH)]  # fmt: skip
    return Model(customers, tuple(agents), _rates(), places=PLACES)


def _customers(lam: float) -> dict[str, Customers]:
    return {one: Customers(lam, need(one), soon=0.5) for one in TYPES}


def _rates() -> dict[str, float]:
    return dict.fromkeys(TYPES, MU)


def _agents(k: int) -> tuple[Agent, ...]:
    return tuple(Agent(f"{one}-{number:02}", one, ("all",), (), _levels(_skills(k, one, number)), 1,
                       presence="online") for one in TYPES for number in range(EACH))  # fmt: skip


def _levels(skills: list[str]) -> dict[str, int]:
    """5 for their own, then down to 1."""
    return {skill: max(1, 5 - place) for place, skill in enumerate(skills)}


def _skills(k: int, own: str, number: int) -> list[str]:
    """Their own, and the next ones of the five others, spread evenly over the pool."""
    place = TYPES.index(own)
    others = [TYPES[(place + 1 + step) % len(TYPES)] for step in range(len(TYPES) - 1)]
    return [own, *(others[(number + more) % len(others)] for more in range(k - 1))]
