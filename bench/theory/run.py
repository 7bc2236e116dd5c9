"""A model played on a virtual clock through the public core. The same seed gives the same run.

The desk decides everything; here is only when people come, how long a service takes, who loses
patience, and who finds no place.
"""

import random
import time
from heapq import heappop, heappush
from typing import Literal

from bench.theory.measured import Measured, Tally
from bench.theory.model import Customers, Model
from router.core.desk import Desk, Match
from router.core.need import Waiting

# At least so many mean services pass before anything counts (an agent's own, and of arrivals).
WARM, BATCHES = 2_000, 40

What = Literal["comes", "ends", "leaves"]


def play(model: Model, *, arrivals: int, seed: str = "", warm: float = WARM) -> Measured:
    """So many customers are counted, after a while in which none is."""
    began = time.process_time()
    run = _Run(model, arrivals, seed, warm)
    while run.open:
        run.step()
    return run.measured(time.process_time() - began)


class _Run:
    """The clock, the desk, and what is known of each customer who is there."""

    def __init__(self, model: Model, arrivals: int, seed: str, warm: float) -> None:
        self.model = model
        self.desk = Desk()
        self.desk.set_scheme(model.scheme)
        self.agents = {agent.id: agent for agent in model.agents}
        self.rates = {agent.id: model.rate(agent) for agent in model.agents}
        for agent in model.agents:
            self.desk.put_agent(agent)
        # Who comes and who is patient by class, services in the order in which they begin: two
        # orders of one pool play the same path, and only who waits differs.
        self.coming = {name: random.Random(f"{seed} {name} comes") for name in model.customers}
        self.patience = {name: random.Random(f"{seed} {name} stays") for name in model.customers}
        self.services = random.Random(f"{seed} services")
        # Times how many wait, in each batch.
        self.line = [0.0] * BATCHES
        self.freed: dict[str, float] = {}
        self.idle, self.idle_square = [0.0] * BATCHES, [0.0] * BATCHES
        self.warm = int(warm * model.slowest * model.lam) + 1
        self.size = -(-arrivals // BATCHES)
        self.counted = self.size * BATCHES
        # How many of the counted are not yet served or gone.
        self.open = self.counted
        self.tallies = {name: Tally(BATCHES) for name in model.customers}
        self.busy = {agent.name: [0.0] * BATCHES for agent in model.agents}
        self.borders: list[float] = []
        # Who waits or was just served: class, when they came, batch (-1: is not counted).
        self.known: dict[int, tuple[str, float, int]] = {}
        self.events: list[tuple[float, int, What, int, str]] = []
        self.now, self.number, self.order = 0.0, 0, 0
        for name in model.customers:
            self._next(name)

    def step(self) -> None:
        before, (self.now, _, what, who, name) = self.now, heappop(self.events)
        if 0 < len(self.borders) <= BATCHES:
            self.line[len(self.borders) - 1] += len(self.desk.waiting) * (self.now - before)
        if what == "comes":
            self._comes(name)
        elif what == "ends":
            self._ends(who, agent=name)
        elif who in self.desk.waiting:
            self.desk.end(who)
            self._over(who, served=False)
        self.desk.forget_marks()

    def _ends(self, who: int, agent: str) -> None:
        self.freed[agent] = self.now
        self.desk.end(who, self.now * self.model.second)
        self._settle()

    def _comes(self, name: str) -> None:
        who, customers = self.number, self.model.customers[name]
        self.number += 1
        batch = self._batch(who)
        self._next(name)
        self.known[who] = name, self.now, batch
        key = (self.now - customers.ahead) * self.model.second
        self.desk.wait(Waiting(who, customers.need, key, customers.tier, customers.slope))
        self._settle()
        if batch >= 0:
            self.tallies[name].came[batch] += 1
        if who in self.desk.waiting:
            self._stays(who, customers, name)

    def _stays(self, who: int, customers: Customers, name: str) -> None:
        if self.model.places is not None and len(self.desk.waiting) > self.model.places:
            self.desk.end(who)
            self.open -= self.known.pop(who)[2] >= 0
        elif customers.theta:
            patience = self.patience[name].expovariate(customers.theta)
            self._at(self.now + patience, "leaves", who, name)

    def _batch(self, who: int) -> int:
        batch, first = divmod(who - self.warm, self.size)
        if first == 0 and 0 <= batch <= BATCHES:
            self.borders.append(self.now)
        return batch if 0 <= batch < BATCHES else -1

    def _settle(self) -> None:
        for match in self.desk.settle(self.now * self.model.second):
            self._begins(match)

    def _begins(self, match: Match) -> None:
        who = match.waiting.conversation
        name, _, batch = self.known[who]
        takes = self.services.expovariate(self.rates[match.agent])
        self._at(self.now + takes, "ends", who, match.agent)
        pool = self.agents[match.agent].name
        # Who works at the border counts where their work began: over all it comes out even.
        now = len(self.borders) - 1
        if 0 <= now < BATCHES:
            self.busy[pool][now] += takes
            self._was_idle(match.agent, now)
        if batch >= 0:
            self.tallies[name].by_own[batch] += pool == name
        self._over(who, served=True)

    def _was_idle(self, agent: str, batch: int) -> None:
        idle = self.now - self.freed.get(agent, self.now)
        self.idle[batch] += idle > 0
        self.idle_square[batch] += idle * idle

    def _over(self, who: int, *, served: bool) -> None:
        """Their waiting is."""
        name, came, batch = self.known.pop(who)
        if batch < 0:
            return
        self.open -= 1
        tally, waited = self.tallies[name], self.now - came
        tally.entered[batch] += 1
        tally.waited[batch] += waited
        tally.delayed[batch] += waited > 0
        if served:
            tally.served[batch] += 1
            tally.wait_of_served[batch] += waited
            tally.soon[batch] += waited <= self.model.customers[name].soon

    def _next(self, name: str) -> None:
        after = self.coming[name].expovariate(self.model.customers[name].lam)
        self._at(self.now + after, "comes", -1, name)

    def _at(self, when: float, what: What, who: int, name: str = "") -> None:
        self.order += 1
        heappush(self.events, (when, self.order, what, who, name))

    def measured(self, seconds: float) -> Measured:
        while len(self.borders) <= BATCHES:
            self.step()
        lasted = [after - before for before, after in
                  zip(self.borders, self.borders[1:], strict=False)]  # fmt: skip
        sizes: dict[str, int] = {}
        for agent in self.model.agents:
            sizes[agent.name] = sizes.get(agent.name, 0) + 1
        lam = {name: customers.lam for name, customers in self.model.customers.items()}
        return Measured(
            self.tallies,
            lam,
            lasted,
            self.busy,
            sizes,
            (self.idle_square, self.idle),
            self.line,
            self.counted,
            seconds,
        )
