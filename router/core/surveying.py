"""Who could take a conversation and why each other could not, looking again only at who changed.

A desk of a hundred gives out a hundred in a second: from one to the next one or two people change.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import NamedTuple

import msgspec

from router.core.desk import Desk
from router.core.need import Need, Waiting, lacking, unfit
from router.core.people import Agent, Load
from router.core.reasons import CANDIDATES, Candidate, Group, Stand, bounded, score
from router.core.scheme import DEFAULT, Scheme, Strategy
from wire.messages.base import Said

NOTHING = Load()
# Requirements that are remembered, and stands of each beside what everybody has now.
NEEDS, SPARE = 256, 2_000
# Sentences that are remembered: what somebody says of their break is their own.
SENTENCES = 10_000
# Of more who could, only the longest idle are compared: a record is no second decision.
COMPARED = 60
_encoder = msgspec.json.Encoder(order="sorted")


class Seen(NamedTuple):
    """An agent as they stand, and the name of that."""

    agent: Agent
    load: Load
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """The best of those who can, how many that are, and the others by their reason.

    `together`: the first of them is who got it, though by the score somebody else would have.
    """

    candidates: tuple[Candidate, ...]
    able: int
    refused: tuple[Group, ...]
    together: bool = False


class Survey:
    """Mutable, owned by the lane."""

    def __init__(self) -> None:
        self._fresh: dict[str, bytes] = {}
        self._seen: dict[str, Seen] = {}
        self._scheme = DEFAULT
        self._judged: dict[Need, dict[str, int]] = {}
        self._reasons: list[tuple[Said, bool]] = []
        self._numbers: dict[tuple[object, ...], int] = {}
        self._before: dict[Need, tuple[int, list[Seen], tuple[Group, ...]]] = {}
        self._forget()

    def look(self, desk: Desk, waiting: Waiting, now: float, winner: str = "") -> Found:
        """Everybody's part in this decision, the winner's first."""
        scheme = desk.scheme
        if scheme is not self._scheme or len(self._reasons) > SENTENCES:
            self._forget(scheme)
        able, groups = self._grouped(desk, waiting.need, now)
        strategy = scheme.strategy(waiting.need.team)
        best = _best(able, waiting, strategy)
        if not winner:
            return Found(best, len(able), groups)
        mine = candidate(self._seen[winner], waiting, strategy)
        others = [one for one in best if one.stand != mine.stand][: CANDIDATES - 1]
        together = bool(others) and others[0].score < mine.score
        return Found((mine, *others), len(able), groups, together)

    def stands(self) -> dict[str, Stand]:
        """All that names stand for, as everybody stands now."""
        return {seen.name: _stand(seen.agent, seen.load) for seen in self._seen.values()}

    def drained(self) -> list[tuple[str, str]]:
        """Names and texts of stands that were not asked for before.

        A transaction that fails leaves a desk that is made again, and everybody is new in it.
        """
        fresh = [(name, text.decode()) for name, text in self._fresh.items()]
        self._fresh.clear()
        return fresh

    def see(self, agent: Agent, load: Load) -> Seen:
        """How they stand now, under its name."""
        seen = self._seen.get(agent.id)
        if seen is None or seen.agent is not agent or seen.load is not load:
            stand = _encoder.encode(_stand(agent, load))
            name = hashlib.blake2b(stand, digest_size=9).hexdigest()
            self._fresh[name] = stand
            seen = self._seen[agent.id] = Seen(agent, load, name)
        return seen

    def _grouped(self, desk: Desk, need: Need, now: float) -> tuple[list[Seen], tuple[Group, ...]]:
        """Where nobody stands otherwise than before, the very same value as before."""
        before = self._before.get(need)
        if before is not None and before[0] == desk.changes and not need.without:
            return before[1], before[2]
        able, refused = self._parted(desk.agents, desk.loads, need, now)
        # Who is wanting for a while comes before who could never take it.
        order = sorted(refused, key=lambda number: (self._reasons[number][1], number))
        groups = bounded((self._reasons[number][0], refused[number]) for number in order)
        if len(self._before) > NEEDS:
            self._before.clear()
        self._before[need] = desk.changes, able, groups
        return able, groups

    def _parted(self, agents: Mapping[str, Agent], loads: Mapping[str, Load], need: Need,
                now: float) -> tuple[list[Seen], dict[int, list[str]]]:  # fmt: skip
        passed = {name for name, until in need.without if now < until}
        judged = self._judgements(need, len(agents))
        able: list[Seen] = []
        refused: dict[int, list[str]] = defaultdict(list)
        known, nothing = self._seen.get, NOTHING
        for name, agent in agents.items():
            load = loads.get(name, nothing)
            seen = known(name)
            if seen is None or seen[0] is not agent or seen[1] is not load:
                seen = self.see(agent, load)
            number = judged.get(seen[2]) if name not in passed else self._judge(seen, need, now)
            if number is None:
                number = judged[seen[2]] = self._judge(seen, need, now)
            if number:
                refused[number].append(seen[2])
            else:
                able.append(seen)
        return able, refused

    def _judgements(self, need: Need, people: int) -> dict[str, int]:
        """What is known of this requirement, whoever gave it back."""
        asked = replace(need, without=()) if need.without else need
        if len(self._judged) > NEEDS:
            self._judged.clear()
        judged = self._judged.setdefault(asked, {})
        if len(judged) > people + SPARE:
            judged.clear()
        return judged

    def _judge(self, seen: Seen, need: Need, now: float) -> int:
        """The number of the first reason why they cannot; 0 when they can."""
        said = lacking(seen.agent, seen.load, need, self._scheme, now)
        if said is None:
            return 0
        key = (said.text, *said.args.items())
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._reasons)
            self._reasons.append((said, unfit(seen.agent, need) is not None))
        return number

    def _forget(self, scheme: Scheme = DEFAULT) -> None:
        self._scheme = scheme
        self._judged.clear()
        self._before.clear()
        self._numbers.clear()
        self._reasons[:] = [(Said(text=""), False)]  # 0 is none


def _stand(agent: Agent, load: Load) -> Stand:
    return Stand(agent=replace(agent, idle_since=0.0, turn=0), load=load)


def _best(able: list[Seen], waiting: Waiting, strategy: Strategy) -> tuple[Candidate, ...]:
    # What is asked first where nobody was looser with it is who is idle the longest.
    plain = strategy == "longest_idle" and not waiting.rings
    compared = _idlest(able, CANDIDATES if plain else COMPARED)
    found = [candidate(seen, waiting, strategy) for seen in compared]
    return tuple(sorted(found, key=lambda one: one.score)[:CANDIDATES])


def candidate(seen: Seen, waiting: Waiting, strategy: Strategy) -> Candidate:
    """Somebody among those who can, with their score."""
    points = score(seen.agent, seen.load, waiting, strategy)
    return Candidate(stand=seen.name, idle_since=seen.agent.idle_since, turn=seen.agent.turn,
                     score=points)  # fmt: skip


def _idlest(able: list[Seen], most: int) -> list[Seen]:
    if len(able) <= most:
        return able
    return nsmallest(most, able, key=lambda seen: seen.agent.idle_since)
