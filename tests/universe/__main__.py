"""Many universes, each from its seed: `python -m tests.universe --seeds 200 --hours 1 --jobs 2`.

A seed that fails is printed with its faults and its trace; `--seed 17` lives it again, the same.
"""

import argparse
import gc
import logging
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from tests.universe.universe import HOUR, Plan, Report, live

# Sets of words are walked in an order of their own in each process unless this is fixed.
HASHING = {"PYTHONHASHSEED": "0"}


def main(argv: Sequence[str]) -> int:
    if os.environ.get("PYTHONHASHSEED") != "0":
        words = [sys.executable, "-m", "tests.universe", *argv]
        os.execve(sys.executable, words, {**os.environ, **HASHING})
    options = read(argv)
    gc.set_threshold(100_000, 50, 100)
    logging.disable(logging.CRITICAL)
    seeds = (
        [options.seed]
        if options.seed is not None
        else range(options.first, options.first + options.seeds)
    )
    began = time.monotonic()
    failed = told(lived(seeds, Plan(seconds=options.hours * HOUR), options.jobs), options.loud)
    spent = time.monotonic() - began
    print(f"{len(seeds)} universes of {options.hours:g} h in {spent:.0f} s: {failed} failed")
    return 1 if failed else 0


def read(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.universe", description=__doc__)
    parser.add_argument("--seed", type=int, help="this one only")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--loud", action="store_true", help="a line for those that went well too")
    return parser.parse_args(argv)


def lived(seeds: Sequence[int], plan: Plan, jobs: int) -> Iterator[Report]:
    if jobs == 1 or len(seeds) == 1:
        yield from map(partial(live, plan=plan), seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(live, plan=plan), seeds, chunksize=1)


def told(reports: Iterable[Report], loud: bool) -> int:
    failed = 0
    for report in reports:
        failed += bool(report.faults)
        if report.faults or loud:
            print(report, flush=True)
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
