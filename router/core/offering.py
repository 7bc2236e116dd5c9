"""What becomes of an offer, and how long held work may take. Pure.

An offer is open until one thing ends it, and stays what that made of it: whoever comes second is
told so, and whoever says the same again changes nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from wire.messages.base import Said, Wire, say

State = Literal["open", "accepted", "declined", "missed", "revoked"]
Deed = Literal["accept", "decline", "time", "revoke"]
_ENDS: dict[Deed, State] = {
    "accept": "accepted",
    "decline": "declined",
    "time": "missed",
    "revoke": "revoked",
}

# Nothing that is timed here takes longer (seconds), and no head start is longer (minutes).
LONGEST = 7 * 86_400.0
# Whoever gave it back by hand is not asked for it again.
NOT_AGAIN = 365 * 86_400.0


def after(state: State, deed: Deed, *, in_time: bool) -> State | None:
    """What the offer is then; None when it is too late (or, for "time", too early)."""
    ended = _ENDS[deed]
    if state != "open":
        return state if state == ended else None
    if deed == "revoke":
        return ended
    return ended if in_time != (deed == "time") else None


class Returning(Wire, frozen=True):
    """Whom work that comes back is given to: the section `[returning]` of the routing file."""

    # Who declined or missed it is not asked again for so long (seconds).
    retry_after: float = 600.0
    # An agent who was gone is asked first for what they lost, if back within so long (seconds).
    back_within: float = 300.0
    # A reopened one is kept for who had it for so long (seconds); 0: as any who served the contact.
    former_first: float = 0.0
    # It is put before others by so many minutes.
    head_start: float = 0.0


class Pace(Wire, frozen=True):
    """Seconds by channel kind, "" for all others: sections of the routing file of these names."""

    # So long an agent has to accept; 0: it is given without asking.
    offers: dict[str, float] = {}
    # So long a resolved one takes its agent's room.
    wrap_up: dict[str, float] = {}
    # So long a silent agent keeps work; kinds without one keep what is answered, for ever, and the
    # rest for the `return_minutes` of the configuration.
    grace: dict[str, float] = {}
    # So long an agent has to do something about what they got; 0: for ever.
    first_reply: dict[str, float] = {}
    returning: Returning = Returning()

    def offered(self, kind: str) -> float:
        return seconds(self.offers, kind)

    def wrapped(self, kind: str) -> float:
        return seconds(self.wrap_up, kind)

    def to_begin(self, kind: str) -> float:
        return seconds(self.first_reply, kind)


def seconds(times: Mapping[str, float], kind: str) -> float:
    return times.get(kind, times.get("", 0.0))


def faults(pace: Pace) -> Iterator[tuple[str, Said]]:
    """What cannot be meant, each with its place ("offers.webchat")."""
    sections = {"offers": pace.offers, "wrap_up": pace.wrap_up, "grace": pace.grace,
                "first_reply": pace.first_reply}  # fmt: skip
    for section, times in sections.items():
        for kind, value in times.items():
            yield from _fault(f"{section}.{kind}", value)
    for name in Returning.__struct_fields__:
        yield from _fault(f"returning.{name}", getattr(pace.returning, name))


def _fault(place: str, value: float) -> Iterator[tuple[str, Said]]:
    if not 0.0 <= value <= LONGEST:
        yield place, say("It is from 0 to {most}, not {value}.", most=int(LONGEST), value=value)
