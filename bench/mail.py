"""What it costs to read a mail, and what bombs cost: our parser beside those that there are."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from bench.kit.figure import Figure, Reach
from bench.kit.mail_parsers import BOMBS, MEMORY, PARSERS, SECONDS

ROOT = Path(__file__).resolve().parent.parent
FAST = "fast-mail-parser"
SAID = {
    "ours": "processor time to make a clean value of a raw mail: charsets mended, quotes and "
    "signatures folded, HTML as text.",
    "policy.default": "the standard library with its newer policy; nothing cleaned or folded.",
    "compat32": "the standard library with its older policy; nothing cleaned or folded.",
    FAST: "a parser in Rust, fetched for this run; nothing cleaned or folded.",
}  # fmt: skip
NAMES = {
    "ours": "parse", "policy.default": "policy_default", "compat32": "compat32", FAST: "fast",
}  # fmt: skip


async def figures() -> AsyncIterator[Figure]:
    with tempfile.TemporaryDirectory() as room:
        known = [name for name in PARSERS if name != FAST or await _fetched(room)]
        micros = {name: float(await _run(room, name)) for name in known}
        for name in known:
            yield Figure(
                name=f"mail.{NAMES[name]}", value=micros[name], unit="µs",
                yardstick=micros["policy.default"], said=SAID[name],
                beside="the standard library with policy.default, the same headers, the body and "
                "the files decoded.",
            )  # fmt: skip
        for name in known:
            survived = [await _survives(room, name, bomb) for bomb in BOMBS]
            yield Figure(
                name=f"mail.{NAMES[name]}_bombs", value=sum(survived), unit="of them",
                yardstick=len(BOMBS), beside="the number of bombs.",
                said=f"mails that are built to hurt, read or refused within {SECONDS} s of "
                f"processor time and {MEMORY >> 20} MB by {name}.",
                reach=Reach(ratio_at_least=1.0) if name == "ours" else None,
            )  # fmt: skip


async def _survives(room: str, name: str, bomb: str) -> bool:
    said = await _run(room, name, bomb)
    print(f"  {name}: {bomb}: {said or 'killed'}", file=sys.stderr)
    return bool(said)


async def _fetched(room: str) -> bool:
    """Into a folder of this run: it is no dependency of ours."""
    pip = ("-m", "pip", "install", "--quiet", "--no-input", "--target", room, FAST)
    process = await asyncio.create_subprocess_exec(sys.executable, *pip)
    there = await process.wait() == 0
    if not there:
        print(f"  {FAST} cannot be fetched: it is left out", file=sys.stderr)
    return there


async def _run(room: str, *arguments: str) -> str:
    """What the process says; nothing when it was ended."""
    path = os.pathsep.join([str(ROOT), room])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.kit.mail_parsers", *arguments),
        env={**os.environ, "PYTHONPATH": path},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said, _ = await process.communicate()
    return said.decode().strip() if process.returncode == 0 else ""
