"""A bus that other machines reach: by TLS only, unless told so."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.nats import binary, keys
from router.nats.admission import admit
from router.nats.embedded import EmbeddedNats
from router.nats.served import Open, open_to
from tests.router.nats.conftest import AGENTS, ALICE
from tests.servers.authority import Signed, signed
from tests.servers.ports import free_ports
from wire import credentials
from wire.bus import LinkDown, Request
from wire.config import BadConfig
from wire.credentials import NoProfile, load_profile, place
from wire.data_folder import DataFolder
from wire.exposure import is_local, readable_on_the_way
from wire.nats_bus import Credential, connect
from wire.settings import BusSettings, load

pytestmark = pytest.mark.program

Bus = tuple[EmbeddedNats, DataFolder]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    return signed(tmp_path_factory.mktemp("authority"))


@pytest.fixture
async def bus(tmp_path: Path, certificate: Signed) -> AsyncIterator[Bus]:
    """Open to everybody, by TLS."""
    folder = DataFolder(tmp_path / "desk")
    at = Open("0.0.0.0", free_ports(1)[0], str(certificate.certificate), str(certificate.key),
              str(certificate.ca))  # fmt: skip
    async with EmbeddedNats(folder, {"support": "email"}, binary.find(), at) as running:
        await admit(folder.root, AGENTS)
        yield running, folder


async def test_who_trusts_the_authority_comes_in_and_is_answered(
    bus: Bus, certificate: Signed
) -> None:
    running, folder = bus
    assert running.url.startswith("tls://127.0.0.1:")
    at = place(folder.root)
    router = await connect(
        at.url, server=at.server,
        credential=Credential(keys.kept(folder.answers_key).seed, "_INBOX.answers", at.ca),
    )  # fmt: skip

    async def answer(request: Request) -> bytes:
        return b"welcome"

    await router.serve("rpc.*.*", answer, queue="router")
    # A console elsewhere knows the url and the authority, not the folder.
    alice = await connect(
        running.url, credential=Credential(ALICE.seed, "_INBOX.alice", str(certificate.ca))
    )
    assert await alice.request("rpc.alice.hello", b"?") == b"welcome"
    for one in (alice, router):
        await one.close()


async def test_who_does_not_trust_it_or_expects_another_name_does_not_come_in(
    bus: Bus, certificate: Signed, tmp_path: Path
) -> None:
    running, _ = bus
    (tmp_path / "other").mkdir()
    other = signed(tmp_path / "other")
    named = running.url.replace("127.0.0.1", "localhost")  # a name that is not in the certificate
    for url, ca in ((running.url, ""), (running.url, str(other.ca)), (named, str(certificate.ca)),
                    (running.url, str(tmp_path / "nowhere.pem"))):  # fmt: skip
        with pytest.raises(LinkDown):
            await connect(url, credential=Credential(ALICE.seed, "_INBOX.alice", ca), timeout=5)


async def test_after_a_restart_of_the_bus_everybody_is_back(bus: Bus, certificate: Signed) -> None:
    running, _ = bus
    told = Credential(ALICE.seed, "_INBOX.alice", str(certificate.ca))
    alice = await connect(running.url, credential=told)
    os.kill(running.pid, signal.SIGKILL)
    async with asyncio.timeout(20):
        while not (running.restarts and alice.connected):
            await asyncio.sleep(0.02)
    await alice.rtt()
    await alice.close()


async def test_without_tls_nobody_comes_in(bus: Bus) -> None:
    running, _ = bus
    port = int(running.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(b'CONNECT {"verbose":true}\r\nPING\r\n')
    assert b"PONG" not in await asyncio.wait_for(reader.read(), 10)
    writer.close()


async def test_a_server_without_tls_is_no_server_for_who_asks_for_tls(tmp_path: Path) -> None:
    async with EmbeddedNats(DataFolder(tmp_path), {}, binary.find()) as plain:
        with pytest.raises(LinkDown):
            await connect(plain.url.replace("nats://", "tls://"), timeout=5)


async def test_an_adapter_and_a_login_believe_the_file_that_they_are_told(
    bus: Bus, certificate: Signed, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    running, folder = bus
    monkeypatch.setattr(credentials, "_home", lambda: tmp_path / "home")
    monkeypatch.setattr(credentials, "_keyring", lambda: None)
    credentials.keep_login("alice", ALICE.seed, url=running.url, ca=str(certificate.ca))
    profile = load_profile(None, "alice", running.url)
    alice = await connect(profile.url, credential=profile.credential, server=profile.server)
    await alice.close()
    (tmp_path / "cordboard.toml").write_text(
        '[adapters.shop]\nkind = "webchat"\nlisten = "127.0.0.1:0"\nsecret = { file = "s" }\n'
    )
    (tmp_path / "s").write_text("s" * 40)
    key = keys.kept(folder.adapter_key("email", "support"))
    (tmp_path / "key").write_text(key.seed)
    adapter = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "adapters.sdk", "shop", "--config", tmp_path / "cordboard.toml",
        "--bus", running.url, "--ca", certificate.ca, "--credential", tmp_path / "key",
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert adapter.stderr is not None
        # It is connected, and as another account's key may not say what it tries to.
        async with asyncio.timeout(30):
            while b"permissions violation" not in (line := await adapter.stderr.readline()).lower():
                assert line, "it ended"
    finally:
        adapter.terminate()
        await adapter.communicate()


# --- refusals ---------------------------------------------------------------------------------


def faults(tmp_path: Path, bus: str) -> list[str]:
    path = tmp_path / "cordboard.toml"
    path.write_text(f"[bus]\n{bus}\n")
    try:
        load(path)
    except BadConfig as error:
        return error.faults
    return []


@pytest.mark.parametrize("bus", [
    'listen = "0.0.0.0:4222"', 'listen = "[::]:4222"', 'listen = "192.0.2.7:4222"',
    'listen = "desk.example:4222"', 'url = "nats://bus.example:4222"', 'url = "bus.example"',
    'url = "ws://192.0.2.7"',
])  # fmt: skip
def test_other_machines_and_no_tls_is_refused_with_what_to_do(tmp_path: Path, bus: str) -> None:
    (fault,) = faults(tmp_path, bus)
    key = bus.partition(" ")[0]
    assert fault.startswith(f"cordboard.toml: bus.{key}: ")
    assert "without TLS others read along" in fault
    assert "allow_plain = true" in fault
    assert faults(tmp_path, f"{bus}\nallow_plain = true") == []


@pytest.mark.parametrize("bus", [
    'listen = "127.0.0.1:4222"', 'listen = "[::1]:4222"', 'url = "nats://127.0.0.1:4222"',
    'url = "tls://bus.example:4222"', 'url = "nats://localhost:4222"',
])  # fmt: skip
def test_this_machine_and_tls_are_no_fault(tmp_path: Path, bus: str) -> None:
    assert faults(tmp_path, bus) == []


def test_files_are_meant_from_where_the_configuration_is(
    tmp_path: Path, certificate: Signed
) -> None:
    for file in (certificate.certificate, certificate.key):
        (tmp_path / file.name).write_text(file.read_text())
    both = 'listen = "0.0.0.0:4222"\ntls_certificate = "server.pem"\ntls_key = "server.key"'
    assert faults(tmp_path, both) == []
    bus = load(tmp_path / "cordboard.toml").bus
    assert open_to(bus).certificate == str(tmp_path / "server.pem")
    assert "belong together" in faults(tmp_path, 'tls_certificate = "server.pem"')[0]
    assert "there is no file" in faults(tmp_path, both.replace("server.key", "none.key"))[0]
    assert "no address and port" in faults(tmp_path, 'listen = "4222"')[0]
    assert open_to(BusSettings()) == Open()


def test_a_login_elsewhere_is_by_tls_unless_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORDBOARD_ALLOW_PLAIN", raising=False)
    with pytest.raises(NoProfile, match="CORDBOARD_ALLOW_PLAIN=1"):
        place(None, "nats://desk.example:4222")
    assert place(None, "tls://desk.example:4222").url == "tls://desk.example:4222"
    monkeypatch.setenv("CORDBOARD_ALLOW_PLAIN", "1")
    assert place(None, "nats://desk.example:4222").server == ""


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.0.2.1", "desk", "127.evil.example"])
def test_what_is_not_this_machine(host: str) -> None:
    assert not is_local(host)
    assert readable_on_the_way(f"nats://{f'[{host}]' if ':' in host else host}:4222")
