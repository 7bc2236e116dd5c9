"""The queue says whether the newest words are theirs whose name stands there."""

import pytest

from router.doors import shown
from tests.router.desk import TestDesk
from wire.messages.channel import MessageIn, Party

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("facts", "trust"),
    [({}, "unsure"), ({"verified": True}, "verified"), ({"doubt": "Two From headers."}, "doubt")],
)
async def test_a_row_carries_the_trust_in_its_newest_words(
    desk: TestDesk, facts: dict[str, object], trust: str
) -> None:
    sender = Party(address="olga@kvit.example", **facts)  # type: ignore[arg-type]
    await desk.take(MessageIn(id="1", remote=sender.address, sender=sender, at=1.0, text="hi"))
    [row] = await desk.store.read(lambda rows: rows.all("conversation_rows", ids="[1]"))
    assert shown.conversation(row).trust == trust
