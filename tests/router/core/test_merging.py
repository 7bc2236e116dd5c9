"""Fields of merged contacts: nothing is lost, and undone in any order everything is as it was."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.merging import FIELDS, Earlier, changed, differs, taken_back, together

pytestmark = pytest.mark.pure

_word = st.sampled_from(("", "a", "b", "c"))
_list = st.lists(st.sampled_from("xyz"), unique=True, max_size=3).map(tuple)
_contact = st.fixed_dictionaries({
    "name": st.sampled_from(("Ann", "Bo", "Cy")), "language": _word, "zone": _word,
    "company": _word, "tags": _list, "warnings": _list, "note": _word,
})  # fmt: skip
_fields = st.lists(st.sampled_from(FIELDS[:-1]), max_size=3)


def contact(**fields: Any) -> dict[str, Any]:
    empty = {"name": "Olga", "language": "", "zone": "", "company": "", "tags": (), "warnings": (),
             "note": ""}  # fmt: skip
    return empty | fields


def test_empty_fields_are_filled_lists_united_and_notes_both_kept() -> None:
    kept = contact(tags=("vip",), note="Pays by card.", language="uk")
    gone = contact(name="O. Petrenko", tags=("new", "vip"), note="Call Ihor.", language="ru",
                   company="Acme")  # fmt: skip
    one = together(kept, gone, take=(), keep=())
    assert one == contact(tags=("vip", "new"), language="uk", company="Acme",
                          note="Pays by card.\n\nO. Petrenko:\nCall Ihor.")  # fmt: skip
    assert differs(kept, gone) == ["name", "language", "tags", "note"]
    assert together(kept, gone, take=("name", "tags"), keep=())["name"] == "O. Petrenko"
    assert together(kept, gone, take=(), keep=("tags",))["tags"] == ("vip",)
    assert together(kept, kept, take=(), keep=())["note"] == kept["note"]


@given(_contact, _contact, _fields, _fields)
def test_no_words_of_a_note_are_lost(
    kept: Any, gone: Any, take: list[str], keep: list[str]
) -> None:
    note = together(kept, gone, take=take, keep=keep)["note"]
    assert kept["note"] in note
    assert gone["note"] in note


@given(_contact, st.lists(st.tuples(_contact, _fields), min_size=1, max_size=5), st.data())
def test_undone_in_any_order_the_contact_is_what_it_was(
    first: Any, merges: list[Any], data: st.DataObject
) -> None:
    now, done = first, []
    for gone, take in merges:
        after = together(now, gone, take=take, keep=())
        done.append(Earlier(*changed(now, after)))
        now = after
    while done:
        place = data.draw(st.integers(0, len(done) - 1))
        undone = done.pop(place)
        now, befores = taken_back(now, undone, done[place:])
        done[place:] = [
            Earlier(b, e.after) for b, e in zip(befores, done[place:], strict=True)
        ]  # fmt: skip
    assert now == first


def test_what_a_person_changed_since_stays() -> None:
    kept, gone = contact(note="one"), contact(name="Bo", note="two")
    after = together(kept, gone, take=(), keep=())
    undone = Earlier(*changed(kept, after))
    edited = {**after, "note": "three"}
    assert taken_back(edited, undone, ())[0]["note"] == "three"
