"""Answers as a person reads them, on a screen and in a pipe."""

import pytest

from cordboard.showing import shown
from wire.messages import verbs
from wire.messages.desk import LedgerRow

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
