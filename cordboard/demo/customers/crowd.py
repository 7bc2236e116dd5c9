"""Who comes when: stories begin at a rate, a burst of them at once, and end when it is over."""

import asyncio
import random
from dataclasses import dataclass

from cordboard.demo.customers.letters import Letter
from cordboard.demo.customers.life import Customer, World
from cordboard.demo.customers.plan import Plan, plan
from cordboard.demo.people import person

# Messages that a story has on average, so that `rate` is about messages a minute.
MESSAGES_PER_STORY = 2.0
BURST_WITHIN = 6.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """`rate` in messages a minute; `burst` stories begin in the first seconds."""

    seed: int
    rate: float
    burst: int
    # The people of the history: numbers below this.
    known: int


class Crowd:
    """All customers of a run. `run` for ever; cancel it to send them home."""

    def __init__(self, world: World, tempo: Tempo) -> None:
        self._world = world
        self._tempo = tempo
        self._chance = random.Random(f"{tempo.seed} arrivals")  # noqa: S311
        self._stories = 0
        # One story at a time for one person: two would answer each other's letters.
        self._busy: set[int] = set()
        self._group = asyncio.TaskGroup()

    async def run(self) -> None:
        self._world.mailboxes.surprise = self._surprised
        async with self._group:
            for _ in range(self._tempo.burst):
                self._begin(after=self._chance.uniform(0, BURST_WITHIN), burst=True)
            while not self._world.over.is_set():
                await asyncio.sleep(self._until_next())
                self._begin()
            await asyncio.Event().wait()

    def _until_next(self) -> float:
        if self._tempo.rate <= 0:
            return 3_600.0
        return self._chance.expovariate(self._tempo.rate / MESSAGES_PER_STORY / 60.0)

    def _begin(self, *, after: float = 0.0, burst: bool = False) -> None:
        story = self._next_story(burst)
        while story.who.number in self._busy:
            story = self._next_story(burst)
        self._busy.add(story.who.number)
        self._group.create_task(self._live(story, after), name=f"customer {story.who.email}")

    def _next_story(self, burst: bool) -> Plan:
        self._stories += 1
        return plan(
            self._tempo.seed, self._world.run, self._stories, known=self._tempo.known, burst=burst
        )

    async def _live(self, story: Plan, after: float) -> None:
        await asyncio.sleep(after)
        if not self._world.over.is_set():
            await Customer(story, self._world).live()
        self._busy.discard(story.who.number)

    def _surprised(self, address: str, letter: Letter) -> None:
        """The desk wrote to somebody who is not waiting: when we know them, they answer."""
        number = int("".join(filter(str.isdigit, address.partition("@")[0])) or -1)
        if not 0 <= number < self._tempo.known or number in self._busy:
            return
        who = person(self._tempo.seed, number)
        if who.email != address:
            return
        self._stories += 1
        story = plan(self._tempo.seed, self._world.run, self._stories, known=0, who=who)
        answering = Customer(story, self._world).go_on(letter)
        self._group.create_task(answering, name=f"customer {address}")
