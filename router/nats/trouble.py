"""What is wrong with the embedded bus, in a sentence for a person."""

from wire.messages.base import Said


class BusTrouble(Exception):
    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said
