"""What came in, line by line: read, opened with what came, and tried again."""

from typing import Any

from router.blobs import Blobs
from router.doors import shown, sight
from router.doors.asker import Doing, Reading, Refused
from router.intake import Intaking
from wire import codec
from wire.codec import Malformed
from wire.messages.base import say
from wire.messages.channel import Accepted, BlobAsk, BlobPiece, Duplicate, Event, Intake, Taken
from wire.messages.verbs import Done, Ledger, LedgerItem, ReadItem, ReadLedger, Reconcile, Replay
from wire.words import N_

MOST = 500
# So much of what came is shown; the rest is in the file that hangs on the message.
TEXT = 60_000
NOT_TAKEN = ("quarantined", "refused")
VERDICTS = ("accepted", "duplicate", "merged", *NOT_TAKEN)


def ledger(read: Reading, ask: ReadLedger) -> Ledger:
    """Newest first. What was not simply accepted is found without walking past what was."""
    sight.one_of(ask.verdict, VERDICTS)
    sight.known_account(read, ask.account)
    statement = "ledger_aside" if ask.verdict not in ("", "accepted") else "ledger_rows"
    found = read.rows.all(
        statement, verdict=ask.verdict, account=ask.account, since=ask.since,
        before=ask.before or 2**62, limit=min(max(ask.limit, 1), MOST),
    )  # fmt: skip
    return Ledger(rows=shown.bounded(map(shown.ledger, found)))


def item(read: Reading, ask: ReadItem) -> tuple[LedgerItem, str]:
    """The line with what was kept of it, and the name of the raw mail when that was kept."""
    row = _line(read, ask.line)
    message = read.rows.one("message", id=row.message) if row.message else None
    text, raw = _request(row)
    found = LedgerItem(
        row=shown.ledger(row),
        contact=message.contact if message else 0,
        conversation=message.conversation if message else 0,
        text=text[:TEXT] or (message.text[:TEXT] if message else ""),
        cut=len(text) > TEXT,
    )
    return found, raw or (message.raw if message else "")


async def with_raw(blobs: Blobs, found: LedgerItem, raw: str) -> LedgerItem:
    """The original itself says more than what we made of it."""
    if not raw:
        return found
    piece = await blobs.get(BlobAsk(sha256=raw))
    if not isinstance(piece, BlobPiece):
        return found
    text = piece.data[:TEXT].decode("utf-8", "replace")
    return LedgerItem(row=found.row, contact=found.contact, conversation=found.conversation,
                      text=text, cut=piece.size > len(piece.data[:TEXT]))  # fmt: skip


def replay(doing: Doing, ask: Replay) -> Done:
    """Through intake once more, under the same event id; what was taken stays as it is."""
    row = _line(doing, ask.line)
    if row.verdict not in NOT_TAKEN:
        return Done(message=row.message, said=say("It was taken already."))
    intake = codec.decode(row.payload or b"", Intake)
    if isinstance(intake, Malformed):
        raise Refused("invalid", say("It still cannot be read: {reason}", reason=intake.reason))
    event = intake.event
    if row.event != event.id and not _named(doing, row, event):
        return Done(said=say("It came once more by itself and was taken then."))
    intaking = Intaking(doing.policy, row.kind, row.account)
    try:
        taken = intaking.replayed(doing.work, event)
    except Exception as error:  # whatever ailed it before may ail it still, and nothing stands
        reason = f"{type(error).__name__}: {error}"[:300]
        raise Refused("invalid", say("It failed again: {reason}", reason=reason)) from error
    return _told(taken)


def kind_of(read: Reading, ask: Reconcile) -> str:
    """The channel kind of an account."""
    kinds = [row.kind for row in read.rows.all("accounts") if row.account == ask.account]
    if not kinds:
        raise Refused("gone", say("There is no account {account}.", account=ask.account[:40]))
    return str(kinds[0])


def _named(doing: Doing, row: Any, event: Event) -> bool:
    """A request that could not be read had no event id; now it has. False: that one came since."""
    known = doing.rows.one("seen_event", kind=row.kind, account=row.account, event=event.id)
    if known is None:
        doing.work.tx.run("name_line", id=row.id, event=event.id)
        return True
    doing.work.tx.run("merge_line", id=row.id, message=known.message,
                      reason=N_("it came once more by itself"))  # fmt: skip
    return False


def _told(taken: Taken) -> Done:
    match taken:
        case Accepted():
            return Done(conversation=taken.conversation, message=taken.message,
                        said=say("It is taken now."))  # fmt: skip
        case Duplicate():
            return Done(message=taken.message, said=say("It was here already by another way."))
    reason = getattr(taken, "reason", "")
    return Done(said=say("It is not taken: {reason}", reason=reason))


def _request(row: Any) -> tuple[str, str]:
    """What was put aside as text, and the raw mail that its event names."""
    if row.payload is None:
        return "", ""
    intake = codec.decode(row.payload, Intake)
    raw = "" if isinstance(intake, Malformed) else getattr(intake.event, "raw", "")
    return bytes(row.payload).decode("utf-8", "replace"), raw


def _line(look: Reading | Doing, number: int) -> Any:
    row = look.rows.one("ledger_line", id=number)
    if row is None:
        raise Refused("gone", say("The ledger has no line #{number}.", number=number))
    return row
