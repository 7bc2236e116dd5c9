"""The embedded server lives and dies as it should, and takes changes while it runs."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from router.nats import binary, served
from router.nats.accounts import AgentKeys
from router.nats.admission import Admission, admit
from router.nats.embedded import EmbeddedNats
from router.nats.keys import new_pair
from router.nats.trouble import BusTrouble
from tests.router.nats.conftest import AGENTS, ALICE, BOB, Server
from wire.bus import BusError, LinkDown, NotAllowed, Request
from wire.data_folder import DataFolder
from wire.nats_bus import Credential, connect

pytestmark = pytest.mark.program

CAROL = new_pair(b"c" * 32)


async def gone(pid: int, within: float = 1.0) -> bool:
    """Whether the process ends in time (a zombie has ended)."""
    async with asyncio.timeout(within):
        while Path(f"/proc/{pid}").exists():
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state in "ZX":
                break
            await asyncio.sleep(0.01)
    return True


async def until_connected(server: Server, seed: str, inbox: str) -> None:
    async with asyncio.timeout(5):
        while True:
            try:
                bus = await connect(server.bus.url, credential=Credential(seed, inbox), timeout=1)
            except BusError:
                await asyncio.sleep(0.05)
            else:
                return await bus.close()


async def test_files_of_the_bus_are_for_their_owner_only(server: Server) -> None:
    paths = [server.folder.nats_conf, server.folder.answers_key, server.folder.root]
    assert [oct(path.stat().st_mode & 0o077) for path in paths] == ["0o0"] * 3
    assert '"SU' not in server.folder.nats_conf.read_text()


async def test_the_port_is_kept_and_the_name_is_new(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    seen = []
    for _ in range(2):
        async with EmbeddedNats(folder, {}, binary.find()) as bus:
            seen.append((bus.url, bus.name))
    assert seen[0][0] == seen[1][0]
    assert seen[0][1] != seen[1][1]


async def test_another_server_on_the_port_is_noticed(server: Server) -> None:
    with pytest.raises(LinkDown, match="another server answers there"):
        await connect(server.bus.url, server="cordboard-of-somebody-else", timeout=5)


async def test_a_port_taken_by_a_stranger_is_named_with_what_to_do(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.make()
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        folder.nats_port.write_text(f"{port}\n")
        with pytest.raises(BusTrouble, match=rf"Port {port}.*taken by another.*nats/port"):
            async with EmbeddedNats(folder, {}, binary.find()):
                pass


async def test_a_binary_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(BusTrouble, match=r"bus\.server_binary names /nowhere"):
        binary.find("/nowhere/nats-server")
    with pytest.raises(BusTrouble, match="does not run as nats-server"):
        async with EmbeddedNats(DataFolder(tmp_path), {}, Path("/etc/hostname")):
            pass


async def test_the_binary_tells_its_version_and_digest() -> None:
    found = binary.version(binary.find())
    assert found.text.startswith("nats-server: v2.")
    assert len(found.sha256) == 64


async def test_a_server_that_dies_is_started_again_and_everybody_returns(server: Server) -> None:
    alice = await server.alice()
    os.kill(server.bus.pid, signal.SIGKILL)
    await until_connected(server, ALICE.seed, "_INBOX.alice")
    async with asyncio.timeout(5):
        while not alice.connected or server.bus.restarts == 0:
            await asyncio.sleep(0.02)
    assert server.bus.restarts == 1


PARENT = """
import asyncio, sys
from pathlib import Path
from router.nats import binary
from router.nats.embedded import EmbeddedNats
from wire.data_folder import DataFolder

