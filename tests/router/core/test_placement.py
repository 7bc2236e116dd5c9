"""Into which conversation a message goes: every row of the order, and the order against a list."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.placement import Candidate, Clue, Facts, Way, named, place, topic

pytestmark = pytest.mark.pure

DAY = 86_400.0
OLGA, EVE = 1, 2
WAYS: tuple[Way, ...] = ("tag", "reference", "token", "subject", "chat")


def conversation(number: int = 12, *, contact: int = OLGA, took_part: bool = False,
                 resolved: float | None = None) -> Candidate:  # fmt: skip
    status = "assigned" if resolved is None else "resolved"
    return Candidate(number, contact, status, resolved, took_part)


def facts(*clues: Clue, **known: object) -> Facts:
    return Facts(contact=OLGA, now=100 * DAY, clues=clues, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(("way", "why"), [
    ("tag", "carries our reply token"), ("reference", "answers a message"),
    ("token", "carries our reply token"), ("subject", "subject names"), ("chat", "the same chat"),
])  # fmt: skip
def test_each_clue_joins_its_conversation_for_a_reason(way: Way, why: str) -> None:
    found = place(facts(Clue(way, conversation())))
    assert (found.do, found.conversation, found.related) == ("join", 12, 0)
    assert why in str(found.because)


@pytest.mark.parametrize("way", WAYS)
def test_a_stranger_opens_one_of_their_own_that_is_perhaps_related(way: Way) -> None:
    found = place(facts(Clue(way, conversation(contact=EVE))))
    assert (found.do, found.conversation, found.related, found.continues) == ("open", 0, 12, 0)
    assert "possibly related to #12, but its sender took no part" in str(found.because)


@pytest.mark.parametrize("way", WAYS)
def test_who_took_part_there_is_let_in(way: Way) -> None:
    found = place(facts(Clue(way, conversation(contact=EVE, took_part=True))))
    assert (found.do, found.conversation) == ("join", 12)


@pytest.mark.parametrize("way", WAYS)
def test_a_sender_who_is_not_believed_is_let_in_nowhere(way: Way) -> None:
    found = place(facts(Clue(way, conversation(took_part=True)), doubted=True))
    assert (found.do, found.related) == ("open", 12)
    assert "not sure who wrote" in str(found.because)


def test_a_forged_token_is_no_evidence_and_is_told() -> None:
    found = place(facts(forged=conversation(7)))
    assert (found.do, found.related) == ("open", 7)
    assert "not genuine" in str(found.because)
    joined = place(facts(Clue("reference", conversation(8)), forged=conversation(7)))
    assert (joined.do, joined.conversation) == ("join", 8)


def test_the_same_topic_of_the_same_sender_is_a_suggestion_only() -> None:
    found = place(facts(alike=conversation(7)))
    assert (found.do, found.related) == ("open", 7)
    assert "wrote about the same" in str(found.because)


def test_without_any_clue_it_is_a_new_topic() -> None:
    found = place(facts())
    assert (found.do, found.related, str(found.because)) == ("open", 0, "it is a new topic")


@pytest.mark.parametrize(("closed_for", "automatic", "do", "continues"), [
    (0.0, False, "reopen", 0), (14 * DAY, False, "reopen", 0), (14 * DAY + 1, False, "open", 12),
    (14 * DAY + 1, True, "join", 0), (1.0, True, "join", 0),
])  # fmt: skip
def test_closed_long_ago_means_a_new_one_with_a_link(
    closed_for: float, automatic: bool, do: str, continues: int
) -> None:
    closed = conversation(resolved=100 * DAY - closed_for)
    found = place(facts(Clue("tag", closed), automatic=automatic))
    assert (found.do, found.continues) == (do, continues)


# --- the order, against a plain list of all that could be said -----------------------------------

_candidates = st.builds(
    Candidate, st.integers(1, 9), st.sampled_from((OLGA, EVE)),
    st.sampled_from(("waiting", "assigned", "snoozed", "resolved")),
    st.sampled_from((None, 99 * DAY, 1 * DAY)), st.booleans(),
)  # fmt: skip


@given(
    st.lists(st.builds(Clue, st.sampled_from(WAYS), _candidates), max_size=6),
    st.none() | _candidates, st.none() | _candidates, st.booleans(), st.booleans(),
)  # fmt: skip
def test_the_order_is_that_of_a_plain_list(
    clues: list[Clue], forged: Candidate | None, alike: Candidate | None, automatic: bool,
    doubted: bool,
) -> None:  # fmt: skip
    given_facts = facts(*clues, forged=forged, alike=alike, automatic=automatic, doubted=doubted)
    assert _short(given_facts) == _plain(given_facts)


def _short(given_facts: Facts) -> tuple[str, int, int, int]:
    found = place(given_facts)
    return found.do, found.conversation, found.continues, found.related


def _plain(f: Facts) -> tuple[str, int, int, int]:
    """Every way that a message could go, with its condition, in the order of the rules."""
    ways = []
    for clue in f.clues:
        c = clue.candidate
        let_in = not f.doubted and (c.contact == f.contact or c.took_part)
        old = f.now - (c.resolved_at or 0.0) > f.reopen_within
        is_open, quiet = c.status != "resolved", f.automatic
        ways.append((let_in and (is_open or quiet), ("join", c.id, 0, 0)))
        ways.append((let_in and not is_open and old, ("open", 0, c.id, 0)))
        ways.append((let_in and not is_open and not old, ("reopen", c.id, 0, 0)))
    ways += [(True, ("open", 0, 0, clue.candidate.id)) for clue in f.clues]
    ways += [(c is not None, ("open", 0, 0, c.id if c else 0)) for c in (f.forged, f.alike)]
    ways.append((True, ("open", 0, 0, 0)))
    return next(where for holds, where in ways if holds)


# --- subjects ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("subject", "number"), [
    ("Re: [#12] Parcel", 12), ("[#12]", 12), ("#12 Parcel", 0), ("[#]", 0), ("", 0),
    ("[#1234567890123456789]", 0), ("a [#3] b [#4]", 3),
])  # fmt: skip
def test_a_subject_names_a_conversation_in_one_form(subject: str, number: int) -> None:
    assert named(subject) == number


@pytest.mark.parametrize(
    "marks", ["", "Re: ", "RE: Re: ", "AW: ", "Fwd: re[2]: ", "Отв: ", "Re : "]
)
def test_a_topic_is_the_same_with_all_marks_of_answers(marks: str) -> None:
    assert topic(f"{marks}  Parcel [#12]  88") == "parcel 88"


def test_other_words_before_a_colon_are_the_topic() -> None:
    assert topic("Order: 12") == "order: 12"
    assert topic("re:" * 200_000) == topic("re:" * 100_000)
    assert all(topic(a) != topic(b) for a, b in product(("x", "re: y"), ("z", "")))
