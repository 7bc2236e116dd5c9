"""One run: customers and an agent at a desk whose parts are killed, then the reckoning."""

import contextlib
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos import evidence, marks
from chaos.agents import read as read_agents
from chaos.points import ROOT
from chaos.premises import BUS, CHAT, MAIL, ROUTER, SENDER, TELEGRAM, TOKEN, Premises, premises
from chaos.reckoning import Kill, Report, Witnesses, reckon
from chaos.watching import Watching, painted
from cordboard.demo.customers.ledger import read as read_customers

CONSOLE = "console"
# The sender is a part of the router: it is killed where it claims, sends and settles.
SENDER_AT = ("send.claiming", "send.asking", "send.answered", "send.settling", "send.settled")
# How often each part is the victim, of all.
VICTIMS = {ROUTER: 3, SENDER: 2, BUS: 3, MAIL: 3, CHAT: 3, TELEGRAM: 3, CONSOLE: 2}
SENDS_WITHIN = 5.0
# A customer's whole thread must fit into one picture.
LINES_A_MESSAGE = 4
CHANNELS = len(marks.CHANNELS)


@dataclass(frozen=True)
class Plan:
    """What is done to the desk."""

    seed: int
    # Customers on each channel, and how many messages each of them writes.
    customers: int
    messages: int
    replies: int
    least: int
    # Messages a second, all channels together.
    rate: float
    # Seconds between two kills.
    spacing: tuple[float, float] = (3.0, 8.0)
    # So many messages of a customer wait before they are answered.
    after: int = 3

    @property
    def incoming(self) -> int:
        return self.customers * self.messages * CHANNELS


SHORT = Plan(
    seed=1, customers=10, messages=15, replies=180, least=180, rate=22.0, spacing=(1.0, 2.6)
)
WHOLE = Plan(seed=1, customers=100, messages=25, replies=3_000, least=3_000, rate=28.0)

Say = Callable[[str], None]


