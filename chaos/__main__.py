"""`python -m chaos`: parts of a working desk are killed; was anything lost, was anything twice?

Exit status 0 when nothing was. The same seed kills in the same order.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from chaos import table
from chaos.passing import PASSING, PassingRun, in_a_day
from chaos.run import SHORT, WHOLE, Run


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a minute instead of seven")
    parser.add_argument("--points", action="store_true", help="each marked point of the code, once")
    parser.add_argument("--only", nargs="*", default=(), metavar="MARK", help="with --points")
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there as well")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the desk's folder there")
    return parser


def main(words: Sequence[str]) -> int:
    asked = arguments().parse_args(words)
    seed = asked.seed or int(time.time())
    say(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="cordboard-chaos-") as temporary:
        home = asked.keep or Path(temporary)
        home.mkdir(exist_ok=True)
        report = chosen(asked, seed, home).whole()
    if asked.json:
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    print(table.of(report))
    return 1 if report.faults else 0


def chosen(asked: argparse.Namespace, seed: int, home: Path) -> Run:
    if asked.points:
        wanted = tuple(asked.only) or ("",)
        own = [each for each in in_a_day(seed) if each.is_one_of(wanted)]
        return PassingRun(replace(PASSING, seed=seed), home, say, own)
    return Run(replace(SHORT if asked.short else WHOLE, seed=seed), home, say)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
