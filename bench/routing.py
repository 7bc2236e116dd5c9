"""What a routing decision costs on a large desk, and how that grows with its size."""

import gc
import time
from collections.abc import AsyncIterator, Callable
from itertools import count

from bench.kit.big_desk import BigDesk, big_desk
from bench.kit.figure import Figure, Reach, quantile
from router.core.desk import Desk, Match
from router.core.need import Waiting, lacking
from router.core.people import Agent

AGENTS, WAITING = 5_000, 100_000
LARGER, MORE = 50_000, 500_000
DECISIONS = 10_000
# Seconds between two decisions on the clock of the desk.
PACE = 0.01
SAID = (
    f"{WAITING:,} waiting, {AGENTS:,} agents with 4 to 14 of 64 skills (2 % with all), 2,000 "
    "requirements, popular in Zipf's way"
)


async def figures() -> AsyncIterator[Figure]:
    rebuilt, busy = _busy(AGENTS, WAITING)
    yield Figure(
        name="routing.rebuild", value=rebuilt, unit="s", reach=Reach(value=3.0),
        said=f"memory made anew: {SAID}; all of it put in, nothing given out.",
    )  # fmt: skip
    plain = quantile([_scan(busy) for _ in range(20)], 0.5)
    freed, whole, spent = _freed(busy, DECISIONS)
    beside = "the plainest program: all that waits gone through for one agent."
    for name, share, most in (("p50", 0.5, 20.0), ("p99", 0.99, 100.0)):
        yield Figure(
            name=f"routing.freed.{name}", value=quantile(freed, share) * 1e6, unit="µs",
            yardstick=plain * 1e6, reach=Reach(value=most), beside=beside,
            said=f"an agent ends one and gets the next that is theirs; {SAID}.",
        )  # fmt: skip
    yield Figure(
        name="routing.decisions", value=DECISIONS / spent, unit="a second",
        reach=Reach(at_least=30_000.0),
        said="of CPU on one core: one ended, the next matched and given, another put in its place; "
        "what each was decided on can be told later (the journal is kept).",
    )  # fmt: skip
    idle = big_desk(AGENTS)
    arrived = _arrive(idle, AGENTS * 2 + DECISIONS)[-DECISIONS:]
    yield Figure(
        name="routing.new.p50", value=quantile(arrived, 0.5) * 1e6, unit="µs",
        reach=Reach(value=10.0),
        said=f"new work is put in and goes to the longest idle of who can; {AGENTS:,} agents with "
        "room for more.",
    )  # fmt: skip
    mean = quantile(whole, 0.5)
    del busy, idle
    _, large = _busy(LARGER, MORE)
    _, grown, _ = _freed(large, DECISIONS)
    yield Figure(
        name="routing.larger", value=quantile(grown, 0.5) * 1e6, unit="µs", yardstick=mean * 1e6,
        reach=Reach(ratio=2.0),
        said=f"a whole decision with {MORE:,} waiting and {LARGER:,} agents.",
        beside=f"the same with {WAITING:,} and {AGENTS:,}.",
    )  # fmt: skip


def _busy(agents: int, waiting: int) -> tuple[float, BigDesk]:
    """Everybody full and so many waiting; and the CPU seconds that putting it all in took."""
    big = big_desk(agents, presence="offline")
    coming = [big.come(number * PACE) for number in range(waiting + agents * 4)]
    people = [*big.desk.agents.values()]
    gc.collect()
    began = time.process_time()
    fresh = Desk()
    for agent in people:
        fresh.put_agent(agent)
    for one in coming:
        fresh.wait(one)
        fresh.forget_marks()
    spent = time.process_time() - began
    for agent in people:
        fresh.set_presence(agent.id, "online")
    fresh.settle(len(coming) * PACE, burst=True)
    fresh.forget_marks()
    big.desk = fresh
    gc.collect()
    gc.freeze()
    return spent, big


def _freed(big: BigDesk, decisions: int) -> tuple[list[float], list[float], float]:
    """Seconds from the end of one to the next being theirs, of the whole decision, and CPU in all.

    Single ones by the steady clock, which costs a tenth of the clock of the process; in all by CPU.
    """
    desk, chance = big.desk, big.chance
    held = list(desk.held)
    works = [big.come(big.number * PACE) for _ in range(decisions)]
    ended = [chance.randrange(len(held)) for _ in works]
    freed, whole = [], []
    now, clock = big.number * PACE, time.perf_counter
    kept: list[Match] = []
    began = time.process_time()
    for number, work in zip(ended, works, strict=True):
        now += PACE
        start = clock()
        desk.end(held[number], now)
        given = desk.settle(now)
        taken = clock()
        desk.wait(work)
        given += desk.settle(now)
        freed.append(taken - start)
        whole.append(clock() - start)
        kept += given[:1]
        held[number] = given[0].waiting.conversation if given else held[number - 1]
        held += [match.waiting.conversation for match in given[1:]]
    spent = time.process_time() - began
    _told(desk, kept[-1])
    desk.forget_marks()
    return freed, whole, spent


def _told(desk: Desk, match: Match) -> None:
    """What was kept tells why: the winner could, and stood otherwise a moment later."""
    past = desk.past(match.moment)
    load = past.loads[match.agent]
    agent: Agent = past.agents[match.agent]
    if lacking(agent, load, match.waiting.need, past.scheme) is not None:
        raise RuntimeError("the desk as it was does not explain the decision")


def _arrive(big: BigDesk, decisions: int) -> list[float]:
    """Seconds for each that found somebody at once; each agent has about two."""
    desk, took, clock = big.desk, [], time.perf_counter
    held: list[int] = []
    numbers = count()
    works: list[Waiting] = [big.come(number * PACE) for number in range(decisions)]
    for work in works:
        now = 200.0 + next(numbers) * PACE
        start = clock()
        desk.wait(work)
        given = desk.settle(now)
        took.append(clock() - start)
        if given:
            held.append(work.conversation)
        else:
            desk.end(work.conversation)
        if len(held) > 2 * AGENTS:
            desk.end(held.pop(big.chance.randrange(len(held))), now)
            desk.settle(now)
        desk.forget_marks()
    return took


def _scan(big: BigDesk) -> float:
    agent = big.chance.choice(list(big.desk.agents.values()))
    began = time.process_time()
    able: Callable[[Waiting], bool] = lambda work: lacking(  # noqa: E731
        agent, big.desk.load_of(""), work.need, big.desk.scheme) is None  # fmt: skip
    oldest = min((work.key for work in big.desk.waiting.values() if able(work)), default=0.0)
    return time.process_time() - began + oldest * 0.0
