"""The doors of tests/router/doors/office.py, on the twin and on the real store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.router.desk import TestDesk, inline
from tests.router.doors.office import Office, opened
from tests.router.doors.on_nats import House, desk_on_nats


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """On the twin: for tables of cases."""
    async with inline() as desk, opened(desk) as made:
        yield made


@pytest.fixture
async def both(desk: TestDesk) -> AsyncIterator[Office]:
    """On the twin, then on the real store."""
    async with opened(desk) as made:
        yield made


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """On a real bus and a real store."""
    async with desk_on_nats(tmp_path) as made:
        yield made
