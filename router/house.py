"""What a desk has before anybody did anything: the admin, and the teams of the configuration."""

from collections.abc import Sequence

from router import memory
from router.lane import Lane, Work
from router.nats import keys
from router.nats.accounts import AgentKeys
from router.store.sql import Rows
from router.store.store import Store
from wire import codec
from wire.data_folder import DataFolder
from wire.settings import Settings

ADMIN = "admin"


async def furnish(lane: Lane, folder: DataFolder, settings: Settings) -> None:
    """Make what is missing. The admin's key lies in the data folder, for its owner only."""
    key = keys.kept(folder.admin_key).public

    def job(work: Work) -> None:
        for team, facts in settings.desk.teams.items():
            work.tx.run("ensure_team", id=team, name=facts.name)
        if work.tx.changed("ensure_admin", id=ADMIN, now=work.now):
            work.desk.put_agent(memory.agent_of(work.tx.one("agent", id=ADMIN)))
        work.tx.run("ensure_key", key=key, agent=ADMIN, console="command line", now=work.now)

    await lane.submit(job)


async def all_agents(store: Store) -> Sequence[AgentKeys]:
    """Who may come in by which keys, and whose news they hear."""
    return await store.read(_all_agents)


def _all_agents(rows: Rows) -> list[AgentKeys]:
    keys_of: dict[str, list[str]] = {}
    for row in rows.all("every_key"):
        keys_of.setdefault(row.agent, []).append(row.key)
    every_team = tuple(row.id for row in rows.all("teams"))
    return [
        AgentKeys(
            row.id,
            tuple(keys_of.get(row.id, ())),
            (*_teams(row.teams), *_teams(row.secondary)) if row.role == "agent" else every_team,
        )
        for row in rows.all("agents")
        if row.enabled
    ]


def _teams(text: str) -> tuple[str, ...]:
    teams = codec.decode(text.encode(), tuple[str, ...])
    return teams if isinstance(teams, tuple) else ()
