"""The router's figures as Prometheus reads them. No name of a customer or a text is among them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from router.operating.measures import Spread
from router.operating.vitals import Vitals
from router.store.sql import Rows

STATES = ("held", "ready", "sending", "ambiguous")
CONDITIONS = ("starting", "ready", "retrying", "paused", "stopping", "silent")


@dataclass(frozen=True, slots=True)
class Tables:
    """What the figures need of SQL, read at one moment."""

    waiting: list[Any]
    outbox: dict[str, Any]
    outbox_ever: dict[str, int]
    ledger: dict[str, int]
    paused: float | None
    logins_refused: int


async def text(vitals: Vitals) -> bytes:
    """The whole page."""
    hour = vitals.lane.now() - 3_600
    tables = await vitals.store.read(lambda rows: _tables(rows, hour))
    registry = CollectorRegistry()
    registry.register(_Page([*_of_work(vitals, tables), *_of_router(vitals), *_accounts(vitals)]))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Page:
    """Figures that were gathered, as the library wants them."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _tables(rows: Rows, hour: float) -> Tables:
    return Tables(
        waiting=rows.all("waiting_work"),
        outbox={row.state: row for row in rows.all("outbox_ages")},
        outbox_ever={row.state: row.n for row in rows.all("outbox_counts")},
        ledger={row.verdict: row.n for row in rows.all("ledger_counts")},
        paused=rows.one("operating").paused,
        logins_refused=rows.value("logins_refused", since=hour),
    )


# --- the work ------------------------------------------------------------------------------------


def _of_work(vitals: Vitals, tables: Tables) -> Iterator[Metric]:
    now = vitals.lane.now()
    taken = _counter("taken", "Items that came in, by verdict, since the start", ACCOUNT, "verdict")
    for (kind, account, verdict), n in sorted(vitals.taken.items()):
        taken.add_metric([kind, account, verdict], n)
    yield taken
    depth = _gauge("waiting", "Conversations that wait for an agent", "team", "skills")
    for row in tables.waiting:
        depth.add_metric([row.team, row.skills], row.n)
    yield depth
    oldest = min((row.since for row in tables.waiting), default=now)
    yield _one("waiting_oldest_seconds", "How long the oldest of them waits", now - oldest)
    yield from _outbox(tables, now)
    yield _one("quarantined", "Items put aside that nobody settled yet",
               tables.ledger.get("quarantined", 0))  # fmt: skip
    yield _one("logins_refused", "Wrong passwords and codes of the last hour",
               tables.logins_refused)  # fmt: skip


def _outbox(tables: Tables, now: float) -> Iterator[Metric]:
    count = _gauge("outbox", "Messages on their way out", "state")
    age = _gauge("outbox_oldest_seconds", "How long the oldest of them waits", "state")
    for state in STATES:
        row = tables.outbox.get(state)
        count.add_metric([state], row.n if row else 0)
        age.add_metric([state], now - row.since if row else 0)
    yield count
    yield age
    ended = _gauge("outbox_ended", "Messages whose sending is over, ever", "state")
    for state in ("sent", "failed"):
        ended.add_metric([state], tables.outbox_ever.get(state, 0))
    yield ended
    yield _one("sending_paused", "1 while an operator holds sending back", bool(tables.paused))


# --- the router ----------------------------------------------------------------------------------


def _of_router(vitals: Vitals) -> Iterator[Metric]:
    measures, disk = vitals.measures, vitals.disk()
    yield _histogram("commit_seconds", "How long a commit takes", measures.commits)
    yield _histogram("batch_items", "Items of one commit", measures.batches)
    yield _one("read_only", "1 while nothing can be written", vitals.lane.read_only is not None)
    yield _one("epoch", "The lease's epoch: one more at each start", vitals.store.epoch)
    yield _one("wal_bytes", "The write-ahead log", vitals.wal())
    yield _one("loop_lag_seconds", "The worst lag of the last minute", measures.lag.worst)
    yield _one("search_behind_events", "Events not yet searchable", vitals.search_behind())
    yield _one("bus_connected", "1 while the bus is there",
               all(bus.connected for bus in vitals.buses))  # fmt: skip
    yield _one("bus_reconnects", "Times that a connection to the bus came back",
               vitals.reconnects())  # fmt: skip
    if disk is not None:
        yield _one("disk_free_bytes", "Free where the data folder is", disk.free)
        yield _one("disk_bytes", "In all where the data folder is", disk.total)


def _accounts(vitals: Vitals) -> Iterator[Metric]:
    state = _gauge(
        "account_state", "1 for the state that a channel account is in", ACCOUNT, "state"
    )
    told = {
        name: _counter(f"account_{name}", said, ACCOUNT)
        for name, said in (
            ("received", "Items that its adapter handed over, since that started"),
            ("sent", "Messages that its adapter delivered, since that started"),
            ("failures", "What went wrong in its adapter, since that started"),
        )
    }
    known = vitals.attendance.health
    for kind, account in sorted({*known, *vitals.accounts}):
        now = known[kind, account].state if (kind, account) in known else "silent"
        for condition in CONDITIONS:
            state.add_metric([kind, account, condition], now == condition)
    for (kind, account), health in sorted(known.items()):
        for name, family in told.items():
            family.add_metric([kind, account], getattr(health, name))
    return iter([state, *told.values()])


# --- how a figure is written ---------------------------------------------------------------------

ACCOUNT = ("kind", "account")


def _labels(labels: tuple[str | tuple[str, ...], ...]) -> list[str]:
    return [name for label in labels for name in ((label,) if isinstance(label, str) else label)]


def _gauge(name: str, said: str, *labels: str | tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"cordboard_{name}", said, labels=_labels(labels))


def _counter(name: str, said: str, *labels: str | tuple[str, ...]) -> CounterMetricFamily:
    return CounterMetricFamily(f"cordboard_{name}", said, labels=_labels(labels))


def _one(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"cordboard_{name}", said, value=float(value))


def _histogram(name: str, said: str, spread: Spread) -> HistogramMetricFamily:
    """Each bound counts all that was up to it, as the format wants it."""
    buckets, so_far = [], 0
    for bound, n in zip((*map(str, spread.bounds), "+Inf"), spread.counts, strict=True):
        so_far += n
        buckets.append((bound, float(so_far)))
    return HistogramMetricFamily(f"cordboard_{name}", said, buckets=buckets, sum_value=spread.total)
