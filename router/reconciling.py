"""A mailbox beside the ledger: what is there and never came in, what came in and is gone there."""

from collections.abc import Sequence

from router.doors.asker import Refused
from router.handling import messages
from router.store.sql import Rows
from router.store.store import Store
from wire import codec, subjects
from wire.bus import Bus, BusError
from wire.codec import Malformed
from wire.messages.base import say
from wire.messages.channel import ListAnswer, ListAsk, Listed, Listing
from wire.messages.verbs import Missing, Reconcile, Reconciled

# Pages of one comparison, missing items that are named, and those handed over at once.
PAGES, NAMED, AT_ONCE = 200, 500, 20
# A page takes a slow mail server a while (seconds); so do the mails that are handed over.
PATIENCE = 60.0


class Reconciling:
    """Asks adapters over the bus, page by page."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus

    async def compare(self, kind: str, ask: Reconcile) -> Reconciled:
        """Raises Refused when the account cannot be asked."""
        found = _Compared()
        after = ""
        for _ in range(PAGES):
            page = await self._page(kind, ask.account, ListAsk(since=ask.since, after=after))
            found.add(page, await self._unknown(kind, ask.account, page.items))
            after = page.next
            if not after:
                break
        gone = await self._store.read(lambda rows: _gone(rows, kind, ask, found))
        taken = await self._take(kind, ask.account, found.missing) if ask.fetch else 0
        return Reconciled(upstream=len(found.seen), gone=gone, taken=taken,
                          missing=tuple(found.missing[:NAMED]), more=bool(after))  # fmt: skip

    async def _unknown(self, kind: str, account: str, items: Sequence[Listed]) -> set[str]:
        return await self._store.read(lambda rows: _unknown(rows, kind, account, items))

    async def _take(self, kind: str, account: str, missing: Sequence[Missing]) -> int:
        taken = 0
        for start in range(0, len(missing), AT_ONCE):
            events = tuple(item.event for item in missing[start : start + AT_ONCE])
            taken += (await self._page(kind, account, ListAsk(take=events))).taken
        return taken

    async def _page(self, kind: str, account: str, ask: ListAsk) -> Listing:
        subject = subjects.listing(kind, account)
        try:
            payload = await self._bus.request(subject, codec.encode(ask), timeout=PATIENCE)
        except BusError as error:
            raise Refused("not_active", say(
                "The account {account} cannot list what it has, or its adapter is away.",
                account=account)) from error  # fmt: skip
        answer: ListAnswer | Malformed = codec.decode(payload, ListAnswer)
        if not isinstance(answer, Listing):
            raise Refused("not_active", say("The mailbox cannot be listed: {reason}",
                                            reason=answer.reason))  # fmt: skip
        return answer


class _Compared:
    """What the pages have shown so far."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.missing: list[Missing] = []
        self.within = ""

    def add(self, page: Listing, unknown: set[str]) -> None:
        self.within = page.within or self.within
        self.seen.update(item.event for item in page.items)
        self.missing += [Missing(event=item.event, at=item.at, said=item.said[:200])
                         for item in page.items if item.event in unknown]  # fmt: skip


def _unknown(rows: Rows, kind: str, account: str, items: Sequence[Listed]) -> set[str]:
    pairs = messages.as_json([(item.event, item.message_id) for item in items])
    found = rows.all("not_in_ledger", kind=kind, account=account, items=pairs)
    return {row.event for row in found}


def _gone(rows: Rows, kind: str, ask: Reconcile, found: _Compared) -> int:
    """Only counted: people delete mail, and that is theirs to do."""
    if not found.within:
        return 0
    ours = rows.all("accepted_within", kind=kind, account=ask.account, within=found.within,
                    since=ask.since)  # fmt: skip
    return sum(row.event not in found.seen for row in ours)
