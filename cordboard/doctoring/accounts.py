"""Each channel account tried as its channel says: a real login, where there is one."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from cordboard.doctoring.finding import Finding, Machine, fail, ok
from wire.messages.base import say

WITHIN = 10.0


def accounts(machine: Machine) -> Iterator[Finding]:
    """All at once, each within ten seconds. What cannot be configured is said elsewhere."""
    from wire import settings
    from wire.config import BadConfig

    if not machine.config.is_file():
        return
    with contextlib.chdir(machine.config.resolve().parent):
        try:
            chosen = settings.load(machine.config.resolve())
        except BadConfig:
            return
        yield from asyncio.run(_tried(chosen))


async def _tried(chosen: Any) -> list[Finding]:
    ours = [name for name, one in chosen.adapters.items() if not one.elsewhere]
    found = await asyncio.gather(*(_try(chosen, account) for account in ours))
    return [finding for finding in found if finding is not None]


async def _try(chosen: Any, account: str) -> Finding | None:
    from adapters.sdk.found import made
    from adapters.sdk.verdicts import Verdict
    from wire.config import BadConfig

    try:
        adapter = made(chosen, account)
        async with asyncio.timeout(WITHIN):
            said = await adapter.check()
    except BadConfig:
        return None
    except TimeoutError:
        return _refused(account, f"no answer within {WITHIN:.0f} s")
    except Verdict as error:
        return _refused(account, error.reason)
    except Exception as error:  # noqa: BLE001  a stranger's channel; the doctor goes on
        return _refused(account, f"a fault in the channel's code ({type(error).__name__})")
    return ok(say("{account}: {said}", account=account, said=said))


def _refused(account: str, reason: str) -> Finding:
    return fail(
        say("{account}: {error}", account=account, error=reason),
        say("See [adapters.{account}] in the configuration.", account=account),
    )
