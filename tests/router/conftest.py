"""The desk of tests/router/desk.py, on the twin and on the real store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.router.desk import TestDesk, inline, on_disk


@pytest.fixture(params=["inline", "sqlite"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with inline() if request.param == "inline" else on_disk(tmp_path) as made:
        yield made
