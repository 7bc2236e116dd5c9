"""How a channel of this repository marks its sentences for the catalogue."""

from wire.words import N_

__all__ = ["N_"]
