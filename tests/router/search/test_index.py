"""The index finds what it should, forgets what it must; no query and no bad file hurts it."""

import logging
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.search import query as queries
from router.search.index import FEW, MONTH, Document, SearchIndex, StartedOver
from router.search.terms import Word, words

pytestmark = pytest.mark.contract


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "search.db"


@pytest.fixture
def index(path: Path) -> Iterator[SearchIndex]:
    opened = SearchIndex.open(path)
    yield opened
    opened.close()


def letter(name: str, text: str, at: float = 1e9) -> Document:
    return Document(name, "message", 7, 3, at, text)


def found(index: SearchIndex, query: str, limit: int = 20) -> list[str]:
    return [hit.id for hit in index.find(query, limit)]


def test_a_hit_says_where_it_belongs(index: SearchIndex) -> None:
    index.put([Document("note-4", "note", None, 3, 5.0, "prefers mail")])
    [hit] = index.find("prefer", 10)
    assert (hit.id, hit.kind, hit.conversation, hit.contact, hit.at) == (
        "note-4",
        "note",
        None,
        3,
        5.0,
    )
    assert hit.rank > 0 or hit.rank == pytest.approx(0, abs=1e-3)


def test_every_word_comes_before_some_words(index: SearchIndex) -> None:
    index.put([letter("some", "refund refund refund"), letter("all", "a refund for the lamp")])
    assert [(hit.id, hit.partial) for hit in index.find("refund lamp", 10)] == [
        ("all", False),
        ("some", True),
    ]


def test_with_enough_whole_answers_partial_ones_stay_away(index: SearchIndex) -> None:
    index.put(letter(f"all-{number}", "a refund for the lamp") for number in range(FEW))
    index.put([letter("some", "refund")])
    assert "some" not in found(index, "refund lamp")


def test_a_phrase_stands_together(index: SearchIndex) -> None:
    index.put(
        [letter("a", "the tracking numbers are gone"), letter("b", "number of tracking pages")]
    )
    assert found(index, '"tracking number"') == ["a"]
    assert found(index, "«tracking number»") == ["a"]
    assert found(index, '"tracking number') == ["a"]


def test_a_minus_takes_away(index: SearchIndex) -> None:
    index.put([letter("a", "cancel my order"), letter("b", "cancel my subscription")])
    assert found(index, "cancel -subscriptions") == ["a"]
    assert found(index, 'cancel -"my orders"') == ["b"]
    assert found(index, "-cancel") == []


def test_the_last_word_goes_on_while_it_is_typed(index: SearchIndex) -> None:
    index.put([letter("a", "Rechnungsnummer 4711")])
    for typed in ("re", "rechnungsn", "47", "rechnungsnummer 471"):
        assert found(index, typed) == ["a"]
    assert found(index, "rechnungsn ") == []


def test_an_address_is_found_in_any_writing(index: SearchIndex) -> None:
    index.put([letter("a", "I am anna.berg@example.org, order ORD-2024-00417")])
    index.put([letter("b", "I am berg.anna@example.net")])
    for query in (
        "anna.berg@example.org",
        "Berg@Example.ORG ",
        "ord202400417",
        "2024-00417",
    ):
        assert found(index, query)[:1] == ["a"], query


def test_the_newer_of_equals_comes_first(index: SearchIndex) -> None:
    index.put(
        [letter("new", "refund please", 1e9), letter("old", "refund please", 1e9 - 12 * MONTH)]
    )
    assert found(index, "refund") == ["new", "old"]


def test_pages_follow_each_other(index: SearchIndex) -> None:
    index.put(letter(f"all-{number}", f"lamp refund {number}") for number in range(3))
    index.put(letter(f"some-{number}", "lamp only") for number in range(9))
    whole = found(index, "lamp refund")
    pages = [index.find("lamp refund", 5, offset=offset) for offset in (0, 5, 10, 15)]
    assert [hit.id for page in pages for hit in page] == whole
    assert len(whole) == 12


def test_before_looks_at_older_ones_only(index: SearchIndex) -> None:
    index.put(letter(str(number), "refund", float(number)) for number in range(5))
    assert {hit.id for hit in index.find("refund", 9, before=2.0)} == {"0", "1"}


def test_a_changed_text_takes_the_place_of_the_old(index: SearchIndex) -> None:
    index.put([letter("a", "apples")])
    index.put([letter("a", "pears")])
    assert found(index, "apples") == []
    assert found(index, "pears") == ["a"]


def test_what_is_written_and_marked_together_stands_or_falls_together(index: SearchIndex) -> None:
    index.put([letter("a", "apples")])
    index.mark(4)

    def half_way() -> None:
        with index.transaction():
            index.put([letter("b", "pears")])
            index.mark(9)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_way()
    assert (index.position(), found(index, "pears")) == (4, [])


def test_it_goes_on_where_it_was(path: Path) -> None:
    first = SearchIndex.open(path)
    first.put([letter("a", "apples")])
    first.mark(17)
    first.close()
    second = SearchIndex.open(path)
    assert (second.position(), found(second, "apple")) == (17, ["a"])
    second.close()


def test_what_was_forgotten_leaves_no_trace_in_the_file(index: SearchIndex, path: Path) -> None:
    index.put([letter("a", "xylophonist"), letter("b", "apples")])
    index.forget(["a", "unknown"])
    index.scrub()
    assert found(index, "xylophonist") == []
    for file in path.parent.iterdir():
        assert b"xylophon" not in file.read_bytes()
    assert found(index, "apples") == ["b"]


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all", b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_broken_file_is_made_anew(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        index = SearchIndex.open(path)
    index.put([letter("a", "apples")])
    assert (index.position(), found(index, "apple")) == (0, ["a"])
    assert "made anew" in caplog.text
    index.close()


