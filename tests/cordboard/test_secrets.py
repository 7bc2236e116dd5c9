"""Secrets stand in no list of processes, no log, no output and no repr."""

import json
import re
import secrets
import time
from pathlib import Path

import pytest

from adapters.email.config import EmailConfig, OAuth
from adapters.sdk.found import made
from adapters.telegram.config import TelegramConfig
from adapters.webchat.config import WebchatConfig
from router.access.invitations import new_invitation
from router.nats.keys import new_pair
from tests.cordboard.conftest import Typed
from tests.cordboard.test_run import Running
from tests.servers.ports import free_ports
from wire import settings
from wire.config import Secret
from wire.credentials import Profile
from wire.data_folder import DataFolder
from wire.messages.verbs import Invitation, Login, SetAgent
from wire.nats_bus import Credential

pytestmark = pytest.mark.program

MARK = "SECRETMARK"


def marked() -> str:
    return f"{MARK}{secrets.token_hex(16)}"


CONFIG = """
[adapters.shop]
kind = "webchat"
secret = {{ file = "chat.secret" }}
identity_secret = {{ env = "SHOP_SECRET" }}
listen = "127.0.0.1:0"

[adapters.mail]
kind = "email"
address = "support@desk.test"
password = {{ file = "mail.secret" }}
token_secret = {{ env = "MAIL_TOKEN" }}
imap_host = "127.0.0.1"
imap_port = {imap}
imap_security = "none"
smtp_host = "127.0.0.1"
smtp_port = {smtp}
smtp_security = "none"

[adapters.bot]
kind = "telegram"
token = {{ file = "bot.secret" }}
base_url = "http://127.0.0.1:{telegram}"
"""


class Watched(Running):
    """A desk of which everything that others could read is kept."""

    def readable(self) -> str:
        """Command lines of all its processes, all its logs, and what it said."""
        logs = [
            path
            for path in self.folder.root.rglob("*")
            if "log" in path.name or path.parent.name == "log"
        ]
        texts = [path.read_text(errors="replace") for path in logs if path.is_file()]
        return "\n".join([*self.command_lines(), *texts, *self.said])

    def command_lines(self) -> list[str]:
        parents = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        ours, grown = {self.process.pid}, 0
        while len(ours) > grown:
            grown = len(ours)
            ours |= {pid for pid, parent in parents.items() if parent in ours}
        lines = []
        for pid in ours:
            try:
                lines.append(Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " "))
            except OSError:
                continue
        return lines


def test_a_whole_desk_shows_no_secret(
    tmp_path: Path, surroundings: dict[str, str], typed: Typed
) -> None:
    imap, smtp, telegram = free_ports(3)  # nobody is there: channels complain
    (tmp_path / "cordboard.toml").write_text(CONFIG.format(imap=imap, smtp=smtp, telegram=telegram))
    for name in ("chat", "mail", "bot"):
        (tmp_path / f"{name}.secret").write_text(f"123456:{marked()}")
    surroundings |= {"SHOP_SECRET": marked(), "MAIL_TOKEN": marked()}
    desk = Watched(DataFolder(tmp_path / "desk"), surroundings, tmp_path)
    try:
        desk.until("^ready in")
        data = ("--data", str(desk.folder.root))
        code = json.loads(typed("agent", "add", "bob", "--json", *data).stdout)["code"]
        password = marked()
        assert (
            typed("agent", "password", "bob", *data, stdin=f"{password}\n{password}\n").returncode
            == 0
        )
        for given in (password, code):
            typed("login", "bob", *data, stdin=f"{given}\n")
        give_up = time.monotonic() + 20
        while "retrying" not in typed("status", *data).stdout and time.monotonic() < give_up:
            time.sleep(0.1)
        running = desk.readable()
        assert "router" in running
        assert re.search(r"adapters\.sdk mail", running)
    finally:
        desk.end()
    seeds = [path.read_text().strip() for path in desk.folder.keys.glob("*.nk")]
    assert len(seeds) >= 6
    everything = running + desk.readable() + "\n".join(desk.said)
    assert MARK not in everything
    for secret in (*seeds, code):
        assert secret not in everything, secret[:6]


def test_no_value_that_holds_a_secret_shows_it(tmp_path: Path) -> None:
    held = Secret(marked())
    pair = new_pair(b"x" * 32)
    invitation = new_invitation(0.0, b"x" * 16)
    values = [
        held,
        EmailConfig(address="a@b", password=held, token_secret=held,
                    oauth=OAuth("https://t", "id", client_secret=held, refresh_token=held)),
        WebchatConfig(secret=held, identity_secret=held),
        TelegramConfig(token=held),
        pair,
        Credential(pair.seed, "_INBOX.x"),
        Profile("nats://x", "", "ana", pair.seed, "x"),
        Login(agent="ana", key=pair.public, password=held.value, code=invitation.code),
        SetAgent(agent="ana", password=held.value),
        Invitation(agent="ana", code=invitation.code, expires=1.0),
        {"nested": [(held, Login(agent="a", key="k", code=invitation.code))]},
    ]  # fmt: skip
    for value in values:
        for text in (repr(value), str(value), f"{value}"):
            assert MARK not in text
            assert pair.seed not in text
            assert invitation.code not in text


def test_a_fault_in_the_configuration_does_not_show_it(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(marked())
    (tmp_path / "cordboard.toml").write_text(
        f'[adapters.shop]\nkind = "webchat"\nsecret = {{ file = "{tmp_path}/s" }}\nlisten = "x"\n'
    )
    read = settings.load(tmp_path / "cordboard.toml")
    with pytest.raises(Exception, match="listen") as raised:
        made(read, "shop")
    assert MARK not in f"{raised.value!r} {read!r}"
