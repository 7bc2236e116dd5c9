"""What is said of a routing file: each fault with its place, and the file itself."""

from wire.messages.base import Said, Wire


class Fault(Wire, frozen=True):
    """`at` is the key it is about ("rule 3: then.skills"); line and column are 0 where unknown."""

    said: Said
    at: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = ":".join(str(number) for number in (self.line, self.column) if number)
        return ": ".join(part for part in (place, self.at, str(self.said)) if part)


class Problem(Wire, frozen=True):
    """Conversations that wait for nobody: how many, the oldest of them, and what nobody has."""

    team: str
    said: Said
    waiting: int
    conversation: int
