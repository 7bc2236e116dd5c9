"""The routing file as it is written: one frozen value a section. Times in seconds.

A section that is not there leaves the desk as it is without a file.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from router.core.offering import Returning
from router.core.scheme import Strategy
from router.core.targets.written import CalendarOf, TargetOf

# One or several of the same: `channel = "email"`, `channel = ["email", "webchat"]`.
Names = str | tuple[str, ...]


class Capacity(Struct, frozen=True):
    """What conversations weigh. By channel kind; "" is for all others."""

    weights: dict[str, int] = {}
    # While an agent has one of this kind, only these other kinds come.
    admits: dict[str, tuple[str, ...]] = {}
    # Kinds that take no room from the others.
    interruptible: tuple[str, ...] = ()


class TeamOf(Struct, frozen=True):
    """How a team's work is given out; "" is for all other teams."""

    strategy: Strategy = "longest_idle"
    # How many of all who wait should be its own; 0: it has none.
    share: float = 0.0


class Time(Struct, frozen=True):
    """When: on these days, from and until this time of day, on the clock of this zone."""

    days: Names = ()
    from_: str = field(default="", name="from")
    until: str = ""
    zone: str = "UTC"


class If(Struct, frozen=True):
    """All that is named must hold; of several names any one is enough."""

    channel: Names = ()
    account: Names = ()
    # As the contact's is known, or what the message is written in.
    language: Names = ()
    # Addresses: "ceo@acme.example", "*@acme.example", "acme.example" with all below it.
    sender: Names = ()
    # Tags of the contact.
    tag: Names = ()
    segment: Names = ()
    # Whole words or phrases, in the subject; in the subject or the text.
    subject: Names = ()
    words: Names = ()
    time: Time | None = None
    # A business calendar: it is open now; it is closed now.
    open: Names = ()
    closed: Names = ()
    # The same language as in lists and views.
    query: str = ""


class StepThen(Struct, frozen=True):
    """`after` so many seconds of waiting the requirement gets looser, or it more urgent."""

    after: float
    drop: Names = ()
    lower: dict[str, int] = {}
    any_language: bool = False
    widen: Names = ()
    # Only these agents from now on, [] for anybody.
    prefer: Names | None = None
    # Minutes of head start more.
    sooner: float = 0.0
    tier: int | None = None
    # At once when nobody who is here could take it as it is.
    skip: bool = False


class Then(Struct, frozen=True):
    """What is asked of an agent, and how soon. What is not named stays."""

    team: str = ""
    # Skills with their least level; any one of the groups in `either` beside them.
    skills: dict[str, int] = {}
    either: tuple[dict[str, int], ...] = ()
    # The agent speaks it: two letters, or "theirs" for the one that the customer writes.
    language: str = ""
    priority: int | str | None = None
    # Lower tiers go first, strictly; a slope above 1 ages faster.
    tier: int | None = None
    slope: float | None = None
    # Minutes beside those of the priority.
    head_start: float | None = None
    tag: Names = ()
    steps: tuple[StepThen, ...] = ()
    # These agents first, for `prefer_for` seconds; these never.
    prefer: Names = ()
    prefer_for: float = 120.0
    exclude: Names = ()
    # Sent once to who opens a conversation from a proved address, to no machine.
    reply: str = ""


class Rule(Struct, frozen=True):
    name: str
    if_: If = field(default=If(), name="if")
    then: Then = Then()


class Given(Struct, frozen=True):
    """A message as an example has it."""

    channel: str = "email"
    account: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
    # As the contact's is known; "" lets the text tell.
    language: str = ""
    tags: Names = ()
    company: str = ""
    at: datetime | None = None


class Expected(Struct, frozen=True):
    """What the rules make of it; what is not named may be anything."""

    # The rules that matched, in order.
    rules: Names | None = None
    team: str | None = None
    skills: dict[str, int] | None = None
    either: tuple[dict[str, int], ...] | None = None
    language: str | None = None
    priority: int | str | None = None
    tier: int | None = None
    slope: float | None = None
    head_start: float | None = None
    tags: Names | None = None
    prefer: Names | None = None
    exclude: Names | None = None
    steps: int | None = None
    reply: str | None = None
    segments: Names | None = None


class Example(Struct, frozen=True):
    name: str
    given: Given = Given()
    expect: Expected = Expected()


class Rulebook(Struct, frozen=True):
    """All of it."""

    # The first rule that matches decides, or all that match add up, in their order.
    order: Literal["first", "all"] = "first"
    # The share (0 to 1) of a day less its reply target that work gets as head start.
    deadline_share: float = 0.0
    capacity: Capacity = Capacity()
    teams: dict[str, TeamOf] = {}
    # How long things may take, by channel kind: see `Pace`.
    offers: dict[str, float] = {}
    wrap_up: dict[str, float] = {}
    grace: dict[str, float] = {}
    first_reply: dict[str, float] = {}
    returning: Returning = Returning()
    # A segment is a saved query over the contact.
    segments: dict[str, str] = {}
    # How soon what is to be answered and resolved, and in whose hours.
    targets: tuple[TargetOf, ...] = ()
    calendars: dict[str, CalendarOf] = {}
    rule: tuple[Rule, ...] = ()
    example: tuple[Example, ...] = ()
