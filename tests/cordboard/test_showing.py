"""Answers as a person reads them, on a screen and in a pipe."""

import time

import pytest

from console.words import times
from cordboard.hand_written import Unfolded
from cordboard.showing import shown
from wire.messages import verbs
from wire.messages.base import say
from wire.messages.desk import (
    AgentRow,
    ContactCard,
    Decided,
    LedgerRow,
    Moment,
    Refusal,
    Why,
)

pytestmark = pytest.mark.pure


def test_into_a_pipe_nothing_is_cut_to_a_screens_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    row = LedgerRow(id=1_234, at=1_790_000_000.0, kind="email", account="support",
                    event="smtp." + "0f" * 32, verdict="quarantined",
                    reason="OverflowError: a number that no database has room for")  # fmt: skip
    shown(verbs.Ledger(rows=(row,)))
    out = capsys.readouterr().out
    assert "1234" in out
    assert "email support" in out
    assert "quarantined" in out
    assert row.reason in out


def test_why_is_told_with_times_and_who_could_not_folded_unless_all_are_wanted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names, at = ("ana", "bo", "cy", "dee"), 1_790_000_000.0
    lacks = say("lacks {skill} {level} until {until}", skill="fr", level=3, until=at)
    why = Why(
        conversation=7, at=at, trigger="message", requirement=say("x"), decision=12,
        timeline=(Moment(at=at, said=say("{skill} {level} is enough", skill="fr", level=3)),),
        refused=tuple(Refusal(agent=name, said=lacks) for name in names),
        decisions=(Decided(number=12, at=at, said=say("{agent} took it", agent="Ana")),),
    )  # fmt: skip
    shown(why)
    clock = times.when(at, time.time())
    out = capsys.readouterr().out
    assert f"lacks fr 3 until {clock}: ana, bo, cy, dee" in " ".join(out.split())
    assert f"○ {clock}  fr 3 is enough" in out
    assert f"12 ▸ {clock}  Ana took it" in out
    shown(Unfolded(why=why))
    assert f"dee  lacks fr 3 until {clock}" in capsys.readouterr().out


def test_teams_that_somebody_helps_stand_in_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    shown(verbs.Colleagues(teams=(), agents=(
        AgentRow(id="mia", name="Mia", teams=("support",), secondary=("billing", "sales")),
    )))  # fmt: skip
    assert "support, (billing), (sales)" in capsys.readouterr().out


def test_a_card_tells_what_rules_and_segments_ask_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown(ContactCard(id=7, version=1, name="Olga", company="Acme", tags=("vip", "late")))
    assert "Acme · tags: vip, late" in capsys.readouterr().out
    shown(ContactCard(id=7, version=1, name="Olga"))
    assert capsys.readouterr().out.strip() == "7  Olga"
