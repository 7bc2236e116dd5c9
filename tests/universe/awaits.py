"""The router dies once at each of its awaits: `python -m tests.universe.awaits --every 1`.

The same short and quiet day each time: letters come in, agents answer, answers go out.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from tests.universe.universe import QUIET, Report, live

DAY = replace(QUIET, seconds=40, customers=5, writes_every=12, ends_at_fault=True)
SEED = 1


def dies_at(step: int) -> Report:
    return live(SEED, replace(DAY, first_dies_at=step))


def main(argv: Sequence[str]) -> int:
    if os.environ.get("PYTHONHASHSEED") != "0":
        words = [sys.executable, "-m", "tests.universe.awaits", *argv]
        os.execve(sys.executable, words, {**os.environ, "PYTHONHASHSEED": "0"})
    parser = argparse.ArgumentParser(prog="python -m tests.universe.awaits", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only each so many")
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args(argv)
    logging.disable(logging.CRITICAL)
    steps = range(options.first, _awaits() + 1, options.every)
    failed = 0
    with ProcessPoolExecutor() as pool:
        for step, report in zip(steps, pool.map(dies_at, steps, chunksize=4), strict=True):
            if report.faults or not report.deaths:
                failed += 1
                print(f"died at await {step}: {report}", flush=True)
    print(f"died at {len(steps)} of {steps.stop - 1} awaits: {failed} failed")
    return 1 if failed else 0


def _awaits() -> int:
    """How many the router has in this day."""
    report = live(SEED, DAY)
    if report.faults:
        raise SystemExit(f"without any death: {report}")
    return report.routers_awaits


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
