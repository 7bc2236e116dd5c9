"""Two colleagues write the same note: nothing is lost, and a conflict is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_notes.model import Editing, arrived, merge, settled, side_by_side
from wire.messages.desk import Note

pytestmark = pytest.mark.pure

BASE = "Pays by card.\nPrefers chat.\nKyiv."


def note(revision: int, text: str) -> Note:
    return Note(contact=1, revision=revision, text=text, by="bo")


def test_changes_in_different_lines_are_merged() -> None:
    merged = merge(
        BASE,
        BASE.replace("Kyiv.", "Kyiv, UTC+2."),
        BASE.replace("Pays by card.", "Pays by invoice."),
    )
    assert merged == "Pays by invoice.\nPrefers chat.\nKyiv, UTC+2."


def test_changes_of_the_same_line_are_a_conflict() -> None:
    assert merge(BASE, BASE.replace("card", "cash"), BASE.replace("card", "invoice")) is None


def test_the_same_change_by_both_is_none() -> None:
    changed = BASE.replace("card", "cash")
    assert merge(BASE, changed, changed) == changed


def test_a_note_that_came_while_nothing_was_written_is_simply_taken() -> None:
    editing = arrived(Editing(note(1, BASE), BASE), note(2, "New."))
    assert (editing.text, editing.base.revision, editing.changed) == ("New.", 2, False)


def test_a_conflict_keeps_ours_and_shows_theirs_until_it_is_settled() -> None:
    mine = BASE.replace("card", "cash")
    editing = arrived(Editing(note(1, BASE), mine), note(2, BASE.replace("card", "invoice")))
    assert editing.text == mine
    assert editing.theirs is not None
    done = settled(editing, mine + "\nboth")
    assert (done.base.revision, done.text, done.theirs) == (2, mine + "\nboth", None)


def test_an_older_note_says_nothing() -> None:
    editing = Editing(note(3, BASE), "x")
    assert arrived(editing, note(3, "y")) is editing


def test_side_by_side_puts_equal_lines_beside_each_other() -> None:
    pairs = list(side_by_side("a\nb\nc", "a\nx\nc\nd"))
    assert [(p.mine, p.theirs) for p in pairs] == [("a", "a"), ("b", "x"), ("c", "c"), ("", "d")]
    assert [p.same for p in pairs] == [True, False, True, False]


texts = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=6).map("\n".join)


@given(base=texts, mine=texts, theirs=texts)
def test_a_merge_is_the_same_whoever_comes_first(base: str, mine: str, theirs: str) -> None:
    assert merge(base, mine, theirs) == merge(base, theirs, mine)


@given(base=texts, text=texts)
def test_a_merge_with_somebody_who_changed_nothing_changes_nothing(base: str, text: str) -> None:
    assert merge(base, text, base) == text
    assert merge(base, base, text) == text
