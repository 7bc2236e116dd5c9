"""All that is played, in the order of the page."""

from bench.theory.cases import classes, lines, pooling, pools
from bench.theory.cases.case import Case


def every() -> list[Case]:
    return [*lines.cases(), *classes.cases(), *pools.cases(), *pooling.cases()]
