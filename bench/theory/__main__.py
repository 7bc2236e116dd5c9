"""`python -m bench.theory` plays every model and writes docs/theory.md; `--share 0.1` plays less.

One line for each model as it is done; the exit status is 1 when a figure is not met.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from bench.theory import page, plots
from bench.theory.cases.every import every
from bench.theory.outcome import Outcome, outcome


def played(family: str, share: float, processes: int) -> Iterator[Outcome]:
    """In the order of the page, on several cores."""
    numbers = [number for number, case in enumerate(every()) if family in ("", case.family)]
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(partial(_one, share=share), numbers)


def _one(number: int, share: float) -> Outcome:
    os.nice(5)
    return outcome(every()[number], share)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.theory", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the arrivals, such as 0.1")
    parser.add_argument("--family", default="", choices=sorted({case.family for case in every()}),
                        help="only these; no page is written")  # fmt: skip
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    outcomes = []
    for one in played(options.family, options.share, options.processes):
        print(one.line(), flush=True)
        outcomes.append(one)
    if not options.family:
        page.write(
            outcomes, f"This run played {options.share:.0%} of the customers of a whole one."
        )
        plots.draw(outcomes)
    return 0 if all(one.met for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
