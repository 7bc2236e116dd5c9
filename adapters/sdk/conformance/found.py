"""The counterparts that packages bring for their channels, by kind."""

from collections.abc import Callable
from importlib.metadata import entry_points

from adapters.sdk.conformance.counterpart import Counterpart

GROUP = "cordboard.counterparts"


def kinds() -> dict[str, str]:
    """Kind → the package that brings its counterpart."""
    return {each.name: each.dist.name if each.dist else "" for each in entry_points(group=GROUP)}


def counterpart(kind: str) -> Callable[[], Counterpart]:
    """Makes a new one. Raises LookupError, ImportError or AttributeError."""
    for entry in entry_points(group=GROUP):
        if entry.name == kind:
            made: Callable[[], Counterpart] = entry.load()
            return made
    raise LookupError(kind)