class Run:
    # What starts the desk; nothing is what its owner types.
    runs: tuple[str, ...] = ()

    def __init__(self, plan: Plan, home: Path, say: Say) -> None:
        self._plan, self._home, self._say = plan, home, say
        self._chance = random.Random(plan.seed)
        self._kills: list[Kill] = []
        self._not_passed: list[str] = []
        self._twice: set[str] = set()
        # The sender last: it is killed where it sends, and at first there are no replies.
        self._first = sorted(self._chance.sample([*VICTIMS], len(VICTIMS)), key=SENDER.__eq__)
        self._customers = home / "customers.jsonl"
        self._agents = home / "agents.jsonl"
        for ledger in (self._customers, self._agents):
            ledger.touch()

    def whole(self) -> Report:
        began = time.monotonic()
        with premises(self._home, self.runs) as desk, self._outside(desk) as (customers, agents):
            desk.until(desk.healthy, "channels that work")
            with self._looked_on(desk) as watching:
                self._shoot(desk, watching, customers)
                self._drain(desk, customers, agents)
            seen = self._painted(desk)
            end(customers)
            mailbox = _in_mailbox(desk)
        return reckon(
            Witnesses(
                customers=list(read_customers(self._customers)),
                agents=list(read_agents(self._agents)),
                kills=self._kills,
                painted=seen,
                twice_in_passing=self._twice,
                mailbox=mailbox,
                evidence=evidence.gathered(desk.folder),
                not_passed=self._not_passed,
                seed=self._plan.seed,
                seconds=time.monotonic() - began,
            )
        )

    @contextmanager
    def _looked_on(self, desk: Premises) -> Iterator[Watching | None]:
        """Her console is open meanwhile, and well at the end."""
        watching = Watching(desk)
        try:
            yield watching
        finally:
            watching.end()
        self._twice = watching.twice

    # --- the two sides ---------------------------------------------------------------------------

    @contextmanager
    def _outside(
        self, desk: Premises
    ) -> "Iterator[tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]]":
        """Customers and the agent at another desk, until the block ends."""
        plan = self._plan
        customers = start(
            desk, "chaos.customers",
            *("--smtp", str(desk.smtp_port), "--lmtp", str(desk.mail.ports.lmtp)),
            *("--chat", desk.chat_url),
            *("--telegram", str(desk.telegram_port), "--token", TOKEN),
            *("--ledger", str(self._customers), "--seed", str(plan.seed)),
            *("--each-channel", str(plan.customers), "--messages", str(plan.messages)),
            *("--rate", str(plan.rate)),
        )  # fmt: skip
        agents = start(
            desk, "chaos.agents",
            *("--data", str(desk.folder.root), "--as", "ana", "--ledger", str(self._agents)),
            *("--replies", str(plan.replies), "--least", str(plan.least)),
            *("--after", str(plan.after)),
        )  # fmt: skip
        try:
            yield customers, agents
        finally:
            for process in (agents, customers):
                process.kill()
                process.wait()

    def _shoot(
        self, desk: Premises, watching: Watching | None, customers: "subprocess.Popen[bytes]"
    ) -> None:
        """One after another, until the customers have nothing more to say."""
        give_up = time.monotonic() + 60 + 3 * self._plan.incoming / self._plan.rate
        while not self._through(customers):
            assert time.monotonic() < give_up, f"customers wait:\n{desk.words()}\n{desk.logs()}"
            self._wait(customers, self._chance.uniform(*self._plan.spacing))
            if not self._through(customers):
                self._kill(desk, watching, self._victim())

    def _victim(self) -> str:
        """Each part once, in an order of the seed's; then by chance."""
        killed = {kill.part for kill in self._kills}
        missing = [part for part in self._first if part not in killed]
        if missing:
            return missing[0]
        (part,) = self._chance.choices([*VICTIMS], [*VICTIMS.values()])
        return part

    def _kill(self, desk: Premises, watching: Watching | None, part: str) -> None:
        at = time.time()
        if part == CONSOLE and watching is not None:
            self._kills.append(Kill(part, at, back=at + watching.kill()))
        elif part == SENDER:
            self._kill_at(desk, self._chance.choice(SENDER_AT))
        else:
            desk.until(lambda: desk.part(part), f"a running {part}")
            at = time.time()
            desk.kill(part)
            self._kills.append(Kill(part, at))
        self._say(f"{len(self._kills):3} {part}")

    def _kill_at(self, desk: Premises, mark: str) -> None:
        """When nothing is sent for a while, it is spared."""
        file = desk.arm(mark)
        with contextlib.suppress(AssertionError):
            desk.until(lambda: not file.exists(), "sending", seconds=SENDS_WITHIN, every=0.005)
        try:
            file.unlink()
        except FileNotFoundError:
            self._kills.append(Kill(SENDER, time.time(), point=mark))

    def _through(self, customers: "subprocess.Popen[bytes]") -> bool:
        assert customers.poll() is None, "the customers' program ended"
        return "through" in (self._home / "chaos.customers.said").read_text("utf-8")

    def _wait(self, customers: "subprocess.Popen[bytes]", seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._through(customers):
            time.sleep(0.05)

    def _drain(
        self, desk: Premises, customers: "subprocess.Popen[bytes]",
        agents: "subprocess.Popen[bytes]",
    ) -> None:  # fmt: skip
        """All that was taken is in the desk, and what became of each reply is known."""
        self._say("all was said; the replies")
        agents.send_signal(signal.SIGTERM)
        desk.until(lambda: agents.poll() is not None, "an agent who is through", seconds=180)
        assert agents.returncode == 0
        taken = self._taken()
        # What does not come is lost, and the report says so.
        with contextlib.suppress(AssertionError):
            desk.until(lambda: taken <= stored(desk), "all messages", seconds=30, every=1.0)
        time.sleep(1.0)  # the customers' programs read what has come

    def _taken(self) -> set[str]:
        return {entry.token for entry in read_customers(self._customers) if _is_taken(entry)}

    def _painted(self, desk: Premises) -> dict[str, int]:
        self._say("reading every thread in a console")
        taken = self._taken()
        longest = max(Counter(map(marks.customer, taken)).values())
        rows = 40 + LINES_A_MESSAGE * longest * 3 // 2
        return dict(painted(desk, taken, rows))


def _is_taken(entry: object) -> bool:
    return type(entry).__name__ == "Taken"


def start(desk: Premises, module: str, *options: str) -> "subprocess.Popen[bytes]":
    """A program of ours beside the desk; what it says is in a file of its name."""
    with (desk.home / f"{module}.said").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", module, *options],
            cwd=ROOT, env=desk.surroundings, stdin=subprocess.DEVNULL,
            stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip


def end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)


def stored(desk: Premises) -> set[str]:
    """Marks of customers in the desk's threads."""
    return {token for row in desk.conversations() for message in desk.thread(row.contact)
            for token in marks.came(message.text)}  # fmt: skip


def _in_mailbox(desk: Premises) -> list[str]:
    """Marks in the one mailbox that all customers share."""
    return [mark for raw in desk.mail.mailbox("olena")
            for mark in marks.went(raw.decode("utf-8", "replace"))]  # fmt: skip
