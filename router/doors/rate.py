"""How much one agent may ask: a bucket that fills, and few at a time. Pure: `now` is given."""

from dataclasses import dataclass

# Asks at once, and asks a second for as long as one likes.
BURST, STEADY = 400.0, 150.0
AT_ONCE = 32


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    under_way: int = 0


class Rate:
    """Per agent. `begin` says whether one more may be asked, `end` that it was answered."""

    def __init__(self) -> None:
        self._of: dict[str, _Bucket] = {}

    def begin(self, agent: str, now: float) -> bool:
        bucket = self._of.setdefault(agent, _Bucket(BURST, now))
        bucket.left = min(BURST, bucket.left + (now - bucket.at) * STEADY)
        bucket.at = now
        if bucket.left < 1 or bucket.under_way >= AT_ONCE:
            return False
        bucket.left -= 1
        bucket.under_way += 1
        return True

    def end(self, agent: str) -> None:
        self._of[agent].under_way -= 1
