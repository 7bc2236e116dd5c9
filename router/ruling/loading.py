"""A routing file comes into force: kept, on the shelf, and the desk gives out work by it."""

from router import languages
from router.core.rulebook.checking import Known
from router.handling import dispatch
from router.lane import Work
from router.memory import agent_of
from router.policy import Policy
from router.ruling.shelf import kept
from router.store.sql import Rows

# Kinds that a desk may get tomorrow without a new release.
KINDS = ("email", "telegram", "webchat")


def put_in_force(work: Work, text: str, agent: str) -> int:
    """The version that it is. What is open is decided anew afterwards, see `rerouting`."""
    version = int(work.tx.run("add_rulebook", now=work.now, agent=agent, text=text))
    work.shelf.put(kept(work.tx))
    work.desk.set_scheme(work.book.scheme)
    work.event("rulebook")
    dispatch.dispatch(work, "rulebook")
    if work.book.languages:
        languages.warm()
    return version


def known(rows: Rows, policy: Policy) -> Known:
    """The names that a routing file may use on this desk."""
    accounts = rows.all("accounts")
    agents = {row.id: agent_of(row) for row in rows.all("agents")}
    return Known(
        teams=[row.id for row in rows.all("teams")],
        skills=[row.id for row in rows.all("skills")],
        channels={*KINDS, *(each.kind for each in (*accounts, *policy.accounts.values()))},
        accounts={*policy.accounts, *(row.account for row in accounts)},
        agents=agents,
    )
