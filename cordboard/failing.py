"""A command that cannot go on."""

from wire.messages.base import Said

REFUSED, BAD_INPUT, UNREACHABLE = 1, 2, 3


class Failure(Exception):
    """A command cannot go on, and why."""

    def __init__(self, said: Said, status: int = REFUSED) -> None:
        super().__init__(str(said))
        self.said = said
        self.status = status
