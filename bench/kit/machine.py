"""What was measured on: hardware and versions, and nothing that names a host."""

import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

import apsw

from router.nats import binary


def description() -> str:
    """A paragraph for docs/figures.md."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({_processor()}), {_memory()} GiB of memory, "
        f"{platform.system()} {platform.release().split('-')[0]}, temporary files on {_disk()}; "
        f"CPython {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}, "
        f"{binary.version(binary.find()).text.replace('nats-server: ', 'nats-server ')}, "
        f"Textual {version('textual')}. Load over 1, 5 and 15 minutes before the run: {load}."
    )


def _processor() -> str:
    names = {line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo", "model name")}
    return ", ".join(sorted(names)) or platform.machine()


def _memory() -> int:
    kib = next(iter(_lines("/proc/meminfo", "MemTotal")), "0 0").split()[1]
    return round(int(kib) / 1024**2)


def _disk() -> str:
    """The kind of file system; the longest mount point that the folder lies under."""
    folder = tempfile.gettempdir()
    mounts = [line.split() for line in _lines("/proc/mounts", "")]
    under = [mount for mount in mounts if (folder + "/").startswith(mount[1].rstrip("/") + "/")]
    return max(under, key=lambda mount: len(mount[1]))[2] if under else "an unknown file system"


def _lines(path: str, begin: str) -> list[str]:
    try:
        return [line for line in Path(path).read_text().splitlines() if line.startswith(begin)]
    except OSError:
        return []
