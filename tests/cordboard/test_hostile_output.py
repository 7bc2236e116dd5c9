"""What commands print of strangers' words gives no orders to a terminal, whatever is printed."""

import json
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from cordboard.asking import as_json, show
from cordboard.showing import SHOWN
from tests.console.hostile import ALL, PAYLOADS, strange
from wire import codec
from wire.messages.verbs import VERBS

pytestmark = pytest.mark.pure

ANSWERS = sorted({*SHOWN, *(ask.answer for ask in VERBS.values())}, key=lambda kind: kind.__name__)


def filled(hint: Any, text: str) -> Any:
    """A value of this type with the text in every place that takes one."""
    if hint is Any or hint is str:
        return text
    if hint in (int, float, bool, bytes):
        return hint(1) if hint is not bytes else b"x"
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if get_origin(hint) in (Union, types.UnionType):
        return filled(get_args(hint)[0], text)
    if get_origin(hint) is tuple:
        return tuple(filled(get_args(hint)[0], payload) for payload in PAYLOADS)
    if get_origin(hint) is dict:
        return {text: filled(get_args(hint)[1], text)}
    hints = get_type_hints(hint)
    fields = (field.name for field in msgspec.structs.fields(hint))
    return hint(**{name: filled(hints[name], text) for name in fields})


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: str(kind.__name__))
def test_no_answer_gives_orders_to_the_terminal(
    kind: type[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = filled(kind, ALL)
    for as_lines in (True, False):
        show(answer, json=not as_lines)
        printed = capsys.readouterr().out
        assert printed.strip()
        assert strange(printed.encode()) == []


def test_what_a_program_reads_is_what_was_there() -> None:
    told = as_json({"words": [ALL, *PAYLOADS]})
    assert strange(told.encode()) == []
    assert json.loads(told) == {"words": [ALL, *PAYLOADS]}
    assert codec.encode(json.loads(told)) == codec.encode({"words": [ALL, *PAYLOADS]})
