"""The database of a desk that does not run, tried by a real write and not brought forward."""

import time
from collections.abc import Iterator
from contextlib import closing

import apsw

from cordboard.doctoring import backlog
from cordboard.doctoring.finding import Finding, Machine, fail, ok, warn
from router.operating import vitals
from router.store.sql import Rows, migrations, statements
from wire.messages.base import say


def database(machine: Machine) -> Iterator[Finding]:
    """Under the lock, which is the caller's."""
    try:
        with closing(apsw.Connection(str(machine.data / "desk.db"))) as connection:
            connection.set_busy_timeout(2_000)
            yield from _tried(connection)
    except apsw.Error as error:
        yield fail(
            say("The database cannot be written: {error}", error=str(error)),
            say("See that there is room and that the disk is well; else: cordboard restore"),
        )


def _tried(connection: apsw.Connection) -> Iterator[Finding]:
    schema, newest = int(connection.pragma("user_version")), migrations()[-1][0]
    if schema == newest:
        with connection:
            connection.execute(statements()["prove_writing"])
        yield ok(say("The database takes a write. No router runs."))
        yield from backlog.waiting(vitals.backlog(Rows(connection)), time.time())
    elif schema < newest:
        yield warn(
            say("The database is of an earlier release (schema {schema}).", schema=schema),
            say("Keep it with: cordboard backup; the next start brings it forward."),
        )
    else:
        yield fail(
            say("The database is of a newer release (schema {schema}).", schema=schema),
            say("Install that release."),
        )
