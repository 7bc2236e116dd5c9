"""The whole desk as its owner runs it: `cordboard run`, its channels, its agents and consoles."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import Any

from tests.journeys.hands import Hands
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from tests.servers.pty_console import PtyConsole
from wire.bus import BusError
from wire.credentials import place
from wire.data_folder import DataFolder
from wire.desk_client import Desk
from wire.messages.desk import ConversationRow, MessageRow
from wire.messages.verbs import Ask, Queue, QueuePage, Status, Timeline, TimelinePage
from wire.nats_bus import Credential, connect

CORDBOARD = str(Path(sys.executable).with_name("cordboard"))
CHAT_SECRET = "chat-secret-chat-secret-chat-secret-1"
LOGIN_SECRET = "login-secret-login-secret"
TOKEN_SECRET = "token-secret-token-secret"
# A shared machine may be slow; it only costs time when something is wrong.
PATIENCE = 60.0

CONFIG = Template("""\
[desk]
name = "Kvit"

[adapters.support]
kind = "email"
title = "Kvit support"
address = "support@desk.test"
token_secret = { file = "token.secret" }
smtp_listen = "127.0.0.1:$smtp"
smtp_patience = 5.0
$mail

[adapters.chat]
kind = "webchat"
title = "Kvit"
listen = "127.0.0.1:$chat"
secret = { file = "chat.secret" }
identity_secret = { file = "login.secret" }
origins = ["$shop"]
demo_page = true
newcomers_per_minute_per_ip = 6000.0
frames_per_second_per_ip = 2000.0
max_connections_per_ip = 500
""")
DOVECOT = Template("""\
username = "support"
password = { file = "mail.secret" }
ca_file = "$ca"
imap_host = "localhost"
imap_port = $imaps
smtp_host = "localhost"
smtp_port = $submission
""")


class WholeDesk:
    """A desk that runs in its own folder, with doors on free ports of this machine."""

    def __init__(self, home: Path, mail: Dovecot | None) -> None:
        self.home = home
        self.folder = DataFolder(home / "desk")
        self.smtp_port, self.chat_port, self.shop_port = free_ports(3)
        self.surroundings = {
            **os.environ,
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "share"),
            "XDG_STATE_HOME": str(home / "state"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "LC_ALL": "C.UTF-8",
        }
        self.said = home / "said"
        # What runs it: another one may supervise differently.
        self.runs = [CORDBOARD]
        self._furnish(mail)
        self._process: subprocess.Popen[bytes] | None = None

    def _furnish(self, mail: Dovecot | None) -> None:
        secrets = {
            "token.secret": TOKEN_SECRET,
            "chat.secret": CHAT_SECRET,
            "login.secret": LOGIN_SECRET,
            "mail.secret": mail.users["support"] if mail else "",
        }
        for name, secret in secrets.items():
            (self.home / name).write_text(secret, encoding="ascii")
        (self.home / "cordboard.toml").write_text(self._config(mail), encoding="utf-8")

    def _config(self, mail: Dovecot | None) -> str:
        out = f'deliver_to = "{self.mailbox}"'
        if mail is not None:
            ports = mail.ports
            out = DOVECOT.substitute(ca=mail.cafile, imaps=ports.imaps, submission=ports.submission)
        return CONFIG.substitute(
            smtp=self.smtp_port, chat=self.chat_port, shop=self.shop_url, mail=out
        )

    @property
    def mailbox(self) -> Path:
        """Where mail goes when there is no mail server."""
        return self.home / "mailbox"

    @property
    def chat_url(self) -> str:
        return f"http://127.0.0.1:{self.chat_port}"

    @property
    def shop_url(self) -> str:
        """The owner's web site, which may open the chat."""
        return f"http://127.0.0.1:{self.shop_port}"

    # --- its processes ---------------------------------------------------------------------------

    def run(self) -> None:
        """Start it; return once all of it works."""
        with self.said.open("ab") as said:
            self._process = subprocess.Popen(
                [*self.runs, "run", "--data", str(self.folder.root),
                 "--config", str(self.home / "cordboard.toml")],
                cwd=self.home, env=self.surroundings, stdin=subprocess.DEVNULL,
                stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.until(lambda: "ready in" in self.words(), "a desk that is ready")

    def words(self) -> str:
        """What it said to whoever started it."""
        return self.said.read_text(encoding="utf-8")

    def end(self) -> int:
        """Ask it to end in order."""
        if self._process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process = None

    def part(self, name: str) -> int:
        """The process id of a part (`router`, `nats-server`, an account); 0 while there is none."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for child in map(int, children.read_text().split()):
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
                if name in (Path(words[0]).name, *words[2:4]):
                    return child
        return 0

    def kill(self, name: str) -> int:
        """SIGKILL a part; the id that it had."""
        pid: int = self.until(lambda: self.part(name), f"a running {name}")
        os.kill(pid, signal.SIGKILL)
        return pid

    def until_back(self, name: str, before: int) -> None:
        """Return once a part that was killed runs again."""
        self.until(lambda: self.part(name) not in (0, before), f"a new {name}")

    def until(
        self, so: Callable[[], Any], what: str, seconds: float = PATIENCE, every: float = 0.03
    ) -> Any:
        """What `so` says, once it is something."""
        give_up = time.monotonic() + seconds
        while not (found := so()):
            alive = self._process is None or self._process.poll() is None
            if not alive or time.monotonic() > give_up:
                raise AssertionError(f"no {what}; the desk said:\n{self.words()}\n{self.logs()}")
            time.sleep(every)
        return found

    def logs(self) -> str:
        """The last lines that its parts wrote."""
        found = []
        for path in sorted(self.folder.logs.glob("*.log")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [f"--- {path.name}", *lines[-30:]]
        return "\n".join(found)

    # --- its people ------------------------------------------------------------------------------

    def typed(self, *words: str, stdin: str = "") -> str:
        """A command at its end: what it printed."""
        done = subprocess.run(
            [CORDBOARD, *words, "--data", str(self.folder.root)],
            cwd=self.home, env=self.surroundings, input=stdin, capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stderr}\n{self.words()}"
        return done.stdout

    def doctor(self) -> str:
        """What it finds; its exit says that something is wrong."""
        done = subprocess.run(
            [CORDBOARD, "doctor", "--data", str(self.folder.root)],
            cwd=self.home, env=self.surroundings, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout

    def hire(self, agent: str, *more: str) -> None:
        """Add an agent, and log them in on this machine."""
        words = ("--name", agent.title(), "--team", "support", "--json", *more)
        code = json.loads(self.typed("agent", "add", agent, *words))["code"]
        self.typed("login", agent, "--code", code)

    @contextmanager
    def console(
        self, agent: str, *, columns: int = 120, rows: int = 40, home: str = "", **env: str
    ) -> Iterator[Hands]:
        """The agent's console in a terminal; `home` names another machine's folder of drafts."""
        own = {"XDG_STATE_HOME": str(self.home / home)} if home else {}
        with PtyConsole(
            [CORDBOARD, "console", "--as", agent, "--data", str(self.folder.root)],
            columns=columns, rows=rows, env=self.surroundings | own | env, cwd=self.home,
        ) as terminal:  # fmt: skip
            yield Hands(terminal)

    # --- what it knows ---------------------------------------------------------------------------

    def asks(self, ask: Ask, *, timeout: float = 5.0) -> Any:
        """What the desk answers its admin."""
        # In a thread, since a journey may run in a loop of its own.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, self._asks(ask, timeout)).result()

    async def _asks(self, ask: Ask, timeout: float) -> Any:
        at = place(self.folder.root)
        seed = self.folder.admin_key.read_text("ascii").strip()
        bus = await connect(
            at.url, credential=Credential(seed, "_INBOX.admin"), server=at.server, timeout=10
        )
        try:
            return await self._patient(Desk(bus, "admin"), ask, timeout)
        finally:
            await bus.close()

    async def _patient(self, desk: Desk, ask: Ask, timeout: float) -> Any:
        """A router that was just killed is back in a moment."""
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                return await desk.call(ask, timeout=timeout)
            except BusError:
                if time.monotonic() > give_up:
                    raise
            await asyncio.sleep(0.1)

    def conversations(self) -> list[ConversationRow]:
        """All of them, in the order in which they began."""
        views = ("all", "snoozed", "resolved")
        found = [row for view in views for row in self._list(view)]
        return sorted(found, key=lambda row: row.id)

    def _list(self, view: Any) -> Iterator[ConversationRow]:
        after = ""
        while True:
            page: QueuePage = self.asks(Queue(view=view, after=after))
            yield from page.rows
            if not (after := page.next):
                return

    def thread(self, contact: int) -> list[MessageRow]:
        """Everything that was written with a contact, oldest first."""
        found: list[MessageRow] = []
        before = 0
        while True:
            page: TimelinePage = self.asks(Timeline(contact=contact, before=before, watch=False))
            found = [*page.messages, *found]
            if not page.more:
                return found
            before = page.messages[0].id

    def healthy(self) -> bool:
        """Every channel says that it works."""
        health = self.asks(Status()).health
        return len(health) == 2 and all(each.state == "ready" for each in health.values())


@contextmanager
def whole_desk(home: Path, mail: Dovecot | None = None) -> Iterator[WholeDesk]:
    """Run one for the length of the block; its channels are up."""
    desk = WholeDesk(home, mail)
    try:
        desk.run()
        desk.until(desk.healthy, "channels that work")
        yield desk
    finally:
        desk.end()
