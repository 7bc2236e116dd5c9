"""Marks sentences that a console shows in its own language."""


def N_(sentence: str) -> str:
    """The extractor knows this name. A sentence ends in a full stop and has no other in it."""
    return sentence
