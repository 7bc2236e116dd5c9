"""A query, once it is parsed: frozen values. Columns count from 1 and do not make a difference."""

import dataclasses
from dataclasses import dataclass
from typing import Literal

from wire.messages.base import Said

Op = Literal["", "=", ">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class Term:
    """`field:values`, any one of them; a number, a duration in seconds, or a name as typed."""

    field: str
    op: Op
    values: tuple[str | float, ...]
    column: int = dataclasses.field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Words:
    """Words to be found as they stand."""

    text: str
    column: int = dataclasses.field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Every part; without any it is always true."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple["Node", ...]


Node = Term | Words | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    root: Node = And()

    def __bool__(self) -> bool:
        """Whether it asks anything."""
        return self.root != And()


@dataclass(frozen=True, slots=True)
class QueryError:
    """What is wrong, from which column on, and the name that may be meant."""

    column: int
    said: Said
    nearest: str = ""
