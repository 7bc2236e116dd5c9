"""Where the demo's desk stands: its folder, its ports, its cordboard.toml."""

import json
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs

from adapters.webchat.tokens import visitor_of_user
from cordboard.demo.staff import DOMAIN, SHOP, TEAMS
from cordboard.failing import BAD_INPUT, Failure
from cordboard.running.folder_lock import FolderLock
from wire import private_file
from wire.data_folder import DataFolder
from wire.messages.base import say

HOST = "127.0.0.1"


class Ports(msgspec.Struct, frozen=True):
    """The desk's doors. Kept, so that a page that is open in a browser finds its chat again."""

    support: int = 2525
    billing: int = 2526
    chat: int = 8090
    telegram: int = 8091


@dataclass(frozen=True, slots=True)
class Premises:
    """One demo's folder, paths only but for its verbs."""

    folder: DataFolder

    @property
    def root(self) -> Path:
        return self.folder.root

    @property
    def config(self) -> Path:
        return self.root / "cordboard.toml"

    @property
    def mark(self) -> Path:
        """Says that this folder is a demo's, and keeps its ports."""
        return self.root / "demo.json"

    @property
    def mailbox(self) -> Path:
        """The maildir in which the customers' answers arrive."""
        return self.root / "mailbox"

    @property
    def ledger(self) -> Path:
        """What the customers did and saw."""
        return self.root / "customers.jsonl"

    @property
    def keys(self) -> Path:
        """Of the staff."""
        return self.root / "staff"

    @property
    def shop_secret(self) -> Path:
        """The shop's site signs with it who is logged in there."""
        return self.root / "shop.secret"

    @property
    def bot_token(self) -> Path:
        """By it the demo's own Telegram knows the shop's bot."""
        return self.root / "bot.token"

    def visitor_of(self, login: str) -> str:
        """What the chat calls somebody who is logged in on the site."""
        return visitor_of_user(login, (self.root / "chat.secret").read_bytes().strip())

    @property
    def is_new(self) -> bool:
        return not self.folder.database.exists()

    def clear(self) -> None:
        """Throw all away but the ports. Raises Failure for a folder of others, or one in use."""
        if not self.root.exists() or not any(self.root.iterdir()):
            return
        if not self.mark.exists():
            raise Failure(say("{folder} holds something else than a demo; it is left alone.",
                              folder=str(self.root)), BAD_INPUT)  # fmt: skip
        with FolderLock(self.folder):
            for path in self.root.iterdir():
                if path in (self.folder.lock, self.mark):
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def open(self) -> None:
        """Make the folders. Raises OSError, or Failure where others live."""
        if self.config.exists() and not self.mark.exists():
            raise Failure(say("{folder} is the folder of a real desk; name another one.",
                              folder=str(self.root)), BAD_INPUT)  # fmt: skip
        self.folder.make()
        private_file.folder(self.keys)

    def furnish(self) -> Ports:
        """Choose the ports, write the configuration. Raises OSError."""
        ports = _free(self._ports())
        private_file.write(self.mark, msgspec.json.encode(ports).decode() + "\n")
        for name in ("chat.secret", "mail.secret", "shop.secret"):
            if not (self.root / name).exists():
                private_file.write(self.root / name, secrets.token_hex(32) + "\n")
        if not self.bot_token.exists():
            private_file.write(self.bot_token, f"4242:{secrets.token_urlsafe(26)}\n")
        private_file.write(self.config, self._settings(ports))
        return ports

    def _ports(self) -> Ports:
        try:
            return msgspec.json.decode(self.mark.read_bytes(), type=Ports)
        except (FileNotFoundError, msgspec.DecodeError):
            return Ports()

    def _settings(self, ports: Ports) -> str:
        teams = "".join(f"\n[desk.teams.{id}]\nname = {_quoted(name)}\n"
                        for id, name in TEAMS.items())  # fmt: skip
        mail = "".join(self._mail_account(team, getattr(ports, team)) for team in TEAMS)
        messengers = self._chat_account(ports.chat) + self._bot_account(ports.telegram)
        return _DESK.format(name=_quoted(SHOP)) + teams + mail + messengers

    def _mail_account(self, team: str, port: int) -> str:
        return _MAIL.format(
            name=team,
            team=_quoted(team),
            title=_quoted(f"{SHOP} {TEAMS[team]}"),
            address=_quoted(f"{team}@{DOMAIN}"),
            listen=_quoted(f"{HOST}:{port}"),
            mailbox=_quoted(str(self.mailbox)),
            secret=_quoted(str(self.root / "mail.secret")),
            signature=_quoted(f"{SHOP}, tea, tableware and house plants"),
            skills="{ billing = 1 }" if team == "billing" else "{}",
        )

    def _chat_account(self, port: int) -> str:
        return _CHAT.format(
            listen=_quoted(f"{HOST}:{port}"),
            title=_quoted(SHOP),
            secret=_quoted(str(self.root / "chat.secret")),
            shop=_quoted(str(self.shop_secret)),
        )

    def _bot_account(self, port: int) -> str:
        return _BOT.format(
            title=_quoted(SHOP),
            token=_quoted(str(self.bot_token)),
            url=_quoted(f"http://{HOST}:{port}"),
        )


_DESK = """\
# The demo's desk. Written anew at each start.

[desk]
name = {name}
"""
_MAIL = """
[adapters.{name}]
kind = "email"
team = {team}
title = {title}
signature = {signature}
skills = {skills}
address = {address}
smtp_listen = {listen}
deliver_to = {mailbox}
token_secret = {{ file = {secret} }}
"""
_CHAT = """
[adapters.chat]
kind = "webchat"
team = "support"
title = {title}
listen = {listen}
secret = {{ file = {secret} }}
identity_secret = {{ file = {shop} }}
demo_page = true
# All customers of the demo come from this machine.
newcomers_per_minute_per_ip = 6000.0
frames_per_second_per_ip = 2000.0
max_connections_per_ip = 1500

[adapters.chat.greeting]
"" = "Hello! How can we help?"
uk = "Вітаємо! Чим допомогти?"
ru = "Здравствуйте! Чем помочь?"
"""
_BOT = """
[adapters.bot]
kind = "telegram"
team = "support"
title = {title}
token = {{ file = {token} }}
# The demo brings a Telegram of its own. Without this line it would be the real one.
base_url = {url}
"""


def _quoted(text: str) -> str:
    # A string of JSON is one of TOML too.
    return json.dumps(text, ensure_ascii=False)


def _free(wanted: Ports) -> Ports:
    """The same ports, another one for each that somebody has."""
    taken: list[socket.socket] = []
    try:
        return Ports(*(_bound(port, taken) for port in msgspec.structs.astuple(wanted)))
    finally:
        for each in taken:
            each.close()


def _bound(port: int, taken: list[socket.socket]) -> int:
    door = socket.socket()
    taken.append(door)
    # As servers do: a port in TIME_WAIT is free.
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
    except OSError:
        door.bind((HOST, 0))
    return int(door.getsockname()[1])


def usual() -> Path:
    return platformdirs.user_data_path("cordboard-demo")
