"""The protocol page: `python -m wire.schema` writes anew what in it is made from the structs.

The prose of docs/protocol.md is written by hand; what stands between `<!-- made: … -->` and
`<!-- end -->` is made here, so that the page cannot say what the code does not do.
"""

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import msgspec

from wire import subjects
from wire.messages import channel, news, verbs
from wire.messages.verbs import ASKS, Ask

PAGE = Path(__file__).resolve().parents[1] / "docs" / "protocol.md"

ADAPTER, ROUTER, AGENT = "that adapter", "the router", "that agent"
ASKED, TOLD = "request", "news"


@dataclass(frozen=True, slots=True)
class Line:
    """A subject: who says what on it, and what comes back."""

    subject: Callable[..., str]
    kind: str
    who: str
    to: str
    carries: str
    answer: str = ""


LINES = (
    Line(subjects.state, ASKED, ADAPTER, ROUTER, "StateAsk", "StateAnswer"),
    Line(subjects.intake, ASKED, ADAPTER, ROUTER, "Intake", "Taken"),
    Line(subjects.blob_put, ASKED, ADAPTER, ROUTER, "BlobPart", "BlobPutAnswer"),
    Line(subjects.blob_get, ASKED, ADAPTER, ROUTER, "BlobAsk", "BlobGetAnswer"),
    Line(subjects.send, ASKED, ROUTER, ADAPTER, "Outbound", "Fate"),
    Line(subjects.listing, ASKED, ROUTER, ADAPTER, "ListAsk", "ListAnswer"),
    Line(subjects.health, TOLD, ADAPTER, ROUTER, "Health"),
    Line(subjects.signal, TOLD, ADAPTER, ROUTER, "Signal"),
    Line(subjects.cue, TOLD, ROUTER, ADAPTER, "Cue"),
    Line(subjects.rpc, ASKED, AGENT, ROUTER, "Call", "Answer"),
    Line(subjects.news_agent, TOLD, ROUTER, AGENT, "News"),
    Line(subjects.news_team, TOLD, ROUTER, "agents of that team", "News"),
    Line(subjects.news_board, TOLD, ROUTER, "wallboards of that team", "News"),
)

UNIONS: dict[str, Any] = {
    "Event": channel.Event,
    "Taken": channel.Taken,
    "Fate": channel.Fate,
    "ListAnswer": channel.ListAnswer,
    "StateAnswer": channel.StateAnswer,
    "BlobPutAnswer": channel.BlobPutAnswer,
    "BlobGetAnswer": channel.BlobGetAnswer,
    "Answer": verbs.Answer,
}
CHANNEL_TYPES = (
    channel.StateAsk, channel.StateAnswer, channel.Intake, channel.Taken, channel.Outbound,
    channel.Fate, channel.ListAsk, channel.ListAnswer, channel.BlobPart, channel.BlobPutAnswer,
    channel.BlobAsk, channel.BlobGetAnswer, channel.Health, channel.Signal, channel.Cue,
)  # fmt: skip
CONSOLE_TYPES = (
    verbs.Call, verbs.Answer, news.News, *ASKS, *dict.fromkeys(ask.answer for ask in ASKS)
)  # fmt: skip


def pattern(subject: Callable[..., str]) -> str:
    """`intake.<kind>.<account>`"""
    names = list(inspect.signature(subject).parameters)
    head = subject(*names).split(".")[: -len(names)]
    return ".".join([*head, *(f"<{name}>" for name in names)])


def subject_table() -> str:
    return _table(
        ("subject", "kind", "who says it", "who hears it", "carries", "answer"),
        (
            (f"`{pattern(line.subject)}`", line.kind, line.who, line.to, f"`{line.carries}`",
             f"`{line.answer}`" if line.answer else "")
            for line in LINES
        ),
    )  # fmt: skip


def union_table() -> str:
    return _table(
        ("name", "is one of, with its tag"),
        (
            (f"`{name}`", ", ".join(f"`{one.__name__}` {_tag(one)}" for one in get_args(union)))
            for name, union in UNIONS.items()
        ),
    )


def verb_table() -> str:
    return _table(
        ("verb", "body", "answer", "least role", "changes", "what it does"),
        (
            (f"`{ask.verb}`", f"`{ask.__name__}`", f"`{ask.answer.__name__}`", ask.role,
             "yes" if ask.changes else "", _first_sentence(ask))
            for ask in ASKS
        ),
    )  # fmt: skip


def definitions(types: Iterable[Any]) -> dict[str, Any]:
    """JSON Schemas by the struct's name, everything that they refer to included."""
    _, found = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    return {name: _readable(schema) for name, schema in sorted(found.items())}


def schemas() -> dict[str, Any]:
    """One JSON Schema document with every value of the protocol under `$defs`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": definitions((*CHANNEL_TYPES, *CONSOLE_TYPES)),
    }


def channel_schemas() -> str:
    return _listed(definitions(CHANNEL_TYPES))


def console_schemas() -> str:
    known = definitions(CHANNEL_TYPES)
    found = definitions(CONSOLE_TYPES)
    return _listed({name: schema for name, schema in found.items() if name not in known})


PARTS: dict[str, Callable[[], str]] = {
    "subjects": subject_table,
    "unions": union_table,
    "verbs": verb_table,
    "channel schemas": channel_schemas,
    "console schemas": console_schemas,
}
_MADE = re.compile(r"(<!-- made: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fresh(page: str) -> str:
    """The page with every made part as it is now."""
    return _MADE.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", page)


def _tag(struct: type[msgspec.Struct]) -> str:
    return f"`{struct.__struct_config__.tag}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, tuple("---" for _ in head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _first_sentence(ask: type[Ask]) -> str:
    said = inspect.cleandoc(ask.__dict__.get("__doc__") or "").partition("\n\n")[0]
    return " ".join(said.split()).replace("|", "\\|")


def _readable(schema: dict[str, Any]) -> dict[str, Any]:
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    return schema


def _listed(found: dict[str, Any]) -> str:
    """A definition a line: short enough to look through, and the whole is JSON."""
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found[name])}" for name in found)
    return f'```json\n{{"$defs": {{\n{lines}\n}}}}\n```'


def main(arguments: list[str]) -> None:
    if arguments == ["--json"]:
        sys.stdout.write(json.dumps(schemas(), indent=1) + "\n")
        return
    PAGE.write_text(fresh(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
