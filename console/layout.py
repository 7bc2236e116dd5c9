"""Three panes, two with the customer over them, or one at a time. Pure."""

from dataclasses import dataclass
from typing import Literal

from console.view import Pane, View

TWO_PANES, THREE_PANES = 110, 150
PANES: tuple[Pane, ...] = ("queue", "thread", "composer", "customer")
# From so many rows on a text of eight lines leaves enough of the thread.
HIGH = 36


@dataclass(frozen=True, slots=True)
class Layout:
    """What is shown of the desk, and how tall the composer may grow."""

    panes: Literal["one", "two", "three"]
    queue: bool
    middle: bool
    customer: bool
    queue_rule: bool
    customer_rule: bool
    tall: int


def layout(view: View, wide: int, high: int, *, customer_open: bool) -> Layout:
    one, three = wide < TWO_PANES, wide >= THREE_PANES
    pane = view.pane
    customer = three or customer_shown(view, wide, customer_open=customer_open)
    # Between two and three panes the customer stands where the queue was.
    both = three or (not one and not customer)
    beside = not one and customer and (three or pane != "queue")
    return Layout(
        panes="one" if one else "three" if three else "two",
        queue=both or pane == "queue",
        middle=not one or pane in ("thread", "composer"),
        customer=beside or pane == "customer",
        queue_rule=both,
        customer_rule=beside,
        tall=8 if high >= HIGH else 5,
    )


def customer_shown(view: View, wide: int, *, customer_open: bool) -> bool:
    wanted = wide >= THREE_PANES or customer_open or view.pane == "customer"
    return view.thread is not None and wanted


def reachable(view: View, wide: int, *, customer_open: bool) -> tuple[Pane, ...]:
    """The panes that Tab turns through."""
    if view.thread is None:
        return ("queue",)
    shown = customer_shown(view, wide, customer_open=customer_open) or wide < TWO_PANES
    return PANES if shown else PANES[:-1]
