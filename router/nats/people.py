"""Who is asking: the public key that the server names, and the agent whom it belongs to. Pure."""

from collections.abc import Sequence

from router.nats.accounts import AgentKeys
from wire import subjects


class People:
    """Which agent a key belongs to, as of the last change of agents or logins."""

    def __init__(self, agents: Sequence[AgentKeys]) -> None:
        self._agent_of = {key: agent.agent for agent in reversed(agents) for key in agent.keys}

    def asking(self, subject: str, user: str) -> str | None:
        """The agent who asks, or None: the key must be theirs and the subject must name them.

        `door` is nobody yet: the server lets it ask for nothing but a login.
        """
        agent, _ = subjects.asker_of(subject)
        if agent == subjects.DOOR:
            return subjects.DOOR if user == subjects.DOOR else None
        return agent if user and self._agent_of.get(user) == agent else None
