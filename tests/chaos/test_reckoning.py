"""The reckoning sees what was lost, what came twice and why, and how soon all was back."""

from dataclasses import replace

import msgspec
import pytest

from chaos import table
from chaos.agents import Did
from chaos.evidence import Evidence, Stored
from chaos.reckoning import Kill, Witnesses, reckon
from cordboard.demo.customers.ledger import Got, Sent, Taken

pytestmark = pytest.mark.pure

IN, OUT = "smtp000-0", "out1-1"
IN_ROW = Stored(1, "customer", "email", f"[{IN}]", 12.0, "")
OUT_ROW = Stored(2, "agent", "email", f"[{OUT}]", 20.0, "sent", outbox=1)
GOOD = Witnesses(
    customers=[Sent(IN, "smtp", "smtp000", 11.0), Taken(IN, 12.1)],
    agents=[Did("asked", OUT, 19.0), Did("answered", OUT, 20.0, 2)],
    kills=[Kill("router", 10.0)],
    painted={IN: 1, OUT: 1},
    twice_in_passing=(),
    mailbox=[OUT],
    evidence=Evidence("ok", (), (), (IN_ROW, OUT_ROW)),
)


def faults(**changes: object) -> list[str]:
    return reckon(replace(GOOD, **changes)).faults  # type: ignore[arg-type]


def evidence(*messages: Stored, **more: object) -> Evidence:
    return Evidence(**{"integrity": "ok", "wrong": (), "files_missing": (),
                       "messages": messages, **more})  # type: ignore[arg-type]  # fmt: skip


def test_when_all_is_well_there_is_no_fault_and_the_table_says_so() -> None:
    report = reckon(GOOD)
    assert report.faults == []
    assert report.recovery["router"].worst == 2.0
    assert table.of(report).endswith("all well")


def test_what_was_taken_and_is_not_painted_is_lost() -> None:
    assert faults(painted={OUT: 1}) == [f"lost: {IN}"]
    assert table.of(reckon(replace(GOOD, painted={}))).endswith("not good")


def test_what_was_never_taken_may_be_missing() -> None:
    only_sent = [entry for entry in GOOD.customers if isinstance(entry, Sent)]
    assert faults(customers=only_sent, painted={OUT: 1}) == []


@pytest.mark.parametrize(
    "changes", [{"painted": {IN: 2, OUT: 1}}, {"twice_in_passing": [IN]}], ids=["end", "passing"]
)
def test_what_was_painted_twice_is_seen(changes: dict[str, object]) -> None:
    assert faults(**changes) == [f"shown twice: {IN}"]


def test_a_reply_that_the_desk_has_and_nobody_got_did_not_arrive() -> None:
    assert faults(mailbox=[]) == [f"replies that did not arrive: {OUT}"]


def test_a_reply_is_read_in_a_chat_as_well_as_in_the_mailbox() -> None:
    got = Got("1", "bot", "bot000", 21.0, text=f"We are on it. [{OUT}]")
    assert faults(mailbox=[], customers=[*GOOD.customers, got]) == []


def test_a_second_copy_is_explained_by_one_doubt_and_one_kill() -> None:
    twice, doubted = [OUT, OUT], replace_row(doubts=1)
    kills = [*GOOD.kills, Kill("support", 22.0, "mail.submitted"), Kill("support", 23.0)]
    found = reckon(replace(GOOD, mailbox=twice, kills=kills, evidence=evidence(IN_ROW, doubted)))
    assert found.external[0].cause == "support at 22.000 mail.submitted"
    assert "after which nothing" not in str(found.faults)
    unexplained = f"external duplicates without a cause: {OUT}"
    assert unexplained in faults(mailbox=twice, kills=kills)  # nobody had a doubt
    chat = [*GOOD.kills, Kill("chat", 22.0)]
    late = [*GOOD.kills, Kill("support", 500.0)]
    for others in (GOOD.kills, chat, late):
        assert unexplained in faults(
            mailbox=twice, kills=others, evidence=evidence(IN_ROW, doubted)
        )


def replace_row(**changes: object) -> Stored:
    return msgspec.structs.replace(OUT_ROW, **changes)


def test_recovery_counts_from_the_kill_to_what_was_written_after_it_on_its_own_way() -> None:
    chat = Stored(3, "customer", "webchat", "[chat000-0]", 14.5, "")
    report = reckon(
        replace(
            GOOD,
            customers=[*GOOD.customers, Sent("chat000-0", "chat", "chat000", 13.0)],
            kills=[Kill("chat", 10.0), Kill("support", 10.0), Kill("console", 10.0, back=11.5)],
            painted={**GOOD.painted, "chat000-0": 1},
            evidence=evidence(IN_ROW, OUT_ROW, chat),
        )
    )
    worst = {part: took.worst for part, took in report.recovery.items()}
    assert worst == {"chat": 4.5, "support": 2.0, "console": 1.5, "all": 4.5}


def test_a_part_through_which_nothing_came_any_more_is_named() -> None:
    written = [*GOOD.customers, Sent("smtp000-1", "smtp", "smtp000", 31.0)]
    assert faults(customers=written, kills=[Kill("support", 30.0)]) == [
        "kills after which nothing came: support at 30.0"
    ]
    assert faults(kills=[Kill("support", 30.0)]) == []  # nobody wrote after that


def test_a_damaged_file_wrong_counters_and_points_nobody_passed_are_faults() -> None:
    broken = evidence(IN_ROW, OUT_ROW, integrity="row 7 missing", wrong=("stats: 1",),
                      files_missing=("ab12",))  # fmt: skip
    assert faults(evidence=broken, not_passed=["blob.kept"]) == [
        "wrong counters: stats: 1",
        "missing files: ab12",
        "points that nobody passed: blob.kept",
        "integrity: row 7 missing",
    ]
