"""Sending: every exception becomes a verdict, a repeat is not sent twice."""

import asyncio
import logging
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from adapters.sdk import (
    Attachment,
    AuthFailed,
    Capabilities,
    Outbound,
    Rejected,
    Retry,
    Sent,
    Unavailable,
    Unknown,
)
from adapters.sdk.pulse import Pulse
from adapters.sdk.sending import Sending
from tests.adapters.sdk.conftest import Desk, Echo, until
from wire.messages import channel

pytestmark = pytest.mark.contract


def out(text: str = "hello", id_: str = "out-1", epoch: int = 1, at: float = 1e12) -> Outbound:
    return Outbound(id=id_, epoch=epoch, remote="anna", text=text, at=at)


async def test_what_is_sent_has_the_channels_id(desk: Desk) -> None:
    assert await desk.router.send("echo", "main", out()) == Sent(remote_id="their-out-1")


async def test_a_repeat_is_answered_and_not_sent_again(desk: Desk) -> None:
    await desk.router.send("echo", "main", out())
    again = await desk.router.send("echo", "main", out())
    assert again == Sent(remote_id="their-out-1", again=True)
    assert len(desk.echo.sent) == 1


async def test_a_repeat_while_the_first_is_on_its_way_joins_it(desk: Desk) -> None:
    desk.echo.hold.clear()
    two = [asyncio.create_task(desk.host.sending.deliver(out())) for _ in range(2)]
    await asyncio.sleep(0)
    desk.echo.hold.set()
    assert await asyncio.gather(*two) == [Sent(remote_id="their-out-1")] * 2
    assert len(desk.echo.sent) == 1


async def test_an_older_router_is_refused(desk: Desk) -> None:
    await desk.router.send("echo", "main", out(id_="out-1", epoch=7))
    assert await desk.router.send("echo", "main", out(id_="out-2", epoch=6)) == channel.Stale(
        epoch=7
    )
    assert [message.id for message in desk.echo.sent] == ["out-1"]


@dataclass(frozen=True)
class Case:
    error: Exception
    verdict: channel.Delivery


VERDICTS = [
    Case(Retry("busy", after=9), channel.Retry(reason="busy", after=9)),
    Case(
        Rejected("no such person", code="550"),
        channel.Rejected(reason="no such person", code="550"),
    ),
    Case(Unknown("broke off"), channel.Unknown(reason="broke off")),
    Case(AuthFailed("wrong password"), channel.Retry(reason="wrong password", after=0.05)),
    Case(Unavailable("no route"), channel.Retry(reason="no route")),
    Case(KeyError("oops"), channel.Unknown(reason="'oops'")),
    Case(TimeoutError(), channel.Unknown(reason="the channel gave no answer in time")),
    Case(ExceptionGroup("two", [KeyError("x"), Retry("inner")]), channel.Retry(reason="inner")),
]


@pytest.mark.parametrize("case", VERDICTS, ids=lambda case: type(case.error).__name__)
async def test_every_error_becomes_a_verdict(desk: Desk, case: Case) -> None:
    def fail(_: Outbound) -> None:
        raise case.error

    desk.echo.saying = fail
    assert await desk.router.send("echo", "main", out()) == case.verdict


async def test_a_send_that_hangs_is_unknown(desk: Desk) -> None:
    desk.echo.hold.clear()
    desk.echo.send_timeout = 0.02  # type: ignore[misc]
    assert isinstance(await desk.router.send("echo", "main", out()), channel.Unknown)


async def test_a_long_text_goes_in_pieces_and_files_with_the_last(desk: Desk) -> None:
    file = Attachment(sha256="0" * 64, name="a", media_type="x", size=1)
    text = "One sentence that is long. Another sentence here. And the end."
    message = Outbound(id="out-1", epoch=1, remote="a", text=text, at=1, attachments=(file,))
    assert await desk.router.send("echo", "main", message) == Sent(remote_id="their-out-1")
    assert " ".join(piece.text for piece in desk.echo.sent) == text
    assert [piece.id for piece in desk.echo.sent] == ["out-1#1", "out-1"]
    assert [len(piece.attachments) for piece in desk.echo.sent] == [0, 1]


async def test_a_retry_in_the_middle_goes_on_with_the_piece_that_failed(desk: Desk) -> None:
    failures = [Retry("busy")]

    def fail_once(message: Outbound) -> None:
        if message.id == "out-1" and failures:
            raise failures.pop()

    desk.echo.saying = fail_once
    long = out("x" * 60)
    assert isinstance(await desk.router.send("echo", "main", long), channel.Retry)
    assert isinstance(await desk.router.send("echo", "main", long), Sent)
    assert [piece.id for piece in desk.echo.sent] == ["out-1#1", "out-1"]


async def test_a_rejection_in_the_middle_says_what_arrived(desk: Desk) -> None:
    def refuse(message: Outbound) -> None:
        if message.id == "out-1":
            raise Rejected("blocked")

    desk.echo.saying = refuse
    verdict = await desk.router.send("echo", "main", out("x" * 60))
    assert verdict == channel.Rejected(reason="only 1 of 2 parts were delivered: blocked")


