"""What rules ask of an agent for one conversation, as it is kept with it. Pure values."""

from wire.messages.base import Wire


class StepOf(Wire, frozen=True):
    """A relaxation, as `Step` of `router.core.need`; times in seconds, head start in minutes."""

    after: float
    drop: tuple[str, ...] = ()
    lower: dict[str, int] = {}
    any_language: bool = False
    widen: tuple[str, ...] = ()
    prefer: tuple[str, ...] | None = None
    sooner: float = 0.0
    tier: int | None = None
    skip: bool = False


class Demand(Wire, frozen=True):
    """Beyond the team, the channel kind and the skills, which have columns of their own."""

    either: tuple[dict[str, int], ...] = ()
    language: str = ""
    # Never these; these first, for `prefer_for` seconds.
    excluded: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    prefer_for: float = 0.0
    # They gave it back, declined or missed it: not asked again until then (epoch seconds).
    resting: dict[str, float] = {}
    # Skills that a transfer asked for. Both last until it is resolved, whatever rules say.
    asked: dict[str, int] = {}
    tier: int = 0
    slope: float = 1.0
    # Minutes of head start beside that of its priority.
    head_start: float = 0.0
    steps: tuple[StepOf, ...] = ()
    # The rules that said so, by their names, and the team and the priority that are theirs: what a
    # person changed since is not changed back.
    rules: tuple[str, ...] = ()
    team: str = ""
    priority: int | None = None
