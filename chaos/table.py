"""The report as people read it. Pure."""

from collections.abc import Iterator

from chaos.reckoning import Report


def of(report: Report) -> str:
    return "\n".join(lines(report))


def lines(report: Report) -> Iterator[str]:
    yield f"seed {report.seed}, {report.seconds:.0f} s"
    yield _row("kills", sum(report.kills.values()), _counts(report.kills))
    if report.points:
        yield _row("of them at a point", sum(report.points.values()), "")
    came = {name: count for name, count in report.came_in.items() if name != "written"}
    yield _row("in", sum(came.values()), _counts(came))
    yield _row("out", report.went_out["written"], f"arrived {report.went_out['arrived']}")
    yield _row("lost", len(report.lost) + len(report.not_arrived), "")
    yield _row("shown twice", len(report.shown_twice), "")
    yield _row(
        "external duplicates", len(report.external), f"{len(report.unexplained)} unexplained"
    )
    for twice in report.external:
        said = f"row {twice.row} ({twice.channel}), {twice.doubts} doubts, {twice.copies} copies"
        yield f"    {twice.token}: {said}, {twice.cause or 'no cause found'}"
    yield _row("settled by an agent", report.settled_by_hand, "")
    yield f"{'recovery (s)':<22}{'kills':>6}{'p50':>8}{'p99':>8}{'worst':>8}"
    for part, took in report.recovery.items():
        yield f"  {part:<20}{took.kills:>6}{took.p50:>8.2f}{took.p99:>8.2f}{took.worst:>8.2f}"
    yield _row("integrity", report.integrity, "counters recounted" if not report.wrong else "")
    yield from (f"FAULT {fault}" for fault in report.faults)
    yield "not good" if report.faults else "all well"


def _row(name: str, value: object, more: str) -> str:
    return f"{name:<22}{value!s:>6}  {more}".rstrip()


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
