"""What a routing decision costs on a large desk, and how that grows with its size.

Single decisions are measured by the CPU time of the thread, one by one (to read that clock takes a
third of a microsecond of each). What was there before is frozen for the collector, as in the
daemon. The picture of cost against size is drawn into docs/pictures by `ROUTING_PICTURE=1`.
"""

import gc
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import count

from bench.kit.big_desk import BigDesk, big_desk
from bench.kit.figure import Figure, Reach, quantile
from bench.kit.program import ROOT
from router.core.desk import Desk, Match
from router.core.need import Waiting, lacking
from router.core.people import Agent

AGENTS, WAITING = 5_000, 100_000
LARGER, MORE = 50_000, 500_000
DECISIONS = 10_000
# Agents and conversations of the picture; the largest two are measured anyway.
SMALLER = ((50, 1_000), (250, 5_000), (1_000, 20_000), (2_500, 50_000))
PICTURE = ROOT / "docs" / "pictures" / "routing-cost.svg"
# Decisions that can still be told of, as some are in the lane before their reasons are written.
KEPT = 100
# After so many decisions the yardstick is measured once.
TURN = 500
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
    burst = _burst(AGENTS)
    yield Figure(
        name="routing.burst", value=burst * 1e6, unit="µs",
        said=f"of CPU for each that is given out at a start: {AGENTS:,} agents come at once and as "
        f"many wait; the rarest goes first, to who is good for the least else.",
    )  # fmt: skip
    freed, whole, spent, scans = _freed(busy, DECISIONS)
    plain = quantile(scans, 0.5)
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
        f"what the last {KEPT} were decided on can be told (their journal is kept).",
    )  # fmt: skip
    idle = big_desk(AGENTS)
    gc.collect()
    gc.freeze()
    arrived = _arrive(idle, AGENTS * 2 + DECISIONS)[-DECISIONS // 2 :]
    yield Figure(
        name="routing.new.p50", value=quantile(arrived, 0.5) * 1e6, unit="µs",
        reach=Reach(value=10.0),
        said="new work is put in and goes to the longest idle of who can (what finds nobody is not "
        f"counted); {AGENTS:,} agents with two each on the average.",
    )  # fmt: skip
    mean = quantile(whole, 0.5)
    del idle
    _, large = _busy(LARGER, MORE)
    _, grown, _, _ = _freed(large, DECISIONS)
    yield Figure(
        name="routing.larger", value=quantile(grown, 0.5) * 1e6, unit="µs", yardstick=mean * 1e6,
        reach=Reach(ratio=2.0),
        said=f"a whole decision with {MORE:,} waiting and {LARGER:,} agents.",
        beside=f"the same with {WAITING:,} and {AGENTS:,}.",
    )  # fmt: skip
    if "ROUTING_PICTURE" in os.environ:
        sized = [(size, _freed(_busy(agents, size)[1], 3_000)[1]) for agents, size in SMALLER]
        _draw([*sized, (WAITING, whole), (MORE, grown)])


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


def _burst(agents: int) -> float:
    """CPU seconds for each that finds somebody when everybody comes at once."""
    big = big_desk(agents, presence="online")
    for number in range(agents):
        big.desk.wait(big.come(number * PACE))
    began = time.thread_time()
    given = big.desk.settle(agents * PACE, burst=True)
    return (time.thread_time() - began) / len(given)


def _freed(big: BigDesk, decisions: int
           ) -> tuple[list[float], list[float], float, list[float]]:  # fmt: skip
    """CPU seconds until the next is the agent's, of whole decisions, of all, and of the plainest.

    A whole one: an agent ends one, the next is theirs, and new work comes and waits.
    """
    desk, chance = big.desk, big.chance
    held = list(desk.held)
    works = [big.come(big.number * PACE) for _ in range(decisions)]
    ended = [chance.randrange(len(held)) for _ in works]
    freed, whole, scans = [], [], []
    now, clock = big.number * PACE, time.thread_time
    kept: deque[Match] = deque(maxlen=KEPT)
    gc.collect()
    gc.freeze()
    began = clock()
    for turn, (number, work) in enumerate(zip(ended, works, strict=True)):
        if turn % TURN == 0:
            scans.append(_scan(big))
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
        desk.forget_marks()
    spent = clock() - began - sum(scans)
    _told(desk, kept[0])
    return freed, whole, spent, scans


def _told(desk: Desk, match: Match) -> None:
    """What was kept tells why: the winner could, and stood otherwise a moment later."""
    past = desk.past(match.moment)
    load = past.loads[match.agent]
    agent: Agent = past.agents[match.agent]
    if lacking(agent, load, match.waiting.need, past.scheme) is not None:
        raise RuntimeError("the desk as it was does not explain the decision")


def _arrive(big: BigDesk, decisions: int) -> list[float]:
    """Seconds for each that found somebody at once; each agent has about two."""
    desk, took, clock = big.desk, [], time.thread_time
    held: list[int] = []
    numbers = count()
    works: list[Waiting] = [big.come(number * PACE) for number in range(decisions)]
    for work in works:
        now = 200.0 + next(numbers) * PACE
        start = clock()
        desk.wait(work)
        given = desk.settle(now)
        spent = clock() - start
        if given:
            took.append(spent)
            held.append(work.conversation)
        else:
            desk.end(work.conversation)
        if len(held) > 2 * AGENTS:
            desk.end(held.pop(big.chance.randrange(len(held))), now)
            desk.settle(now)
        desk.forget_marks()
    return took


def _scan(big: BigDesk) -> float:
    began = time.thread_time()
    agent = big.chance.choice(list(big.desk.agents.values()))
    able: Callable[[Waiting], bool] = lambda work: lacking(  # noqa: E731
        agent, big.desk.load_of(""), work.need, big.desk.scheme) is None  # fmt: skip
    oldest = min((work.key for work in big.desk.waiting.values() if able(work)), default=0.0)
    return time.thread_time() - began + oldest * 0.0


def _draw(sized: Sequence[tuple[int, list[float]]]) -> None:
    """Median and 99th of a hundred of whole decisions against how many wait."""
    from matplotlib import rcParams
    from matplotlib.figure import Figure as Picture

    rcParams.update({"svg.hashsalt": "routing", "svg.fonttype": "none", "font.size": 9})
    picture = Picture(figsize=(7.2, 3.6), layout="constrained")
    axes = picture.subplots()
    for share, said in ((0.99, "99 of 100 are below"), (0.5, "median")):
        axes.plot([size for size, _ in sized], [quantile(took, share) * 1e6 for _, took in sized],
                  marker="o", label=said)  # fmt: skip
    axes.set(xscale="log", xlabel="conversations waiting", ylabel="µs of CPU for a whole decision")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    picture.savefig(PICTURE, metadata={"Date": None})
