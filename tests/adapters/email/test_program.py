"""The whole adapter as the desk starts it: its own process, a real bus, a real mail server."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.email.conftest import KEY, is_ready, letter, subjects, until
from tests.adapters.router_twin import RouterTwin
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from wire import nats_bus
from wire.messages.channel import Outbound, Sent

pytestmark = pytest.mark.program


def start(folder: Path, url: str) -> "subprocess.Popen[str]":
    info = folder / "ours-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[cordboard.adapters]\nemail = adapters.email.adapter:Email\n"
    )
    paths = os.pathsep.join((str(folder), str(Path.cwd())))
    config = str(folder / "cordboard.toml")
    command = (sys.executable, "-m", "adapters.sdk", "support", "--bus", url, "--config", config)
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": paths}, stderr=subprocess.PIPE, text=True
    )


def configure(folder: Path, mail: Dovecot) -> None:
    (folder / "password").write_text(mail.users["support"])
    (folder / "key").write_text(KEY)
    (folder / "cordboard.toml").write_text(f"""
        [adapters.support]
        kind = "email"
        title = "Support"
        signature = "Your desk"
        address = "support@desk.test"
        username = "support"
        password = {{ file = "password" }}
        token_secret = {{ file = "key" }}
        ca_file = "{mail.cafile}"
        imap_host = "{mail.host}"
        imap_port = {mail.ports.imaps}
        smtp_host = "{mail.host}"
        smtp_port = {mail.ports.submission}
        smtp_listen = "127.0.0.1:{free_ports(1)[0]}"
    """)


async def test_a_mail_comes_in_and_the_answer_goes_out(
    mail: Dovecot, tmp_path: Path, bus_port: int
) -> None:
    url = f"nats://127.0.0.1:{bus_port}"
    configure(tmp_path, mail)
    bus = await nats_bus.connect(url)
    router = RouterTwin(bus)
    await router.open()
    process = start(tmp_path, url)
    try:
        await until(lambda: is_ready(router))
        await asyncio.to_thread(mail.deliver, "support", letter("all the way"))
        await until(lambda: subjects(router) == ["all the way"])
        answer = Outbound(
            id="out-1",
            epoch=1,
            remote="olena@home.test",
            text="On its way.",
            at=1_790_000_000,
            subject="Re: all the way",
        )
        assert isinstance(await router.send("email", "support", answer), Sent)
        (raw,) = await asyncio.to_thread(mail.wait_for_mail, "olena")
        assert b"Your desk" in raw
        process.send_signal(signal.SIGTERM)
        _, log = await asyncio.to_thread(process.communicate, timeout=20)
    finally:
        process.kill()
        await bus.close()
    assert process.returncode == 0
    assert "all the way" not in log
    assert "olena" not in log
