"""All that is played, in the order of the page."""

from bench.theory.cases import classes, lines, pooling, pools
from bench.theory.cases.case import Case


def every() -> list[Case]:
    """A family's models stand together."""
    cases = [*lines.cases(), *classes.cases(), *pools.cases(), *pooling.cases()]
    families = list(dict.fromkeys(case.family for case in cases))
    return sorted(cases, key=lambda case: families.index(case.family))
