"""Where a desk on this machine keeps what it has: each path in the data folder, spelled once."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs

from wire import private_file, subjects


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One desk's folder. Paths only: nothing is made or read but by `make`."""

    root: Path

    @property
    def lock(self) -> Path:
        """Held by `cordboard run`; says its process id."""
        return self.root / "lock"

    @property
    def database(self) -> Path:
        return self.root / "desk.db"

    @property
    def search(self) -> Path:
        return self.root / "search.db"

    @property
    def blobs(self) -> Path:
        return self.root / "blobs"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def nats(self) -> Path:
        return self.root / "nats"

    @property
    def nats_conf(self) -> Path:
        return self.nats / "nats.conf"

    @property
    def nats_port(self) -> Path:
        return self.nats / "port"

    @property
    def nats_url(self) -> Path:
        """How programs on this machine reach the embedded server."""
        return self.nats / "url"

    @property
    def nats_ca(self) -> Path:
        """Whom they believe that it is the one; there is none when it speaks without TLS."""
        return self.nats / "ca.pem"

    @property
    def nats_name(self) -> Path:
        """The name that the embedded server has since its last start."""
        return self.nats / "name"

    @property
    def nats_pid(self) -> Path:
        return self.nats / "pid"

    @property
    def nats_log(self) -> Path:
        return self.nats / "log"

    @property
    def answers_key(self) -> Path:
        """The router's connection that answers and tells news."""
        return self.keys / "router-answers.nk"

    @property
    def asks_key(self) -> Path:
        """The router's connection that asks adapters to send."""
        return self.keys / "router-asks.nk"

    @property
    def admin_key(self) -> Path:
        """With it the command line on this machine acts as the agent `admin`."""
        return self.keys / "admin.nk"

    def adapter_key(self, kind: str, account: str) -> Path:
        return self.keys / f"adapter.{subjects.checked(kind)}.{subjects.checked(account)}.nk"

    def resolved(self) -> "DataFolder":
        """The same with whole paths, so that programs started elsewhere mean the same files."""
        return DataFolder(self.root.resolve())

    def make(self) -> None:
        """Make the folders, for their owner only. Raises OSError."""
        for path in (self.root, self.blobs, self.keys, self.logs, self.nats):
            private_file.folder(path)


def usual() -> DataFolder:
    """The folder of whoever names none."""
    return DataFolder(platformdirs.user_data_path("cordboard") / "desk")