async def test_broken_bytes_are_a_rejection(desk: Desk) -> None:
    answer = await desk.router.bus.request("send.echo.main", b"{")
    assert b"rejected" in answer


class Asking(Echo):
    """A channel that can be asked what it has."""

    capabilities = Capabilities(kind="echo", when_unknown="query")
    has: Sent | None = None
    queries = 0

    async def query(self, message: Outbound) -> Sent | None:
        self.queries += 1
        return self.has


def asking_desk() -> tuple[Asking, Sending]:
    echo = Asking()
    return echo, Sending(echo, pulse=Pulse(), log=logging.getLogger("t"), clock=lambda: 1000.0)


async def test_a_fresh_message_is_not_asked_about() -> None:
    echo, sending = asking_desk()
    await sending.deliver(out(at=1001))
    assert (echo.queries, len(echo.sent)) == (0, 1)


async def test_one_that_an_earlier_process_may_have_sent_is_asked_about() -> None:
    echo, sending = asking_desk()
    echo.has = Sent(remote_id="their-own")
    assert await sending.deliver(out(at=999)) == Sent(remote_id="their-own", again=True)
    assert echo.sent == []


async def test_one_of_unknown_fate_is_asked_about_and_sent_if_it_is_not_there() -> None:
    echo, sending = asking_desk()

    def break_off(_: Outbound) -> None:
        raise Unknown("broke off")

    echo.saying = break_off
    await sending.deliver(out(at=1001))
    echo.saying = lambda _: None
    assert await sending.deliver(out(at=1001)) == Sent(remote_id="their-out-1")
    assert (echo.queries, len(echo.sent)) == (1, 1)


async def test_what_is_on_its_way_arrives_before_the_account_stops(desk: Desk) -> None:
    desk.echo.hold.clear()
    sending = asyncio.create_task(desk.host.sending.deliver(out()))
    await asyncio.sleep(0)
    desk.host.stop()
    await until(lambda: desk.router.health[-1].state == "stopping")
    desk.echo.hold.set()
    assert await sending == Sent(remote_id="their-out-1")


async def test_what_an_earlier_attempt_came_to_does_not_settle_a_later_one(desk: Desk) -> None:
    failures = [Retry("busy")]

    def fail_once(_: Outbound) -> None:
        if failures:
            raise failures.pop()

    desk.echo.saying = fail_once
    first, second = replace(out(), attempt=1), replace(out(), attempt=2)
    busy = await desk.router.send("echo", "main", first)
    assert busy == channel.Retry(reason="busy", after=5.0)
    assert await desk.host.sending.deliver(replace(first, inquiry=True)) == busy
    unheard = await desk.host.sending.deliver(replace(second, inquiry=True))
    assert isinstance(unheard, channel.NeverHeard)


async def test_an_attempt_that_comes_after_it_was_denied_is_not_sent(desk: Desk) -> None:
    first = replace(out(), attempt=1)
    await desk.host.sending.deliver(replace(first, inquiry=True))
    assert isinstance(await desk.router.send("echo", "main", first), channel.Retry)
    assert desk.echo.sent == []
    second = replace(first, attempt=2)
    assert await desk.router.send("echo", "main", second) == Sent(remote_id="their-out-1")


async def test_one_that_was_overtaken_by_a_later_attempt_is_not_sent(desk: Desk) -> None:
    calls = 0

    def break_off(_: Outbound) -> None:
        nonlocal calls
        calls += 1
        raise Unknown("broke off")

    desk.echo.saying = break_off
    unknown = channel.Unknown(reason="broke off")
    second = replace(out(), attempt=2)
    assert await desk.router.send("echo", "main", second) == unknown
    assert isinstance(await desk.router.send("echo", "main", replace(out(), attempt=1)),
                      channel.Retry)  # fmt: skip
    assert await desk.router.send("echo", "main", second) == unknown, "a copy hears the same"
    assert calls == 1


async def test_a_later_attempt_that_joins_one_that_runs_ends_with_it(desk: Desk) -> None:
    desk.echo.hold.clear()
    attempts = [replace(out(), attempt=number) for number in (1, 2)]
    two = [asyncio.create_task(desk.host.sending.deliver(attempt)) for attempt in attempts]
    await asyncio.sleep(0)
    desk.echo.hold.set()
    sent = Sent(remote_id="their-out-1")
    assert await asyncio.gather(*two) == [sent, sent]
    for attempt in attempts:
        assert await desk.host.sending.deliver(replace(attempt, inquiry=True)) == sent
    assert len(desk.echo.sent) == 1


async def test_a_newer_router_may_count_anew(desk: Desk) -> None:
    await desk.host.sending.deliver(replace(out(), attempt=7, inquiry=True))
    newer = replace(out(), attempt=1, epoch=2)
    assert await desk.router.send("echo", "main", newer) == Sent(remote_id="their-out-1")
