"""What happens because time passed: snoozes and offers end, silent people are gone."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from router.handling import (
    alarms,
    beginning,
    conversations,
    dispatch,
    messages,
    offering,
    presence,
)
from router.lane import Lane, ReadOnly, Work
from router.policy import Policy
from wire import codec
from wire.messages.base import say

log = logging.getLogger("cordboard.timers")

TICK = 1.0
# Answers to commands are kept so long (seconds).
ANSWERS = 7 * 86_400.0


class Timers:
    """Submits a job each second; one that has nothing to do writes nothing.

    `silent` names the agents whose consoles have not been heard for too long; `writes` says whether
    an agent is writing in a conversation at this moment.
    """

    def __init__(
        self,
        lane: Lane,
        policy: Policy,
        silent: Callable[[], Iterable[str]],
        writes: Callable[[str, int], bool] = lambda agent, conversation: False,
    ) -> None:
        self._lane = lane
        self._policy = policy
        self._silent = silent
        self._writes = writes
        # The first look finds all that waited for the router: many on both sides.
        self._starting = True

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
        self._end_what_is_over(work)
        alarms.ring(work)
        dispatch.dispatch(work, "timer", burst=self._starting)
        self._starting = False
        work.tx.run("forget_answers", before=work.now - ANSWERS)
        work.tx.run("forget_offers", before=work.now - ANSWERS)

    def _wake(self, work: Work) -> None:
        for row in work.tx.all("snooze_is_over", now=work.now):
            owner = work.desk.agents.get(row.owner)
            said = say("the snooze is over")
            if owner is not None and owner.enabled:
                conversations.give(work, row, row.owner, "woke")
                dispatch.taken(work, row, row.owner, said, "woke")
            else:
                conversations.queue(work, row, "woke", self._policy)
            messages.add_line(work, row, said)

    def _give_back(self, work: Work) -> None:
        """Work of somebody who has been gone too long: same key, and theirs if they come back."""
        pace = work.desk.scheme.pace
        grace = codec.encode(pace.grace).decode()
        until = work.now + pace.returning.back_within
        for row in work.tx.all(
            "left_alone",
            now=work.now,
            grace=grace,
            otherwise=self._policy.return_after,
            soonest=work.now - min((*pace.grace.values(), self._policy.return_after)),
        ):
            said = say("{agent} is gone; it is back in the queue", agent=row.owner)
            row = conversations.queue(work, row, "returned", self._policy, preferred=row.owner,
                                      preferred_until=until)  # fmt: skip
            messages.add_line(work, row, said)

    def _end_what_is_over(self, work: Work) -> None:
        """Offers that nobody answered, wrapping up, own limits, what was not begun."""
        for offer in work.tx.all("offers_due", now=work.now):
            offering.missed(work, offer)
        for row in work.tx.all("wrap_ups_due", now=work.now):
            conversations.free(work, row.conversation)
        for row in work.tx.all("own_limits_over", now=work.now):
            presence.set_own_limits(work, row.id, "", 0.0)
        for row in work.tx.all("fresh_due", now=work.now):
            if not self._writes(row.agent, row.conversation):
                beginning.not_begun(work, row)


def lost(work: Work, agent: str) -> None:
    """No console of this agent is heard: offline, and nothing new for them."""
    known = work.desk.agents.get(agent)
    if known is not None and known.presence != "offline":
        presence.change(work, agent, "offline")
