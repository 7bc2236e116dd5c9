"""What holds for every test: it belongs to one ring, and a slow machine is no fault of it."""

import os

import pytest
from hypothesis import settings

from tests.rings import RINGS

# Who shares the files among processes tells them a size of a terminal; programs would believe it.
for size in ("COLUMNS", "LINES"):
    os.environ.pop(size, None)

# Machines are shared: a property that takes long is slow, not wrong.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)  # before `-m` takes tests away
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lost = [item.nodeid for item in items if len(rings_of(item)) != 1]
    if lost:
        names = "\n  ".join(lost)
        raise pytest.UsageError(
            f"each test belongs to one ring; write `pytestmark = pytest.mark.<ring>` "
            f"with one of {', '.join(RINGS)} at the top of its file:\n  {names}"
        )


def rings_of(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers() if mark.name in RINGS}
