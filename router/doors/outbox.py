"""Messages of ours on their way, as far as an agent may see them."""

from typing import Any

from router.doors import shown, sight
from router.doors.asker import Reading
from wire.messages.verbs import Outbox, ReadOutbox

MOST = 500
# So many rows are looked at for one page: those of others' threads are left out of it.
LOOKED_AT = 2_000
# The others are few, and have an index of their own.
SETTLED = ("sent", "cancelled")
STATES = ("held", "ready", "sending", "failed", "ambiguous", *SETTLED)


def outbox(read: Reading, ask: ReadOutbox) -> Outbox:
    """Newest first; without a state whatever is not settled."""
    sight.one_of(ask.state, STATES)
    sight.known_account(read, ask.account)
    statement = "outbox_in" if ask.state in SETTLED else "outbox_unsettled"
    found = read.rows.all(
        statement, state=ask.state, account=ask.account, conversation=ask.conversation,
        before=ask.before or 2**62, limit=LOOKED_AT,
    )  # fmt: skip
    seen: dict[int, bool] = {}
    rows: list[Any] = []
    for row in found:
        if row.contact not in seen:
            seen[row.contact] = sight.sees(read.rows, read.asker, row.contact)
        if seen[row.contact]:
            rows.append(row)
        if len(rows) == min(max(ask.limit, 1), MOST):
            break
    return Outbox(rows=shown.bounded(map(shown.outbox, rows)))