async def main():
    async with EmbeddedNats(DataFolder(Path(sys.argv[1])), {}, binary.find()) as bus:
        print(bus.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_kill_9_of_the_parent_takes_the_server_along_within_a_second(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(await asyncio.to_thread(parent.stdout.readline))
    assert served.pid(DataFolder(tmp_path)) == pid
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert await gone(pid)
    # The next one on the folder starts on the same port.
    async with EmbeddedNats(DataFolder(tmp_path), {}, binary.find()) as bus:
        assert bus.pid != pid


async def test_a_new_agent_is_let_in_and_nobody_else_is_dropped(server: Server) -> None:
    alice, bob = await server.alice(), await server.bob()
    before = [bus._client.client_id for bus in (alice, bob)]
    with pytest.raises(NotAllowed):
        await server.agent("carol", CAROL)
    await admit(server.folder.root, (*AGENTS, AgentKeys("carol", (CAROL.public,), ("sales",))))
    await (await server.agent("carol", CAROL)).listen("news.team.sales", lambda s, p: None)
    for bus in (alice, bob):
        await bus.rtt()
    assert [bus._client.client_id for bus in (alice, bob)] == before
    assert [bus._client.stats["reconnects"] for bus in (alice, bob)] == [0, 0]


async def test_a_removed_key_is_cut_off_and_stays_out(server: Server) -> None:
    alice, bob = await server.alice(), await server.bob()
    await admit(server.folder.root, AGENTS[:1])
    async with asyncio.timeout(5):
        while bob.connected:
            await asyncio.sleep(0.01)
    with pytest.raises(NotAllowed):
        await server.bob()
    assert alice.connected


async def test_a_changed_team_changes_what_is_heard(server: Server) -> None:
    heard: list[str] = []
    bob = await server.bob()
    moved = (AGENTS[0], AgentKeys("bob", (BOB.public,), ("support",)))
    await admit(server.folder.root, moved)
    async with asyncio.timeout(5):
        while not bob.connected:
            await asyncio.sleep(0.01)
    await bob.listen("news.team.support", lambda subject, _: heard.append(subject))
    router = await server.answers()
    async with asyncio.timeout(5):
        while not heard:
            await router.publish("news.team.support", b"x")
            await asyncio.sleep(0.01)


async def test_a_login_is_answered_across_the_change_that_it_causes(server: Server) -> None:
    router, door = await server.answers(), await server.door()

    async def let_in(request: Request) -> bytes:
        await admit(server.folder.root, (*AGENTS, AgentKeys("carol", (CAROL.public,))))
        return b"welcome"

    await router.serve("rpc.*.*", let_in, queue="router")
    assert await door.request("rpc.door.login", b"?", timeout=5) == b"welcome"
    await server.agent("carol", CAROL)


async def test_who_was_let_in_is_let_in_again_after_a_restart(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    async with EmbeddedNats(folder, {}, binary.find()):
        await admit(folder.root, AGENTS)
    async with EmbeddedNats(folder, {}, binary.find()) as bus:
        alice = await connect(bus.url, credential=Credential(ALICE.seed, "_INBOX.alice"))
        await alice.close()


async def test_a_bad_list_hurts_nobody(server: Server) -> None:
    router_key = served.kept(server.folder)
    assert router_key is not None
    mallory = AgentKeys("mallory", (router_key.house.answers, ALICE.public, "x"), ("bad.*team",))
    with pytest.raises(ValueError, match="an id has"):
        await admit(server.folder.root, (*AGENTS, AgentKeys("m", (CAROL.public,), ("bad.*team",))))
    await admit(server.folder.root, (*AGENTS, mallory))
    await (await server.alice()).rtt()
    await (await server.answers()).rtt()


async def test_without_an_embedded_server_the_list_is_kept(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.make()
    await admit(folder.root, AGENTS)
    assert served.people(folder) == AGENTS


async def test_those_who_wait_together_are_served_by_one_change(server: Server) -> None:
    asked = 0

    async def everybody() -> tuple[AgentKeys, ...]:
        nonlocal asked
        asked += 1
        return AGENTS

    admission = Admission(server.folder.root, everybody)
    await asyncio.gather(*(admission.refresh() for _ in range(20)))
    assert asked <= 2
