"""The ledger at the agents' doors: listed, opened, tried again, compared with the mailbox."""

from dataclasses import replace
from typing import Any

import pytest

from router.handling import messages
from router.intake import Intaking
from router.reconciling import Reconciling
from tests.router.doors.office import CHAT, EMAIL, Office
from wire import codec, subjects
from wire.bus import Request
from wire.codec import Malformed
from wire.desk_client import Refused
from wire.memory_bus import MemoryBus
from wire.messages.channel import Intake, ListAsk, Listed, Listing, MessageIn, Party
from wire.messages.verbs import (
    ReadItem,
    ReadLedger,
    ReadOutbox,
    Reconcile,
    Replay,
    Reply,
    Resend,
    Status,
)

pytestmark = pytest.mark.contract


@pytest.fixture
async def office(office: Office) -> Office:
    await office.desk.agent("ana")
    await office.desk.agent("sam", teams='["sales"]', presence="away")
    await office.desk.agent("lea", role="lead", presence="away")
    return office


async def _poisoned(office: Office, monkeypatch: pytest.MonkeyPatch) -> int:
    """A mail that could not be digested, and the fault is mended now."""
    with monkeypatch.context() as patched:
        patched.setattr(messages, "add_inbound", lambda *a, **k: 1 // 0)
        taken = await office.desk.mail("1", "poor thing")
    return int(taken.ledger)


async def test_it_is_listed_newest_first_and_by_account_verdict_and_time(office: Office) -> None:
    await office.desk.mail("1")
    await office.desk.mail("1")
    office.desk.clock += 100
    await office.desk.chat("2")
    page = await office.ask("lea", ReadLedger())
    assert [(row.event, row.again, row.last_at) for row in page.rows] == [
        ("2", 0, 0.0), ("1", 1, 1_000.0),
    ]  # fmt: skip
    assert [row.said for row in page.rows] == ["Guest · hi", "Olga · hello"]
    by = [await office.ask("lea", ask) for ask in (
        ReadLedger(account="site"), ReadLedger(since=1_050.0), ReadLedger(verdict="accepted"),
        ReadLedger(verdict="quarantined"), ReadLedger(before=2), ReadLedger(limit=1),
    )]  # fmt: skip
    assert [[row.event for row in found.rows] for found in by] == [
        ["2"], ["2"], ["2", "1"], [], ["1"], ["2"],
    ]  # fmt: skip


@pytest.mark.parametrize("ask", [
    ReadLedger(verdict="quarantine"), ReadLedger(account="suport"),
    ReadOutbox(state="ambigous"), ReadOutbox(account="suport"),
], ids=str)  # fmt: skip
async def test_a_misspelt_filter_does_not_look_like_an_empty_list(
    office: Office, ask: ReadLedger | ReadOutbox
) -> None:
    with pytest.raises(Refused):
        await office.ask("lea", ask)


async def test_what_was_put_aside_is_taken_when_it_is_tried_again_and_only_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await _poisoned(office, monkeypatch)
    item = await office.ask("lea", ReadItem(line=line))
    assert (item.row.verdict, item.row.kept) == ("quarantined", True)
    assert "poor thing" in item.text
    assert "division" in item.row.reason
    done = await office.ask("lea", Replay(line=line))
    assert (done.message, done.conversation) == (1, 1)
    again = await office.ask("lea", Replay(line=line))
    assert str(again.said) == "It was taken already."
    assert await office.desk.one("SELECT count(*) FROM messages WHERE text = 'poor thing'") == 1
    item = await office.ask("lea", ReadItem(line=line))
    assert (item.row.verdict, item.row.kept, item.conversation) == ("accepted", False, 1)
    assert (await office.ask("lea", Status())).ledger == {"accepted": 1}
    assert type(await office.desk.mail("1", "poor thing")).__name__ == "Duplicate"


async def test_one_that_fails_again_says_so_and_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await _poisoned(office, monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(messages, "add_inbound", lambda *a, **k: [][0])
        with pytest.raises(Refused, match="It failed again"):
            await office.ask("lea", Replay(line=line))
    assert await office.desk.one("SELECT count(*) FROM contacts") == 0, "nothing of it stands"
    item = await office.ask("lea", ReadItem(line=line))
    assert (item.row.verdict, item.row.kept) == ("quarantined", True)


async def test_a_blocked_sender_who_is_let_in_again_is_heard(office: Office) -> None:
    await office.desk.mail("1")
    await office.desk.do(
        lambda work: work.tx._connection.execute("UPDATE identities SET blocked=1")
    )
    await office.desk.mail("2", "let me in")
    line = (await office.ask("lea", ReadLedger(verdict="refused"))).rows[0]
    assert str((await office.ask("lea", Replay(line=line.id))).said).startswith("It is not taken")
    await office.desk.do(
        lambda work: work.tx._connection.execute("UPDATE identities SET blocked=0")
    )
    done = await office.ask("lea", Replay(line=line.id))
    assert done.message == 2
    assert (await office.ask("lea", ReadLedger(verdict="refused"))).rows == ()


def _unread(office: Office, payload: bytes) -> Any:
    intaking = Intaking(office.desk.policy, "email", "support")
    return office.desk.do(intaking.unread(payload, Malformed("of a newer release")))


async def test_a_request_that_could_not_be_read_is_taken_once_it_can(office: Office) -> None:
    event = MessageIn(id="9", remote="olga@kvit.example", at=1.0, text="from the future",
                      sender=Party(address="olga@kvit.example"), message_id="<9@b>")  # fmt: skip
    broken = await _unread(office, b'{"event": \x1b[2J')
    readable = await _unread(office, codec.encode(Intake(event=event)))
    assert (await _unread(office, b'{"event": \x1b[2J')).ledger == broken.ledger
    with pytest.raises(Refused, match="cannot be read"):
        await office.ask("lea", Replay(line=broken.ledger))
    done = await office.ask("lea", Replay(line=readable.ledger))
    assert await office.desk.one("SELECT text FROM messages WHERE id = :id", id=done.message) == (
        "from the future"
    )
    assert type(await office.desk.take(event)).__name__ == "Duplicate"
    rows = (await office.ask("lea", ReadLedger())).rows
    assert [(row.event, row.verdict, row.again) for row in rows][:1] == [("9", "accepted", 1)]


async def test_one_that_came_by_itself_since_is_merged(office: Office) -> None:
    event = MessageIn(id="9", remote="olga@kvit.example", at=1.0, text="hello",
                      sender=Party(address="olga@kvit.example"), message_id="<9@b>")  # fmt: skip
    unread = await _unread(office, codec.encode(Intake(event=event)))
    await office.desk.take(event)
    assert "by itself" in str((await office.ask("lea", Replay(line=unread.ledger))).said)
    assert (await office.ask("lea", Status())).ledger == {"accepted": 1, "merged": 1}
    assert await office.desk.one("SELECT count(*) FROM messages WHERE author_is='customer'") == 1


async def test_only_those_who_lead_see_and_replay(office: Office) -> None:
    await office.desk.mail("1")
    for ask in (ReadLedger(), ReadItem(line=1), Replay(line=1), Reconcile(account="support")):
        with pytest.raises(Refused, match="role lead"):
            await office.ask("ana", ask)
    with pytest.raises(Refused, match="no line"):
        await office.ask("lea", ReadItem(line=77))


async def test_the_outbox_shows_what_is_not_settled_to_those_who_see_the_thread(
    office: Office,
) -> None:
    await office.account("email", "support", EMAIL)
    await office.desk.mail("1")
    first = await office.ask("ana", Reply(conversation=1, text="one", anyway=True))
    await office.ask("ana", Reply(conversation=1, text="two", anyway=True))
    page = await office.ask("ana", ReadOutbox())
    assert [(row.id, row.state, row.behind, row.text) for row in page.rows] == [
        (2, "held", first.message, "two"), (1, "held", 0, "one"),
    ]  # fmt: skip
    assert (await office.ask("sam", ReadOutbox())).rows == ()
    await office.desk.do(lambda work: work.tx._connection.execute(
        "UPDATE outbox SET state = 'ambiguous' WHERE id = 1"))  # fmt: skip
    await office.ask("ana", Resend(message=first.message, settle="sent"))
    assert [row.id for row in (await office.ask("ana", ReadOutbox())).rows] == [2]
    assert [row.id for row in (await office.ask("ana", ReadOutbox(state="sent"))).rows] == [1]
    assert (await office.ask("ana", ReadOutbox(account="site"))).rows == ()


# --- reconcile -----------------------------------------------------------------------------------


class Mailbox:
    """An adapter's side: a mailbox of so many mails, in pages of two; it hands over on demand."""

    def __init__(self, office: Office, *numbers: int) -> None:
        self._office, self.numbers, self.pages = office, list(numbers), 0

    async def answer(self, request: Request) -> bytes:
        ask = codec.decode(request.payload, ListAsk)
        assert isinstance(ask, ListAsk)
        for event in ask.take:
            await self._office.desk.mail(event, message_id=f"<{event}@b>")
        if ask.take:
            return codec.encode(Listing(taken=len(ask.take)))
        self.pages += 1
        left = [n for n in self.numbers if n > int(ask.after or 0)]
        items = tuple(Listed(event=f"box.{n}", at=n, message_id=f"<box.{n}@b>") for n in left[:2])
        more = str(left[1]) if len(left) > 2 else ""
        return codec.encode(Listing(items=items, next=more, within="box."))


async def _reconciled(office: Office, mailbox: Mailbox) -> None:
    await office.account("email", "support", EMAIL)
    await office.account("webchat", "site", CHAT)
    await MemoryBus(office.hub).serve(subjects.listing("email", "support"), mailbox.answer)
    around = office.doors._around
    office.doors._around = replace(
        around, reconciling=Reconciling(office.desk.store, MemoryBus(office.hub))
    )


async def test_a_hole_is_found_and_filled(office: Office) -> None:
    mailbox = Mailbox(office, 1, 2, 3, 5)
    await _reconciled(office, mailbox)
    for number in (1, 3, 4):  # 2 and 5 never came; 4 was deleted by a person since
        await office.desk.mail(f"box.{number}", message_id=f"<box.{number}@b>")
    found = await office.ask("lea", Reconcile(account="support"))
    assert (found.upstream, found.gone, found.taken, mailbox.pages) == (4, 1, 0, 2)
    assert [item.event for item in found.missing] == ["box.2", "box.5"]
    taken = await office.ask("lea", Reconcile(account="support", fetch=True))
    assert taken.taken == 2
    assert (await office.ask("lea", Reconcile(account="support"))).missing == ()


async def test_a_rebuilt_mailbox_has_the_same_mails(office: Office) -> None:
    """IMAP counts anew: the event ids are others, the Message-IDs are not."""
    await _reconciled(office, Mailbox(office, 1, 2))
    await office.desk.mail("old.7", message_id="<box.1@b>")
    found = await office.ask("lea", Reconcile(account="support"))
    assert [item.event for item in found.missing] == ["box.2"]


async def test_an_account_that_cannot_list_says_so(office: Office) -> None:
    await _reconciled(office, Mailbox(office))
    with pytest.raises(Refused, match="cannot list"):
        await office.ask("lea", Reconcile(account="site"))
    with pytest.raises(Refused, match="no account"):
        await office.ask("lea", Reconcile(account="nowhere"))
