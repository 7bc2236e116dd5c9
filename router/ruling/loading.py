"""A routing file comes into force: kept, on the shelf, and the desk gives out work by it."""

from router.handling import dispatch, retargeting
from router.lane import Work
from router.ruling.shelf import kept


def put_in_force(work: Work, text: str, agent: str) -> int:
    """The version that it is; what waits is looked at anew."""
    version = int(work.tx.run("add_rulebook", now=work.now, agent=agent, text=text))
    work.shelf.put(kept(work.tx))
    work.desk.set_scheme(work.book.scheme)
    retargeting.retarget_all(work)
    work.event("rulebook")
    dispatch.dispatch(work, "rulebook")
    return version
