"""A real Dovecot for tests: IMAP, LMTP and submission with TLS, passwords and XOAUTH2, no root."""

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import signal
import ssl
import string
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.needs import program
from tests.servers.ports import free_ports, wait_for_port, wait_until_closed
from tests.servers.relay import Relay, deliver, relay
from tests.servers.tokens import Tokens, token_service

TEMPLATE = string.Template(Path(__file__).with_name("dovecot.conf").read_text(encoding="ascii"))

# The desk writes from the first, customers from the second; a mailbox is named by its local part.
DOMAINS = ("desk.test", "home.test")

PASSWORDS = {"support": "s3cret", "sales": "s3cret", "olena": "dnipro", "ivan": "volga"}


@dataclass(frozen=True)
class Ports:
    imap: int
    imaps: int
    lmtp: int
    submission: int
    relay: int


@dataclass
class Dovecot:
    """A running mail server. `host` is a name, so that the certificate can be checked."""

    lab: Path
    ports: Ports
    cafile: Path
    tokens: Tokens
    host: str = "localhost"
    users: dict[str, str] = field(default_factory=lambda: dict(PASSWORDS))
    # Where what is submitted goes first.
    relay: Relay = field(init=False)
    _server: subprocess.Popen[bytes] | None = None
    _starts: int = 0

    @staticmethod
    @contextmanager
    def start(folder: Path) -> Iterator["Dovecot"]:
        """Run one for the length of the block. The certificate to trust is put into the folder."""
        with private_lab() as lab, token_service() as tokens:
            ports = Ports(*free_ports(5))
            mail = Dovecot(lab, ports, make_certificate(lab, folder), tokens)
            with relay(ports.relay, lmtp_port=ports.lmtp, domains=DOMAINS) as mail.relay:
                try:
                    mail.restart()
                    yield mail
                finally:
                    mail.kill()

    @property
    def tls(self) -> ssl.SSLContext:
        """What a client needs to trust this server."""
        return ssl.create_default_context(cafile=str(self.cafile))

    @property
    def running(self) -> bool:
        return self._server is not None

    def deliver(
        self, user: str, message: bytes, *, sender: str = "somebody@home.test", domain: str = ""
    ) -> None:
        """Put a message into the mailbox as the outside world would, over LMTP."""
        address = user if "@" in user else f"{user}@{domain or DOMAINS[0]}"
        deliver(self.ports.lmtp, sender, [address], message)

    def mailbox(self, user: str, name: str = "INBOX") -> list[bytes]:
        """Every message of the mailbox, oldest first, as it was received."""
        with imaplib.IMAP4_SSL(
            self.host, self.ports.imaps, ssl_context=self.tls, timeout=10
        ) as imap:
            imap.login(user, self.users[user])
            status, (count, *_) = imap.select(f'"{name}"', readonly=True)
            if status != "OK" or count in (None, b"0"):
                return []
            _, found = imap.fetch("1:*", "(BODY.PEEK[])")
            return [part[1] for part in found if isinstance(part, tuple)]

    def wait_for_mail(
        self, user: str, count: int = 1, *, name: str = "INBOX", seconds: float = 15
    ) -> list[bytes]:
        """The mailbox once it holds that many messages."""
        give_up = time.monotonic() + seconds
        while len(messages := self.mailbox(user, name)) < count:
            if time.monotonic() > give_up:
                raise TimeoutError(f"{user} has {len(messages)} of {count} messages in {name}")
            time.sleep(0.05)
        return messages

    def kill(self) -> None:
        """SIGKILL the whole server, as a crash of the machine would."""
        if self._server is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()
        self._server = None
        # Its children die a moment later, and until then they hold the ports.
        for port in (self.ports.imaps, self.ports.lmtp, self.ports.submission):
            wait_until_closed(port)

    def restart(self) -> None:
        """Start (again) on the same ports with the same mail."""
        self.kill()
        self._starts += 1
        configuration = self._configure(self.lab / f"run{self._starts}")
        self._server = subprocess.Popen(
            [*without_root(), program("dovecot"), "-F", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            for port in (self.ports.imaps, self.ports.imap, self.ports.lmtp, self.ports.submission):
                wait_for_port(port)
        except TimeoutError as error:
            raise RuntimeError(f"Dovecot did not start:\n{self.log()}") from error

    def log(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return (self.lab / "dovecot.log").read_text(encoding="utf-8", errors="replace")
        return ""

    def _configure(self, run: Path) -> Path:
        # A new run folder for every start: sockets left by a killed server make logins hang.
        run.mkdir()
        owner = server_user()
        write(
            self.lab / "users", "".join(f"{u}:{{PLAIN}}{p}::::::\n" for u, p in self.users.items())
        )
        write(self.lab / "oauth2.conf", OAUTH2.format(url=self.tokens.introspect_url))
        configuration = write(
            self.lab / "dovecot.conf",
            TEMPLATE.substitute(
                lab=self.lab,
                run=run,
                user=owner.pw_name,
                group=grp.getgrgid(owner.pw_gid).gr_name,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                imap_port=self.ports.imap,
                imaps_port=self.ports.imaps,
                lmtp_port=self.ports.lmtp,
                submission_port=self.ports.submission,
                relay_port=self.ports.relay,
            ),
        )
        hand_over(self.lab, owner)
        return configuration


OAUTH2 = """\
introspection_mode = post
introspection_url = {url}
username_attribute = email
username_format = %n
active_attribute = active
active_value = true
"""


def server_user() -> pwd.struct_passwd:
    """Who the server runs as: nobody when we are root, else we ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def without_root() -> list[str]:
    # The server goes down with the tests even when those are killed.
    prefix = [program("setpriv"), "--pdeathsig", "TERM"]
    if os.geteuid() != 0:
        return prefix
    owner = server_user()
    return [*prefix, f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]


def hand_over(folder: Path, owner: pwd.struct_passwd) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


@contextmanager
def private_lab() -> Iterator[Path]:
    """A folder of the server's own: pytest's are closed to nobody and too long for a socket."""
    lab = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    (lab / "home").mkdir()
    try:
        yield lab
    finally:
        shutil.rmtree(lab)


def make_certificate(lab: Path, folder: Path) -> Path:
    """A certificate for localhost that vouches for itself; clients get a copy to trust."""
    subprocess.run(
        [
            *(program("openssl"), "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(lab / "server.key"), "-out", str(lab / "server.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return Path(shutil.copy(lab / "server.pem", folder / "dovecot-ca.pem"))


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
