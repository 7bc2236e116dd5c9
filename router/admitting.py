"""Who is let in, on both sides of the bus: the server's list of keys, and whose key it is."""

from pathlib import Path

from router import house
from router.nats.admission import Admission
from router.nats.people import People
from router.store.store import Store


class Admitting:
    """Asked at every request (`asking`), refreshed after agents or their keys changed."""

    def __init__(self, data: Path, store: Store) -> None:
        self._store = store
        self._admission = Admission(data, lambda: house.all_agents(store))
        self._people = People(())

    def asking(self, subject: str, user: str) -> str | None:
        """The agent who asks, or None."""
        return self._people.asking(subject, user)

    async def refresh(self) -> None:
        """Return once the bus lets in exactly who is committed. Raises BusTrouble."""
        self._people = People(await house.all_agents(self._store))
        await self._admission.refresh()
