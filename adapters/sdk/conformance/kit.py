"""Runs the cases: each with a counterpart and a desk of its own, in a loop of its own."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.sdk.conformance.cases import CASES, Case
from adapters.sdk.conformance.counterpart import Counterpart
from adapters.sdk.conformance.desk import Desk

# A case that takes longer hangs.
CASE_SECONDS = 240.0

Making = Callable[[], Counterpart]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case went; `fault` is "" when it is well."""

    case: Case
    seconds: float
    fault: str = ""
    # What was tried in its place, and why.
    instead: str = ""


def check(case: Case, counterpart: Making) -> str:
    """Run one case. Raises AssertionError; returns what was tried instead, "" for the case itself.

    For pytest: `@pytest.mark.parametrize("case", CASES, ids=str)` over a test that calls this.
    """
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        return asyncio.run(_checked(case, counterpart(), Path(folder)))


def outcomes(counterpart: Making, cases: Sequence[Case] = CASES) -> Iterator[Outcome]:
    """One after another, as they come out."""
    for case in cases:
        began = time.monotonic()
        fault, instead = "", ""
        try:
            instead = check(case, counterpart)
        except Exception as error:  # noqa: BLE001  an author's fault is a finding like another
            fault = str(error) if isinstance(error, AssertionError) else repr(error)
        yield Outcome(case, time.monotonic() - began, fault or "", instead)


async def _checked(case: Case, counterpart: Counterpart, folder: Path) -> str:
    instead = counterpart.instead().get(case.name)
    await counterpart.open()
    desk = Desk(counterpart, folder)
    await desk.router.open()
    try:
        async with asyncio.timeout(CASE_SECONDS):
            await (instead.run if instead else case.run)(desk)
    finally:
        await desk.stop()
        await counterpart.close()
    return instead.why if instead else ""
