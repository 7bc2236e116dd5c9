"""The ten things that every channel has to do right, each as a short story with a counterpart."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.sdk.conformance.counterpart import MOST
from adapters.sdk.conformance.desk import Desk
from adapters.sdk.conformance.expect import expect, until
from adapters.sdk.conformance.traces import Traces
from adapters.sdk.verdicts import AuthFailed, Verdict
from wire.messages.channel import Rejected, Retry

# A login that is refused is known as that within these seconds.
REFUSED_WITHIN = 10.0
# Where a channel has no limit of its own.
LONG = 20_000
# What terminals obey: bell, backspace, "clear the screen", delete, text from right to left.
NASTY = "\x07 \x08 \x1b[2J \x7f \u202e"
_OBEYED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WORD = re.compile(r"w\d{5}")


@dataclass(frozen=True, slots=True)
class Case:
    """`says` is what must be true; `run` raises AssertionError with what is not."""

    name: str
    says: str
    run: Callable[[Desk], Awaitable[None]]

    def __str__(self) -> str:
        return self.name


async def duplicate_in(desk: Desk) -> None:
    await desk.start()
    await desk.write("anna", "the first")
    await desk.counterpart.again(desk)
    await desk.write("anna", "the second")
    for text in ("the first", "the second"):
        expect(desk.count(text) == 1, f'"{text}" is at the desk {desk.count(text)} times')


async def crash_before_accepted(desk: Desk) -> None:
    """Twice: with a router that had not committed, and with one whose answer was lost."""
    async with desk.in_processes() as account:
        for text, committed in (("not committed", False), ("not heard of", True)):
            account.start()
            await desk.is_ready()
            await _killed_over(desk, text, account.kill, committed=committed)
        account.start()
        await desk.write("anna", "the last")
        for text in ("not committed", "not heard of"):
            await desk.has(text)
            expect(desk.count(text) == 1, f'"{text}" is at the desk {desk.count(text)} times')
        status = await account.stop()
        expect(status == 0, f"asked to end, it ends with status {status}: {account.log[-500:]}")


async def _killed_over(desk: Desk, text: str, kill: Callable[[], None], *, committed: bool) -> None:
    router = desk.router
    router.gate.clear()
    asked = router.asked
    await desk.counterpart.write("anna", text)
    await until(lambda: router.asked > asked, f'"{text}" was not brought to the router')
    told = desk.counterpart.taken(text)
    kill()
    router.health.clear()
    if committed:
        router.gate.set()
    else:
        router.crash()
    expect(not told, "the channel was told that it is taken before it was committed")


async def repeated_send(desk: Desk) -> None:
    await desk.start()
    anna = await desk.write("anna", "hello")
    once = desk.answer(anna, "said once", "out-1")
    first = await desk.delivered(once)
    again = await desk.send(once)
    expect(again == _again(first), f"the same key again: {again} instead of {_again(first)}")
    both = desk.answer(anna, "said by two", "out-2")
    await asyncio.gather(desk.delivered(both), desk.delivered(both))
    if desk.adapter().capabilities.when_unknown != "ask":
        await desk.kill()
        await desk.start()
        await desk.delivered(once)
    await desk.delivered(desk.answer(anna, "said last", "out-3"))
    for text in ("said last", "said once", "said by two"):
        await desk.is_shown("anna", text)


def _again(sent: Any) -> Any:
    return type(sent)(remote_id=sent.remote_id, refused=sent.refused, again=True)


async def over_long_text(desk: Desk) -> None:
    await desk.start()
    anna = await desk.write("anna", "hello")
    limit = desk.adapter().capabilities.text_limit
    words = [f"w{number:05}" for number in range((limit or LONG) * 5 // 2 // 7)]
    if not await desk.rejected_or_sent(desk.answer(anna, " ".join(words), "out-1")):
        expect(not await desk.shown("anna", "w00000"), "rejected, and shown in part")
        return
    await desk.is_shown("anna", words[-1])
    pieces = [each.text for each in await desk.counterpart.shown("anna")]
    expect(_WORD.findall(" ".join(pieces)) == words, "words are missing, double or out of order")
    longest = max(map(len, pieces))
    expect(not limit or longest <= limit, f"a piece of {longest} characters; declared are {limit}")


async def control_characters(desk: Desk) -> None:
    await desk.start()
    await desk.counterpart.write("anna", f"begins {NASTY} ends")
    anna = await desk.has("begins")
    expect("ends" in anna.text, f"the text is cut at a control character: {anna.text!r}")
    await desk.write("anna", "the next one")
    answer = desk.answer(anna, f"begins {NASTY} ends", "out-1", author="Ana\r\nBcc: x@y.test")
    if await desk.rejected_or_sent(answer):
        await desk.is_shown("anna", "begins")
    await desk.delivered(desk.answer(anna, "and goes on", "out-2"))
    await desk.is_shown("anna", "and goes on")
    shown = "\n".join(each.text for each in await desk.counterpart.shown("anna"))
    expect(not _OBEYED.search(shown), f"the customer got control characters: {shown!r}")


async def told_to_wait(desk: Desk) -> None:
    await desk.start()
    anna = await desk.write("anna", "hello")
    await desk.delivered(desk.answer(anna, "before", "out-0"))
    await desk.counterpart.slow_down(2.0)
    later = desk.answer(anna, "when it may", "out-1")
    verdict = await desk.send(later)
    if not isinstance(verdict, Retry):
        raise AssertionError(f"told to wait, it says {verdict}")
    patient = 0.5 <= verdict.after <= 60.0 if desk.counterpart.tells_how_long else verdict.after > 0
    expect(patient, f"told to wait for 2 s, it wants to come again after {verdict.after} s")
    expect(not await desk.shown("anna", "when it may"), "told to wait, it was sent all the same")
    await desk.counterpart.write("anna", "meanwhile")
    await desk.delivered(later)
    await desk.is_shown("anna", "when it may")
    await desk.has("meanwhile")


async def wrong_credentials(desk: Desk) -> None:
    adapter = desk.adapter(wrong=True)
    try:
        async with asyncio.timeout(REFUSED_WITHIN):
            said = await adapter.check()
        raise AssertionError(f'`check` says "{said}" of refused credentials')
    except AuthFailed as refused:
        reasons = [refused.reason]
    except Verdict as other:
        raise AssertionError(
            f"`check` does not know refused credentials: {type(other).__name__} {other.reason}"
        ) from other
    except TimeoutError:
        raise AssertionError(f"`check` knows nothing after {REFUSED_WITHIN:g} s") from None
    await desk.start(wrong=True)
    await until(lambda: desk.state == "paused", "the account is not paused", REFUSED_WITHIN)
    reasons.append(desk.router.health[-1].said)
    expect(all(reasons), "it is not said why")
    secrets = [secret for secret in _secrets(desk) if any(secret in said for said in reasons)]
    expect(not secrets, "the reason quotes the secret")


def _secrets(desk: Desk) -> list[str]:
    keys = desk.counterpart.keys(desk.folder, wrong=True)
    files = [each["file"] for each in keys.values() if isinstance(each, Mapping) and "file" in each]
    return [Path(desk.folder, file).read_text("utf-8").strip() for file in files]


async def server_killed(desk: Desk) -> None:
    await desk.start()
    anna = await desk.write("anna", "before")
    await desk.delivered(desk.answer(anna, "all is well", "out-1"))
    await desk.counterpart.kill()
    await until(lambda: desk.state not in ("ready", ""), "it says ready, and the server is gone")
    verdict = await desk.send(desk.answer(anna, "while it is away", "out-2"))
    expect(isinstance(verdict, Retry), f"with nobody there a send says {verdict}")
    await desk.counterpart.open()
    await desk.write("anna", "after")
    await desk.delivered(desk.answer(anna, "while it is away", "out-2"))
    await desk.is_ready()
    for text in ("all is well", "while it is away"):
        await desk.is_shown("anna", text)
    for text in ("before", "after"):
        expect(desk.count(text) == 1, f'"{text}" is at the desk {desk.count(text)} times')


async def large_attachment(desk: Desk) -> None:
    able = desk.adapter().capabilities
    await desk.start()
    large = _pattern(min(able.attachment_limit, MOST))
    file = desk.file(large, "large.bin", "application/octet-stream")
    if not able.attachments:
        anna = await desk.write("anna", "hello")
        verdict = await desk.send(desk.answer(anna, "see", attachments=(file,)))
        expect(isinstance(verdict, Rejected), f"it carries no files, and says {verdict}")
        return
    data = large[: desk.counterpart.largest_file - 1] + b"."
    anna = await desk.write("anna", "with a file", data)
    expect(len(anna.attachments) == 1, f"{len(anna.attachments)} files came instead of one")
    came = bytes(desk.router.blobs.get(anna.attachments[0].sha256, b""))
    expect(came == data, f"of {len(data)} bytes {len(came)} came, or others")
    await desk.delivered(desk.answer(anna, "see", attachments=(file,)))
    await desk.is_shown("anna", "see")
    files = [name for each in await desk.counterpart.shown("anna") for name in each.files]
    expect(files == [file.sha256], "the customer did not get the file as it was, once")


def _pattern(size: int) -> bytes:
    """Bytes of every kind, no two pieces of it alike."""
    every = bytes(range(256))
    return b"".join(b"%08d" % number + every for number in range(size // 264 + 1))[:size]


async def clean_unload(desk: Desk) -> None:
    before = Traces.now()
    await desk.start()
    await desk.is_ready()
    anna = await desk.write("anna", "hello")
    await desk.delivered(desk.answer(anna, "good day"))
    await desk.is_shown("anna", "good day")
    await desk.stop()
    await desk.counterpart.leave()
    expect(desk.state == "stopping", f"its last word is {desk.state!r} and not stopping")
    await Traces.are_gone(before)


CASES = tuple(
    Case(name, says, run)
    for name, says, run in (
        ("duplicate in", "What the channel brings twice is at the desk once.", duplicate_in),
        (
            "crash before accepted",
            "Killed before the router's answer, it loses nothing and repeats nothing; the channel "
            "was not told that it was taken.",
            crash_before_accepted,
        ),
        (
            "send repeated",
            "One key is one message for the customer, however often it is sent.",
            repeated_send,
        ),
        (
            "over-long text",
            "A text over the limit comes in pieces that fit, or is rejected whole.",
            over_long_text,
        ),
        (
            "control characters",
            "What a terminal would obey neither stops the channel nor reaches the customer.",
            control_characters,
        ),
        (
            "told to wait",
            "Status 429 and its like are a Retry: nothing is sent until it is over, and then once.",
            told_to_wait,
        ),
        (
            "wrong credentials",
            "Refused credentials are told within 10 s, the account pauses, no secret is shown.",
            wrong_credentials,
        ),
        (
            "server killed",
            "With the server gone the account says so, and goes on by itself when it is back.",
            server_killed,
        ),
        (
            "large attachment",
            "A file of 25 MB comes and goes whole, or is refused with a reason.",
            large_attachment,
        ),
        ("clean unload", "Stopped, it leaves no task, socket, file or process.", clean_unload),
    )
)
BY_NAME = {case.name: case for case in CASES}
