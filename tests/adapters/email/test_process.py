"""The parsing process: a bomb costs it, and never the next mail."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.email.mail import Mail, Unreadable
from adapters.email.parse import STRANGE
from adapters.email.process import ParsingProcess, Readers
from adapters.email.reading import frames
from bench.kit import mail_bombs
from tests.adapters.email import mutations
from tests.adapters.email.letters import NOW, letter, mixed, part

pytestmark = pytest.mark.contract

ORDINARY = letter("hello", "Subject: order")
# The standard library reads parameters of a header in quadratic time, before we can count.
SLOW = letter("hi", "Content-Type: multipart/mixed; " + 'a="b\\";' * 1_000_000)


async def test_bombs_are_refused_or_read_within_bounds_by_one_worker() -> None:
    async with ParsingProcess() as process:
        for name, bomb in mail_bombs.REFUSED.items():
            answer = await process.parse(bomb, received=NOW)
            assert isinstance(answer, Unreadable), name
        for name, bomb in mail_bombs.READ.items():
            answer = await process.parse(bomb, received=NOW)
            assert isinstance(answer, Mail), (name, answer)
            assert len(answer.text) <= 200_000, name
        assert isinstance(await process.parse(ORDINARY, received=NOW), Mail)


async def test_a_mail_that_takes_too_much_memory_leaves_the_next_one_readable() -> None:
    async with ParsingProcess(memory=160 * 1024 * 1024) as process:
        answer = await process.parse(letter(b"hi" * 19_500_000), received=NOW)
        assert isinstance(answer, Unreadable)
        assert answer.reason == frames.TOO_MUCH
        assert isinstance(await process.parse(ORDINARY, received=NOW), Mail)


async def test_a_mail_that_takes_too_much_processor_time_leaves_the_next_one_readable() -> None:
    async with ParsingProcess(cpu_seconds=0) as process:
        answer = await process.parse(SLOW, received=NOW)
        assert isinstance(answer, Unreadable)
        assert answer.reason == frames.TOO_MUCH
        assert isinstance(await process.parse(ORDINARY, received=NOW), Mail)


async def test_a_mail_that_takes_too_long_leaves_the_next_one_readable() -> None:
    async with ParsingProcess(wall_seconds=0.0) as process:
        assert isinstance(await process.parse(ORDINARY, received=NOW), Unreadable)
        process._wall_seconds = 30.0
        assert isinstance(await process.parse(ORDINARY, received=NOW), Mail)


async def test_a_worker_that_was_killed_is_replaced() -> None:
    async with ParsingProcess() as process:
        before = worker_of(process)
        os.kill(before, signal.SIGKILL)
        await process.parse(ORDINARY, received=NOW)
        assert isinstance(await process.parse(ORDINARY, received=NOW), Mail)
        assert worker_of(process) != before


async def test_a_worker_is_recycled() -> None:
    async with ParsingProcess(recycle=3) as process:
        workers = set()
        for _ in range(7):
            assert isinstance(await process.parse(ORDINARY, received=NOW), Mail)
            workers.add(worker_of(process))
        assert len(workers) == 3


async def test_a_stop_signal_to_the_group_does_not_make_a_bomb_of_the_mail_in_hand() -> None:
    async with ParsingProcess() as process:
        os.kill(worker_of(process), signal.SIGTERM)
        os.kill(worker_of(process), signal.SIGINT)
        assert isinstance(await process.parse(ORDINARY, received=NOW), Mail)


async def test_a_cancelled_asker_does_not_get_its_answer_to_the_next() -> None:
    large = mixed(part("x"), part(b"a" * 20_000_000, "Content-Disposition: attachment"))
    async with ParsingProcess() as process:
        task = asyncio.create_task(process.parse(large, received=NOW))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        answer = await process.parse(ORDINARY, received=NOW)
        assert isinstance(answer, Mail)
        assert answer.subject == "order"


async def test_mails_asked_for_at_once_get_their_own_answers() -> None:
    async with ParsingProcess() as process:
        asked = [process.parse(letter(f"mail {n}"), received=NOW) for n in range(20)]
        answers = await asyncio.gather(*asked)
    assert [one.text for one in answers if isinstance(one, Mail)] == [
        f"mail {n}" for n in range(20)
    ]


async def test_attachments_of_25_megabytes_come_back_whole() -> None:
    content = bytes(range(256)) * 100_000
    raw = mixed(part("see"), part(content.hex()[:25_000_000], "Content-Disposition: attachment"))
    async with ParsingProcess() as process:
        answer = await process.parse(raw, received=NOW)
    assert isinstance(answer, Mail)
    assert answer.attachments[0].content == content.hex()[:25_000_000].encode()


async def test_the_name_of_our_server_reaches_the_reading() -> None:
    raw = letter("hello", "Authentication-Results: mx.test; dmarc=pass")
    async with ParsingProcess(authserv_id="mx.test") as process:
        answer = await process.parse(raw, received=NOW)
    assert isinstance(answer, Mail)
    assert answer.authentication == "pass"


async def test_the_worker_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORDBOARD_PASSWORD", "hunter2")
    async with ParsingProcess() as process:
        environment = Path(f"/proc/{worker_of(process)}/environ").read_bytes()
    assert b"hunter2" not in environment


async def test_a_worker_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.email.process._WORKER", "adapters.email.no_such_worker")
    with pytest.raises(RuntimeError, match=r"does not start: .*no_such_worker"):
        async with ParsingProcess():
            pass


def test_the_worker_dies_with_its_parent() -> None:
    program = (
        "import asyncio, os, signal\n"
        "from adapters.email.process import ParsingProcess\n"
        "async def main():\n"
        "    async with ParsingProcess() as process:\n"
        "        print(process._worker.pid, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30)
    assert done.returncode == -signal.SIGKILL
    assert ended(int(done.stdout))


def ended(pid: int) -> bool:
    """Wait for the end of a process that is no child of ours."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(process):
        return bool(select.select([process], [], [], 10)[0])


