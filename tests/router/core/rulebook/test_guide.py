"""The guide of routing can be believed: its files are read, and their examples come out."""

import re
from pathlib import Path

import pytest

from router import languages
from router.core.rulebook.book import Book, read
from router.core.rulebook.examples import Difference, tried
from router.core.rulebook.written import If, StepThen, Then
from wire.query.fields import FIELDS
from wire.query.parsing import parse

pytestmark = pytest.mark.pure

GUIDE = (Path(__file__).parents[4] / "docs" / "routing.md").read_text("utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
# A replay's agents are no routing file.
FILES = [text for text in BLOCKS if not text.startswith("[agents.")]


def detect(text: str) -> str:
    return languages.detect(text, ("fr",))[0]


def book(text: str) -> Book:
    found = read(text)
    assert found.book is not None, found.faults
    return found.book


def test_there_are_files_in_it() -> None:
    assert sum(len(book(text).written.example) for text in FILES) >= 3


@pytest.mark.parametrize("text", FILES)
def test_each_of_its_files_is_a_good_one_and_its_examples_come_out(text: str) -> None:
    found = read(text)
    assert found.book is not None, found.faults
    assert found.warnings == ()
    assert [each for each in tried(found.book, detect) if each.differences] == []


def test_what_is_otherwise_than_expected_is_told() -> None:
    whole = next(text for text in FILES if "[[example]]" in text)
    changed = whole.replace('then.team = "billing"', 'then.team = "sales"')
    wrong = [each for each in tried(book(changed), detect) if each.differences]
    assert [each.differences for each in wrong] == [(Difference("team", "billing", "sales"),)]


@pytest.mark.parametrize("name", [*If.__struct_encode_fields__, *Then.__struct_encode_fields__,
                                  *StepThen.__struct_encode_fields__, *FIELDS])  # fmt: skip
def test_every_condition_action_and_field_stands_in_it(name: str) -> None:
    assert re.search(rf"`{name}`", GUIDE), name


@pytest.mark.parametrize("text", re.findall(r'cordboard conversations [^"\n]*"(.*)"$', GUIDE,
                                            re.MULTILINE))  # fmt: skip
def test_its_queries_are_queries(text: str) -> None:
    assert not hasattr(parse(text.replace('\\"', '"')), "column")
