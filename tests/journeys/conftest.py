"""A desk with one agent for each file of journeys; mail comes in by SMTP and goes to a Maildir."""

from collections.abc import Iterator

import pytest

from tests.journeys.desk import WholeDesk, whole_desk


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeDesk]:
    with whole_desk(tmp_path_factory.mktemp("house")) as running:
        running.hire("ana")
        yield running
