"""A desk with its channels, customers and agents in virtual time; one seed is one universe.

Everything that a program of ours does is done by the program's own code; only the clock, the bus,
the disk, the channels' other sides and the people are made here. Parts die, stop and come back.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from adapters.sdk.host import Host
from adapters.sdk.pace import Pace
from router import memory
from router.clock import Clock
from router.core.desk import Desk
from router.core.need import lacking
from router.doors.doors import named_by_user
from router.lane import Lane, ReadOnly, Work
from router.policy import policy
from router.ruling import loading
from router.ruling.shelf import Shelf
from router.running import Ground, Running
from router.store.sql import Rows
from router.store.store import InlineStore, LostLease
from tests.universe import checks
from tests.universe.bus import RoughBus, Sky, Weather
from tests.universe.channel import Channel, Outside, outsides
from tests.universe.people import Agent, Console
from tests.universe.process import Process, tasks_of_processes
from tests.universe.store import Disk, DiskStore
from tests.universe.time import Stuck, VirtualLoop
from wire.desk_client import Desk as DeskClient
from wire.desk_client import Refused
from wire.messages.verbs import Hello, Queue, QueuePage, Timeline, TimelinePage, Welcome
from wire.settings import Account, Settings, Team
from wire.settings import Desk as DeskSettings

EPOCH = 1_800_000_000.0
HOUR = 3_600.0
SETTINGS = Settings(
    "universe",
    DeskSettings(teams={"support": Team("Support"), "sales": Team("Sales")}, return_minutes=3.0,
                 sticky_hours=1.0),
    adapters={
        "support": Account(kind="email", team="support"),
        "site": Account(kind="webchat", team="sales"),
        "bot": Account(kind="telegram", team="support", priority=2),
    },
)  # fmt: skip
TEAMS = {"ana": '["support","sales"]', "bo": '["support"]', "cy": '["sales"]'}
# What could be given and is not, for so long, waits for nothing (seconds).
STARVED = 8.0


# In every other universe work is offered, finished and taken back.
OFFERING = """
[offers]
"" = 20
[wrap_up]
"" = 30
[grace]
webchat = 40
[first_reply]
"" = 120
[returning]
retry_after = 60
"""


@dataclass(frozen=True)
class Plan:
    """How long, how busy, and what goes wrong how often (mean seconds between; 0 for never)."""

    seconds: float = HOUR
    customers: int = 12
    writes_every: float = 240.0
    router_dies: float = 240.0
    router_stops: float = 900.0
    adapter_dies: float = 400.0
    console_dies: float = 500.0
    weather: float = 200.0
    disk_full: float = 900.0
    wall_jumps: float = 900.0
    # The await at which the first router dies; 0 for none.
    first_dies_at: int = 0
    # One fault is enough.
    ends_at_fault: bool = False


QUIET = Plan(
    router_dies=0, router_stops=0, adapter_dies=0, console_dies=0, weather=0, disk_full=0,
    wall_jumps=0,
)  # fmt: skip


@dataclass
class Report:
    """What became of a universe."""

    seed: int
    trace: str = ""
    faults: list[str] = field(default_factory=list)
    messages: int = 0
    sent: int = 0
    deaths: int = 0
    steps: int = 0
    # Of the first router, until everything settles.
    routers_awaits: int = 0

    def __str__(self) -> str:
        counts = f"{self.messages} messages, {self.sent} sent, {self.deaths} deaths"
        lines = [
            f"seed {self.seed} trace {self.trace}: {counts}, {self.steps} awaits",
            *self.faults,
        ]
        return "\n    ".join(lines)


class Universe:
    def __init__(self, seed: int, plan: Plan) -> None:
        self.seed, self.plan = seed, plan
        self.report = Report(seed)
        self._log: list[str] | None = None
        self._hash = hashlib.blake2b(digest_size=8)
        self.loop = VirtualLoop()
        self.weather = Weather(self.chance("weather"))
        self.sky = Sky(self.weather, self.trace)
        self.disk = Disk(self.chance("disk"))
        self.inner = InlineStore()
        self.db = self.inner._connection
        self.store = DiskStore(self.inner, self.disk, self._committed)
        self.outsides = outsides(self.chance("outside"))
        self.agents = {name: Agent(name, self.chance(name)) for name in TEAMS}
        self.consoles: dict[str, Console] = {}
        self.routers: list[Process] = []
        self.running: Running | None = None
        self.wall_ahead = 0.0
        self.fates = checks.Fates()
        self.processes: list[Process] = []
        self._ended = False
        self._over = asyncio.Event()
        self._commits = self._decided = self._events = 0
        self._could: dict[int, float] = {}

    def chance(self, name: str) -> random.Random:
        return random.Random(f"{self.seed}/{name}")

    # --- what is written down --------------------------------------------------------------------

    def trace(self, *words: object) -> None:
        if self._log is not None:
            self._log.append(f"{self.loop.time():.6f} {words}")
        self._hash.update(f"{self.loop.time():.6f} {words}\n".encode())

    def fault(self, said: str) -> None:
        if self._ended:
            return
        if len(self.report.faults) < 20:
            self.report.faults.append(f"{self.loop.time() - 1_000:.3f} s: {said}")
        self.trace("fault", said)
        if self.plan.ends_at_fault:
            self._over.set()

    def wall(self) -> float:
        return EPOCH + self.loop.time() + self.wall_ahead

    # --- its life --------------------------------------------------------------------------------

    def live(self) -> Report:
        self.loop.set_task_factory(tasks_of_processes)
        self.loop.set_exception_handler(self._stray)
        try:
            self.loop.run_until_complete(self._lived())
        except Stuck:
            self.fault("everything stands still")
        except Exception as error:
            self.fault(f"the universe ended by {error!r}")
        finally:
            self.report.trace = self._hash.hexdigest()
            self._end()
        return self.report

    def _stray(self, loop: Any, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.fault(f"nobody saw {type(error).__name__}: {error} ({context.get('message')})")

    async def _lived(self) -> None:
        life = self._begin(self._live())
        over = self._begin(self._faulty())
        await asyncio.wait({life, over}, return_when=asyncio.FIRST_COMPLETED)
        if life.done():
            life.result()

    async def _faulty(self) -> None:
        await self._over.wait()

    async def _live(self) -> None:
        self._keep("router", self._router, self.plan.first_dies_at)
        for outside in self.outsides.values():
            self._keep(outside.account, partial(self._adapter, outside))
        for agent in self.agents.values():
            self._keep(agent.name, partial(self._console, agent))
        people = [self._begin(self._customer(n)) for n in range(self.plan.customers)]
        fates = [self._begin(fate) for fate in self._fates()]
        await asyncio.sleep(self.plan.seconds)
        self.report.routers_awaits = self.processes[0].steps
        for task in (*people, *fates):
            task.cancel()
        await asyncio.gather(*people, *fates, return_exceptions=True)
        await self._settle()

    def _begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        return self.loop.create_task(work)

    def _end(self) -> None:
        self.loop.run_until_complete(self._put_away())
        self.report.steps = sum(process.steps for process in self.processes)
        self.loop.close()
        self.db.close()

    async def _put_away(self) -> None:
        self._ended = True
        for process in self.processes:
            process.kill()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0.1)
        self.loop.set_exception_handler(lambda loop, context: None)
        for process in self.processes:
            process.forget()

    # --- programs --------------------------------------------------------------------------------

    def _keep(
        self, name: str, main: Callable[[Process], Coroutine[Any, Any, None]], dies_at: int = 0
    ) -> None:
        """Start it, and again a while after it died, as a supervisor does."""
        process = Process(name, lambda: self._died(name, main))
        process.dies_at = dies_at
        self.processes.append(process)
        if name == "router":
            self.routers.append(process)
        process.spawn(self._main(process, main))

    def _died(self, name: str, main: Callable[[Process], Coroutine[Any, Any, None]]) -> None:
        if self._ended:
            return
        self.report.deaths += 1
        if name == "router":
            self._check()
            self.routers = [router for router in self.routers if router.alive]
            if self.routers:
                return  # another one has taken over
        pause = 0.05 + self.chance(f"{name}{self.report.deaths}").random() * 3
        self.loop.call_later(pause, self._keep_again, name, main)

    def _keep_again(self, name: str, main: Any) -> None:
        if name == "router" and self.routers:
            return
        self._keep(name, main)

    async def _main(self, process: Process, main: Any) -> None:
        try:
            await main(process)
        except (LostLease, ReadOnly) as error:
            self.trace("ended", process.name, error)
        except Exception as error:
            self.fault(f"{process.name} died of {type(error).__name__}: {error}")
        process.kill()

    async def _furnish(self, lane: Lane) -> None:
        await _furnish(lane, OFFERING if self.seed % 2 else "")

    async def _router(self, process: Process) -> None:
        store = self.store.successor()
        self.trace("router", store.epoch)
        steady = self.loop.time
        ground = Ground(
            policy(SETTINGS), _Everybody(), Path("/nowhere"), self._furnish,
            clock=Clock(self.wall, steady), steady=steady, chance=self.chance(f"r{store.epoch}"),
        )  # fmt: skip
        bus = RoughBus(self.sky, process, "router")
        running = Running(store, ground)
        self.running, self._could = running, {}
        await running.start(bus, bus)
        await running.until(asyncio.Event())

    async def _adapter(self, outside: Outside, process: Process) -> None:
        chance = self.chance(f"{outside.account}{len(self.processes)}")
        pace = Pace(wall=self.wall, steady=self.loop.time, chance=chance.random)
        await Host(Channel(outside), RoughBus(self.sky, process), pace=pace).run()

    async def _console(self, agent: Agent, process: Process) -> None:
        async def connect() -> RoughBus:
            return RoughBus(self.sky, process, agent.name)

        console = self.consoles[agent.name] = Console(agent, connect, self.wall, self.loop.time)
        await console.run()

    # --- people ----------------------------------------------------------------------------------

    async def _customer(self, number: int) -> None:
        """Writes now and then, sometimes several at once, now here and now there."""
        chance = self.chance(f"customer{number}")
        outside = chance.choice(list(self.outsides.values()))
        count = 0
        while True:
            await asyncio.sleep(chance.expovariate(1 / self.plan.writes_every))
            for _ in range(chance.choice((1, 1, 1, 2, 4))):
                outside.write(f"c{number}", f"c{number}-{count}", "hello", self.wall())
                count += 1
                await asyncio.sleep(chance.random())
            if outside.given and chance.random() < 0.2 and not outside.pulls:
                outside.receipt(chance.choice(outside.given), self.wall())

    # --- fates -----------------------------------------------------------------------------------

    def _fates(self) -> list[Coroutine[Any, Any, None]]:
        plan = self.plan
        return [
            self._again("kill router", plan.router_dies, self._kill_router),
            self._again("stop router", plan.router_stops, self._stop_router),
            self._again("kill adapter", plan.adapter_dies, self._kill_one(set(self.outsides))),
            self._again("kill console", plan.console_dies, self._kill_one(set(self.agents))),
            self._again("weather", plan.weather, self._change_weather),
            self._again("disk", plan.disk_full, self._fill_disk),
            self._again("wall", plan.wall_jumps, self._jump),
        ]

    async def _again(self, name: str, mean: float, happens: Callable[[random.Random], Any]) -> None:
        chance = self.chance(name)
        while mean:
            await asyncio.sleep(chance.expovariate(1 / mean))
            self.trace(name)
            await happens(chance)

    async def _kill_router(self, chance: random.Random) -> None:
        """Not now but at some await soon: in the middle of something."""
        for router in self.routers:
            router.dies_at = router.steps + chance.choice((1, 10, 100, 1_000)) * chance.randint(
                1, 9
            )

    async def _stop_router(self, chance: random.Random) -> None:
        """It sleeps, another takes over, it wakes up."""
        asleep = self.routers[-1] if self.routers else None
        if asleep is None or asleep.stopped:
            return
        asleep.stop()
        await asyncio.sleep(chance.random() * 5)
        takes_over = chance.random() < 0.8
        if takes_over:
            self._keep("router", self._router)
        await asyncio.sleep(chance.random() * 20)
        asleep.go_on()

    def _kill_one(self, names: set[str]) -> Callable[[random.Random], Any]:
        async def kill(chance: random.Random) -> None:
            alive = [p for p in self.processes[-60:] if p.alive and p.name in names]
            if alive:
                process = chance.choice(alive)
                process.dies_at = process.steps + chance.randint(1, 300)

        return kill

    async def _change_weather(self, chance: random.Random) -> None:
        moody = chance.choice((0.0, 0.1, 0.5))
        for outside in self.outsides.values():
            outside.moody = moody
        self.weather.storm()
        await asyncio.sleep(chance.random() * 60)
        self._fine()

    def _fine(self) -> None:
        self.weather.calm()
        for outside in self.outsides.values():
            outside.moody = 0.0

    async def _fill_disk(self, chance: random.Random) -> None:
        self.disk.full = chance.random() < 0.5
        self.disk.slow = 2.0 if not self.disk.full else 0.004
        await asyncio.sleep(chance.random() * 30)
        self.disk.full, self.disk.slow = False, 0.004

    async def _jump(self, chance: random.Random) -> None:
        self.wall_ahead += chance.choice((-HOUR, HOUR, -5.0, 5.0))

    # --- what must be true -----------------------------------------------------------------------

    def _committed(self, epoch: int) -> None:
        self._commits += 1
        ((lease,),) = self.db.execute("SELECT epoch FROM lease")
        if lease != epoch:
            self.fault(f"a router of epoch {epoch} wrote into epoch {lease}")
        ((last,),) = self.db.execute("SELECT coalesce(max(seq), 0) FROM events")
        if last != self._events:
            self._events = last
            self.trace("committed", last)
            self._check_decisions()
            self.fates.look(self.db)
        if self._commits % 10 == 0:
            self._check_starving()
        if self._commits % 60 == 0:
            self._check()

    def _check(self) -> None:
        for said in checks.always(self.db):
            self.fault(said)

    def _check_decisions(self) -> None:
        ((decided,),) = self.db.execute("SELECT coalesce(max(id), 0) FROM decisions")
        if decided != self._decided:
            for said in checks.over_capacity(self.db, self._decided):
                self.fault(said)
            self._decided = decided

    def _check_starving(self) -> None:
        """What could be given to somebody is given; memory is what the tables say."""
        if self.running is None:
            return
        desk, now = self.running._desk, self.loop.time()
        could = {
            waiting.conversation for waiting in desk.waiting.values()
            if any(lacking(agent, desk.load_of(agent.id), waiting.need, desk.scheme) is None
                   for agent in desk.agents.values())
        }  # fmt: skip
        self._could = {row: self._could.get(row, now) for row in could}
        for row, since in self._could.items():
            if now - since > STARVED:
                self.fault(f"conversation {row} waits though somebody could take it")

    def _check_memory(self, running: Running) -> None:
        fresh = Desk()
        memory.load(Rows(self.db), fresh, Shelf())
        desk = running._desk
        for what, mine, theirs in (
            ("waiting", sorted(desk.waiting), sorted(fresh.waiting)),
            ("held", dict(sorted(desk.held.items())), dict(sorted(fresh.held.items()))),
            ("agents", sorted(desk.agents), sorted(fresh.agents)),
        ):
            if mine != theirs:
                self.fault(f"{what} in memory: {mine}, in the tables: {theirs}")

    # --- the end ---------------------------------------------------------------------------------

    async def _settle(self) -> None:
        """Nothing goes wrong any more; in time everything is where it belongs."""
        self._fine()
        self.disk.full, self.disk.slow = False, 0.004
        for process in self.processes[-80:]:
            process.dies_at = 0
            if process.alive and process.stopped:
                process.go_on()
        for agent in self.agents.values():
            agent.restless = 0.0
        for _ in range(60):
            await asyncio.sleep(20)
            if not list(self._unsettled()):
                break
        for said in self._unsettled():
            self.fault(f"after everything: {said}")
        for agent in self.agents.values():
            agent.rests = True
        await asyncio.sleep(20)
        await self._pictures()
        self._last_checks()

    def _unsettled(self) -> Any:
        for outside in self.outsides.values():
            waiting = sum(not letter.taken for letter in outside.letters)
            if waiting:
                yield f"{waiting} letters of {outside.account} were not taken"
        for state, n in self.db.execute(
            "SELECT state, count(*) FROM outbox o WHERE state IN ('held', 'ready', 'sending')"
            " AND NOT EXISTS (SELECT 1 FROM outbox a WHERE a.conversation = o.conversation"
            " AND a.state = 'ambiguous') GROUP BY state"
        ):  # what follows an uncertain one waits for a person
            yield f"{n} messages are still {state}"
        ((waiting,),) = self.db.execute(
            "SELECT count(*) FROM conversations WHERE status = 'waiting'"
        )
        if waiting:
            yield f"{waiting} conversations wait"
        for agent in self.agents.values():
            if agent.began is not None:
                yield f"{agent.name} waits for an answer to {agent.began.ask.verb}"

    def _last_checks(self) -> None:
        self._check()
        for said in checks.once(self.db):
            self.fault(said)
        for outside in self.outsides.values():
            for said in checks.outside(self.db, outside):
                self.fault(said)
            self.fates.doubled = self.sky.doubled
            for said in checks.given(self.db, outside, self.fates):
                self.fault(said)
        texts = {t for (text,) in self.db.execute("SELECT text FROM messages")
                 for t in checks.TOKEN.findall(text)}  # fmt: skip
        for agent in self.agents.values():
            for token in sorted(agent.twice):
                self.fault(f"{agent.name} saw {token} twice")
            for token in sorted(set(agent.said) - texts):
                self.fault(f"{agent.name} was told that {token} is committed, and it is gone")
        if self.running is not None:
            self._check_memory(self.running)
        ((self.report.messages,),) = self.db.execute("SELECT count(*) FROM messages")
        self.report.sent = sum(len(outside.given) for outside in self.outsides.values())

    async def _pictures(self) -> None:
        """What each console shows is what a new one would show."""
        for name, console in self.consoles.items():
            wrong: list[str] = []
            for _ in range(12):
                wrong = [said async for said in self._picture(name, console)]
                if not wrong:
                    break
                await asyncio.sleep(7)
            for said in wrong:
                self.fault(f"{name}'s console: {said}")

    async def _picture(self, name: str, console: Console) -> Any:
        process = Process("looker")
        desk = DeskClient(RoughBus(self.sky, process, name), name, chance=random.Random(0))
        view = console.view
        if view.link.state != "up":
            yield f"its link is {view.link.state}"
        fresh: Welcome = await desk.call(Hello())
        for what, shown, true in (
            ("counts", view.counts, fresh.counts),
            ("epoch", view.epoch, fresh.epoch),
            ("presence", view.me.presence, fresh.agent.presence),
            ("load", view.me.load, fresh.agent.load),
            ("offers", view.offers, fresh.offers),
            ("read only", view.read_only, fresh.read_only),
        ):
            if shown != true:
                yield f"{what} {shown} instead of {true}"
        colleagues = {row.id: row for row in fresh.colleagues}
        for agent, row in view.colleagues.items():
            if agent in colleagues and row.presence != colleagues[agent].presence:
                yield f"{agent} is {row.presence} instead of {colleagues[agent].presence}"
        page: QueuePage = await desk.call(Queue(view=view.list, limit=200))
        if set(view.order) | set(view.behind) != {row.id for row in page.rows}:
            yield f"list {view.list} {view.order} instead of {[row.id for row in page.rows]}"
        for listed in page.rows:
            if view.rows.get(listed.id, listed) != listed:
                yield f"row {view.rows[listed.id]} instead of {listed}"
        thread = view.thread
        if thread is None or not thread.loaded:
            return
        try:
            times: TimelinePage = await desk.call(Timeline(contact=thread.contact, watch=False))
        except Refused:
            return  # it was handed to others, and what was read stays on the screen
        shown_ids = {m.id: m for m in thread.messages}
        for message in times.messages:
            if shown_ids.get(message.id) != message:
                yield f"message {shown_ids.get(message.id)} instead of {message}"


class _Everybody:
    """Who asks is who their connection says."""

    def asking(self, subject: str, user: str) -> str | None:
        return named_by_user(subject, user)

    async def refresh(self) -> None:
        return None


async def _furnish(lane: Lane, rules: str) -> None:
    """Teams, agents and rules, once."""

    def job(work: Work) -> None:
        if rules and not work.shelf.book.version:
            loading.put_in_force(work, rules, "admin")
        for team, facts in SETTINGS.desk.teams.items():
            work.tx.run("ensure_team", id=team, name=facts.name)
        for name, teams in TEAMS.items():
            if work.tx.one("agent", id=name) is None:
                work.tx._connection.execute(
                    "INSERT INTO agents (id, name, teams, capacity) VALUES (?, ?, ?, 5)",
                    (name, name.title(), teams),
                )
                work.desk.put_agent(memory.agent_of(work.tx.one("agent", id=name)))

    await lane.submit(job)


def live(seed: int, plan: Plan | None = None) -> Report:
    return Universe(seed, plan or Plan()).live()