def test_an_index_of_another_version_is_made_anew(path: Path) -> None:
    index = SearchIndex.open(path)
    index.mark(8)
    index.close()
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", 99)
    connection.close()
    index = SearchIndex.open(path)
    assert index.position() == 0
    index.close()


def test_a_database_of_somebody_else_is_set_aside(path: Path) -> None:
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE precious (thing); INSERT INTO precious VALUES ('ring')")
    connection.close()
    SearchIndex.open(path).close()
    connection = apsw.Connection(str(path.with_name("search.db.set-aside")))
    assert connection.execute("SELECT thing FROM precious").get == "ring"
    connection.close()


def test_damage_at_work_is_noticed_and_the_index_starts_over(path: Path) -> None:
    index = SearchIndex.open(path)
    index.put(letter(str(number), f"apples {number}") for number in range(2_000))
    index.mark(3)
    index.close()
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))
    index = SearchIndex.open(path)
    index.find("apples", 10)  # finds nothing, or what is left; never fails
    try:
        index.put([letter("b", "pears")])
    except StartedOver:
        index.put([letter("b", "pears")])
    assert (index.position(), found(index, "pears")) == (0, ["b"])
    index.close()


def test_searching_goes_on_beside_writing(index: SearchIndex) -> None:
    def write() -> None:
        for number in range(100):
            index.put([letter(str(number), "apples")])

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(write)
        counts = [len(index.find("apple", 200)) for _ in range(50)]
        writing.result()
    assert counts == sorted(counts)
    assert len(index.find("apple", 200)) == 100


HOSTILE = [
    '"', '""', "*", "^", "NEAR(", "NEAR(a b, 2)", "a AND", "OR", "NOT", "form : x", "{a b}: c",
    "a + b", "\0", "a\0b", "'; DROP TABLE terms; --", "-", "--", '-"', "- -a",
    "a" * 10_000, "a " * 5_000, '"a ' * 3_000, "-a " * 3_000, "a-" * 5_000, "(" * 10_000,
    "\ud800", "\U0010ffff", "½ ﷺ ﬃ İ ǆ",
    "\u0301\u0301", "ا ب", "%", "\\", "a.b" * 3_000,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_query_finds_or_finds_nothing(index: SearchIndex, query: str) -> None:
    index.put(
        [letter("a", "a AND b"), letter("b", "NEAR"), letter("c", query.replace("\ud800", ""))]
    )
    assert len(index.find(query, 20)) <= 3
    assert index.find(query, -1) == []
    assert index.find(query, 20, offset=-5) == index.find(query, 20)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_any_text_may_be_put_and_asked(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = SearchIndex.open(Path(folder) / "search.db")
        index.put(letter(str(number), text) for number, text in enumerate(texts))
        for text in texts:
            index.find(text, 10)
        index.close()


VOCABULARY = [
    "refund", "refunded", "lamp", "lamps", "Lampe", "Lampen", "lamporder", "Rückgabe",
    "gekündigt", "kündigen", "возврат", "возврата", "посылок", "посылка", "повернення",
    "повернень", "рахунок", "рахунки", "ORD-17", "ORD17", "17", "anna@b.org",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(VOCABULARY), max_size=6).map(" ".join)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 5), TEXTS),
        st.tuples(st.just("forget"), st.integers(0, 5), st.just("")),
    ),
    max_size=12,
)
QUERIES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([*VOCABULARY, "lam", "воз", "рах"])),
    min_size=1,
    max_size=3,
).map(lambda parts: " ".join(f"{'-' if minus else ''}{word}" for minus, word in parts))


def has(text: str, unit: queries.Unit) -> bool:
    """Whether a text has the words of a unit one after the other, or has them as one word."""
    there = words(text)
    wholes = {"".join(word.form for word in words(thing)) for thing in text.split()}
    forms = wholes | {word.form for word in there}
    whole = unit.whole or unit.words[0].form
    return (
        _in_a_row([word.en_ru for word in there], [word.en_ru for word in unit.words])
        or _in_a_row([word.de_uk for word in there], [word.de_uk for word in unit.words])
        or any(form == whole or (unit.open and form.startswith(whole)) for form in forms)
    )


def _in_a_row(there: list[str], wanted: list[str]) -> bool:
    return any(there[start:][: len(wanted)] == wanted for start in range(len(there)))


@settings(max_examples=200, deadline=None)
@given(STEPS, QUERIES)
def test_it_agrees_with_reading_every_text(steps: list[tuple[str, int, str]], query: str) -> None:
    texts: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        index = SearchIndex.open(Path(folder) / "search.db")
        for verb, number, text in steps:
            if verb == "put":
                index.put([letter(str(number), text)])
                texts[str(number)] = text
            else:
                index.forget([str(number)])
                texts.pop(str(number), None)
        hits = index.find(query, 50)
        index.close()
    asked = queries.read(query)
    allowed = {
        name: [has(text, unit) for unit in asked.wanted]
        for name, text in texts.items()
        if not any(has(text, unit) for unit in asked.unwanted)
    }
    every = {name for name, each in allowed.items() if each and all(each)}
    some = {name for name, each in allowed.items() if any(each) and not all(each)}
    assert {hit.id for hit in hits if not hit.partial} == every
    assert {hit.id for hit in hits if hit.partial} == (some if len(every) < FEW else set())


def test_a_word_is_known_by_its_place() -> None:
    assert words("an Lampen")[1] == Word(3, 9, "lampen", "lampen", "lamp")