def worker_of(process: ParsingProcess) -> int:
    assert process._worker is not None
    return process._worker.pid


async def test_mails_that_are_broken_at_random_are_read_or_said_to_be_unreadable() -> None:
    outcome = await mutations.tried(mutations.mutated(500, mutations.SEED))
    assert outcome.wrong == []
    assert outcome.read + sum(outcome.unreadable.values()) == 500


def test_what_breaks_the_reading_or_its_bounds_is_counted_as_unhandled() -> None:
    assert mutations.is_wrong(Unreadable(frames.TOO_MUCH))
    assert mutations.is_wrong(Unreadable(STRANGE))
    assert not mutations.is_wrong(Unreadable("The mail is empty."))


def test_the_worker_can_fetch_nothing() -> None:
    """It has no client of anything: what a mail names is text."""
    program = (
        "import sys, adapters.email.reading.worker\n"
        "print(*{'ssl', 'http.client', 'urllib.request', 'aiohttp', 'requests', 'ftplib',"
        " 'aiosmtplib', 'nats'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30)
    assert (done.returncode, done.stdout.strip()) == (0, b"")


async def test_who_has_a_hard_mail_keeps_nobody_waiting() -> None:
    async with Readers(count=2) as readers:
        hard = asyncio.create_task(readers.parse(SLOW, received=NOW))
        await asyncio.sleep(0)
        assert isinstance(await readers.parse(ORDINARY, received=NOW), Mail)
        assert not hard.done()
        assert isinstance(await hard, Unreadable)


async def test_one_reader_is_enough_while_mails_come_one_by_one() -> None:
    async with Readers(count=2) as readers:
        for _ in range(3):
            await readers.parse(ORDINARY, received=NOW)
        assert [reader._worker is not None for reader in readers._readers] == [True, False]
