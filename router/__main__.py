"""`python -m router --data DIR --config FILE`: the routing daemon, in a process of its own."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from router.daemon import BusLost, Daemon
from router.importing import command as importing
from router.store.store import CannotWrite, Locked, LostLease
from wire import logs, settings
from wire.bus import BusError
from wire.config import BadConfig
from wire.data_folder import DataFolder

# Exit statuses, for a supervisor: faulty configuration, the bus or the lease is gone, no database.
FAULTY, AGAIN, NO_STORE = 2, 3, 4


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["import"]:
        return importing.main(arguments[1:])
    options = _options(arguments)
    logs.set_up(options.log)
    try:
        found = settings.load(options.config)
        logs.set_up(options.log, found.operating.log)
        folder = DataFolder(options.data).resolved()
        uvloop.run(Daemon(folder, found, say=_tell).run())
    except BadConfig as error:
        return _ended(str(error), FAULTY)
    except (Locked, CannotWrite) as error:
        return _ended(str(error), AGAIN if isinstance(error, LostLease) else NO_STORE)
    except (BusError, BusLost) as error:
        return _ended(str(error), AGAIN)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m router", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the desk's data folder")
    parser.add_argument("--config", type=Path, default=Path("cordboard.toml"))
    parser.add_argument("--log", default="warning", help="level of the log on standard error")
    return parser.parse_args(arguments)


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201  the supervisor reads it


def _ended(why: str, status: int) -> int:
    print(why, file=sys.stderr, flush=True)  # noqa: T201  this is the answer to who started it
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
