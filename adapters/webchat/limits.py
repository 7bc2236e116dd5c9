"""How often somebody may do something: a burst at once, then a steady pace. Pure but for memory."""


class Pace:
    """One limit for many people, by key. Remembers one number each, and not for long."""

    def __init__(self, *, burst: int, every: float, most: int = 10_000) -> None:
        self._slack = (burst - 1) * every
        self._every = every
        self._most = most
        self._due: dict[str, float] = {}

    def wait(self, key: str, now: float) -> float:
        """0 when they may (and it is counted), else the seconds until they may again."""
        due = max(self._due.get(key, now), now)
        if due - now > self._slack:
            return due - now - self._slack
        self._due[key] = due + self._every
        if len(self._due) > self._most:
            self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        kept = sorted(self._due.items(), key=lambda item: item[1])[-self._most // 2 :]
        self._due = {key: due for key, due in kept if due > now}
