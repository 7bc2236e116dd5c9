"""What the configuration says about handling, as one value that decisions get."""

from dataclasses import dataclass, field

from router.core.targets.choosing import target
from wire.messages.capabilities import Capabilities
from wire.settings import TARGETS, Account, Settings

# Nobody waits longer for one agent while colleagues are free (seconds).
LONGEST_PREFERENCE = 600.0


@dataclass(frozen=True, slots=True)
class Policy:
    """Times in seconds."""

    targets: dict[str, float] = field(default_factory=lambda: dict(TARGETS))
    reopen_within: float = 14 * 86_400.0
    sticky: float = 24 * 3_600.0
    return_after: float = 600.0
    # So long the audit is kept; 0 is for ever.
    audit_for: float = 0.0
    accounts: dict[str, Account] = field(default_factory=dict)

    def account(self, name: str, kind: str) -> Account:
        return self.accounts.get(name) or Account(kind=kind)

    def preference(self, kind: str) -> float:
        """So long it waits for the agent who knows the contact: a quarter of its target at most."""
        return min(LONGEST_PREFERENCE, target(kind, self.targets) / 4)


def policy(settings: Settings) -> Policy:
    desk = settings.desk
    return Policy(
        targets=TARGETS | desk.targets,
        reopen_within=desk.reopen_days * 86_400.0,
        sticky=desk.sticky_hours * 3_600.0,
        return_after=desk.return_minutes * 60.0,
        audit_for=desk.audit_days * 86_400.0,
        accounts=settings.adapters,
    )


# What a channel can do before its adapter has said so.
UNKNOWN = Capabilities(kind="")
