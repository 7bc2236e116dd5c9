"""`python -m bench` measures all but the soak, `… latency` only that; `figures` writes the page.

One line of JSON for each figure; the exit status is 1 when one of them is not within its reach.
"""

import argparse
import sys
from collections.abc import AsyncIterator, Sequence
from importlib import import_module
from pkgutil import iter_modules

import uvloop

import bench
from bench.kit import machine, page
from bench.kit.figure import Figure


def names() -> list[str]:
    """Every measurement: the files of `bench/` but this one."""
    found = [module.name for module in iter_modules(bench.__path__) if not module.ispkg]
    return sorted(name for name in found if name != "__main__")


def _short() -> list[str]:
    """Those that are no matter of half an hour."""
    return [name for name in names() if not hasattr(import_module(f"bench.{name}"), "LONG")]


async def measured(wanted: Sequence[str], *, quiet: bool) -> AsyncIterator[Figure]:
    for name in wanted:
        if not quiet:
            print(f"{name} …", file=sys.stderr, flush=True)
        async for figure in import_module(f"bench.{name}").figures():
            print(figure.line(), flush=True)
            yield figure


async def run(options: argparse.Namespace) -> int:
    wanted = _short() if options.name in (None, "figures") else [options.name]
    measured_on = machine.description()
    found = [figure async for figure in measured(wanted, quiet=options.json)]
    if options.name == "figures":
        page.write(found, date=options.date, machine_is=measured_on)
    return 0 if all(figure.ok for figure in found) else 1


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*names(), "figures"], help="only this one")
    parser.add_argument("--json", action="store_true", help="the lines of JSON and nothing else")
    parser.add_argument("--date", help="with `figures`: the day to write on the page")
    options = parser.parse_args(arguments)
    if options.name == "figures" and not options.date:
        parser.error("figures needs --date, such as 2026-11-22")
    return uvloop.run(run(options))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
