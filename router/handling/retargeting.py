"""Clocks of what is open are made anew: a contact is of another segment, or other rules count."""

from router.handling import clocks, conversations
from router.lane import Work


def retarget(work: Work, contact: int) -> None:
    """What the contact has open, by the segments that it is in now."""
    if work.shelf.targets.by_segment:
        for row in work.tx.all("open_of_contact", contact=contact):
            anew(work, row)


def anew(work: Work, row: conversations.Row) -> None:
    """By the targets in force."""
    after = clocks.timed(work, row)
    if after != row:
        conversations.save(work, row, "retargeted", **clocks.changes(clocks.of(after)))
