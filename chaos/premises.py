"""The desk that is shot at: the whole one, with a mail server, a chat page and a bot."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from string import Template

from tests.journeys.desk import WholeDesk
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from wire.marks import FOLDER
from wire.messages.verbs import Status

# What the fake Telegram of the tests takes for a token.
TOKEN = "4242:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
BOT = Template("""
[adapters.bot]
kind = "telegram"
token = { file = "bot.token" }
base_url = "http://127.0.0.1:$telegram"
poll_seconds = 20
""")
# Every program that can be killed, but for the console: that one is a person's.
ROUTER, BUS, MAIL, CHAT, TELEGRAM = "router", "nats-server", "support", "chat", "bot"
SENDER = "sender"


class Premises(WholeDesk):
    def __init__(self, home: Path, mail: Dovecot) -> None:
        (self.telegram_port,) = free_ports(1)
        self.mail = mail
        (home / "bot.token").write_text(TOKEN, encoding="ascii")
        super().__init__(home, mail)
        # A file in it ends whoever passes the point of its name.
        self.marks = home / "marks"
        self.marks.mkdir()

    def run(self) -> None:
        """Only the desk's own processes know of the marks, not its consoles."""
        own = self.surroundings
        self.surroundings = own | {FOLDER: str(self.marks)}
        try:
            super().run()
        finally:
            self.surroundings = own

    def arm(self, mark: str, passage: str = "") -> Path:
        """The file that is gone as soon as somebody passed there, and was killed."""
        file = self.marks / mark
        fresh = file.with_suffix(".new")
        fresh.write_text(passage, "ascii")
        return fresh.rename(file)

    def _config(self, mail: Dovecot | None) -> str:
        return super()._config(mail) + BOT.substitute(telegram=self.telegram_port)

    def healthy(self) -> bool:
        """Every channel says that it works; the bot does once its Telegram is there."""
        health = self.asks(Status()).health
        return len(health) == 3 and all(each.state == "ready" for each in health.values())


@contextmanager
def premises(home: Path, runs: Sequence[str] = ()) -> Iterator[Premises]:
    """A desk that runs for the length of the block, with one agent on it who takes everything."""
    with Dovecot.start(home) as mail:
        desk = Premises(home, mail)
        desk.runs = [*runs] or desk.runs
        try:
            desk.run()
            limits = (f"--limit={kind}=1000" for kind in ("webchat", "email", "telegram"))
            desk.hire("ana", "--capacity", "1000", *limits)
            yield desk
        finally:
            desk.end()
