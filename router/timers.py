"""What happens because time passed: snoozes end, preferences run out, silent people are gone."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from router.handling import conversations, dispatch, messages
from router.lane import Lane, ReadOnly, Work
from router.policy import Policy
from wire.messages.base import say

log = logging.getLogger("cordboard.timers")

TICK = 1.0
# Answers to commands are kept so long (seconds).
ANSWERS = 7 * 86_400.0


class Timers:
    """Submits a job each second; one that has nothing to do writes nothing.

    `silent` names the agents whose consoles have not been heard for too long.
    """

    def __init__(self, lane: Lane, policy: Policy, silent: Callable[[], Iterable[str]]) -> None:
        self._lane = lane
        self._policy = policy
        self._silent = silent

    async def run(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            gone = tuple(self._silent())
            try:
                await self._lane.submit(lambda work, gone=gone: self._tick(work, gone))  # type: ignore[misc]
            except ReadOnly:
                continue
            except Exception:  # timers must not die; what it ate is in the log
                log.exception("a timer failed")

    def _tick(self, work: Work, gone: tuple[str, ...]) -> None:
        self._wake(work)
        for agent in gone:
            lost(work, agent)
        self._give_back(work)
        dispatch.dispatch(work, "timer")
        work.tx.run("forget_answers", before=work.now - ANSWERS)

    def _wake(self, work: Work) -> None:
        for row in work.tx.all("snooze_is_over", now=work.now):
            owner = work.desk.agents.get(row.owner)
            if owner is not None and owner.enabled:
                conversations.give(work, row, row.owner, "woke")
            else:
                conversations.queue(work, row, "woke", self._policy)
            messages.add_line(work, row, say("the snooze is over"))

    def _give_back(self, work: Work) -> None:
        """Unanswered work of somebody who has been gone too long: same key, another agent."""
        before = work.now - self._policy.return_after
        for row in work.tx.all("left_alone", before=before):
            work.desk.end(row.id)
            conversations.save_load(work, row.owner)
            said = say("{agent} is gone; it is back in the queue", agent=row.owner)
            conversations.queue(work, row, "returned", self._policy)
            messages.add_line(work, row, said)


def lost(work: Work, agent: str) -> None:
    """No console of this agent is heard: offline, and nothing new for them."""
    known = work.desk.agents.get(agent)
    if known is None or known.presence == "offline":
        return
    work.desk.set_presence(agent, "offline")
    work.tx.run("save_presence", id=agent, presence="offline", now=work.now)
    work.event("presence", agent=agent)
