"""Any query at all, for property tests."""

from typing import Any

from hypothesis import strategies as st

from wire.query.fields import FIELDS, PRIORITIES
from wire.query.nodes import And, Node, Not, Or, Term, Words

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=8
)


def terms(names: st.SearchStrategy[str], least: int, most: int) -> st.SearchStrategy[Term]:
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "duration": st.integers(least, most).map(float) | st.sampled_from([0.5, 90.25, 600.0]),
        "number": st.integers(-100, 100).map(float),
        "level": st.sampled_from([float(number) for number in range(len(PRIORITIES))]),
        "day": st.dates().map(lambda day: day.isoformat())
        | st.sampled_from(["today", "yesterday"]),
    }
    folded = names.map(str.casefold).filter(lambda typed: bool(typed) and typed == typed.casefold())

    def of(name: str) -> st.SearchStrategy[Term]:
        each = FIELDS[name]
        usual = st.sampled_from(each.choices) if each.choices else folded
        op = st.sampled_from(["", ">", ">=", "<", "<="] if each.kind in by_kind else [""])
        values = st.lists(by_kind.get(each.kind, usual), min_size=1, max_size=3).map(tuple)
        return st.builds(Term, st.just(name), op, values)

    # What a channel's name stands for is a matter of reading.
    return st.sampled_from([name for name in FIELDS if name != "channel"]).flatmap(of)


def nodes(
    names: st.SearchStrategy[str] = NAMES, least: int = -10_000, most: int = 1_000_000
) -> st.SearchStrategy[Node]:
    words = st.lists(names.filter(bool), min_size=1, max_size=3).map(" ".join)
    leaves: st.SearchStrategy[Node] = terms(names, least, most) | st.builds(Words, words)

    def larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)

    return st.recursive(leaves, larger, max_leaves=6)
