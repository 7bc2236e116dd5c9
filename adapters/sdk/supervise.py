"""Keeps a part of an account running: again after a growing pause, whatever it died of."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from adapters.sdk.pace import Pace
from adapters.sdk.pauses import Pauses
from adapters.sdk.pulse import Pulse
from adapters.sdk.verdicts import AuthFailed, Retry, Verdict

# What a channel may make us wait at most, in seconds.
LONGEST = 3_600.0


async def keep(
    run: Callable[[], Awaitable[None]],
    *,
    part: str,
    pulse: Pulse,
    pace: Pace,
    log: logging.Logger,
) -> None:
    """Run it for ever. Refused credentials pause it for longer, and people are told."""
    pauses = Pauses(
        pace.run_first, pace.run_most, healthy=0.0, clock=pace.steady, chance=pace.chance
    )
    pulse.is_("starting", part=part)
    while True:
        error = await _ended(run, part, log)
        if pulse.ready_for(part) >= pace.healthy:
            pauses.worked()
        pulse.failures += 1
        if isinstance(error, AuthFailed):
            pulse.is_("paused", error.reason, part)
            await asyncio.sleep(pace.auth)
        elif isinstance(error, Retry):
            # The channel said how long: sooner is an offence, later is a loss.
            pulse.is_("retrying", error.reason, part)
            await asyncio.sleep(min(max(error.after, pace.run_first), LONGEST))
        else:
            pulse.is_("retrying", _said(error), part)
            await asyncio.sleep(pauses.after_failure())


async def _ended(
    run: Callable[[], Awaitable[None]], part: str, log: logging.Logger
) -> Exception | None:
    try:
        await run()
    except Exception as raised:
        error = first_cause(raised)
        if isinstance(error, Verdict):
            log.warning("%s: %s", part or "channel", error.reason)
        else:
            log.error("%s failed", part or "channel", exc_info=raised)
        return error
    log.warning("%s ended by itself", part or "channel")
    return None


def first_cause(error: Exception) -> Exception:
    """What is inside a group: refused credentials before other verdicts before the rest."""
    if not isinstance(error, ExceptionGroup):
        return error
    causes = [first_cause(inner) for inner in error.exceptions]
    return min(causes, key=lambda e: 0 if isinstance(e, AuthFailed) else 1 + (not _known(e)))


def _known(error: Exception) -> bool:
    return isinstance(error, Verdict)


def _said(error: Exception | None) -> str:
    if error is None:
        return "the channel ended by itself"
    if isinstance(error, Verdict):
        return error.reason
    return f"a fault in the channel's code ({type(error).__name__}); the log has it"
