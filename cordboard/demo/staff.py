"""Who works at the demo's desk, and what they are good at."""

from dataclasses import dataclass, field

YOU = "ana"


@dataclass(frozen=True, slots=True)
class Member:
    """A colleague. `capacity` is in units: a chat takes two, a mail one."""

    id: str
    name: str
    female: bool
    role: str = "agent"
    teams: tuple[str, ...] = ("support",)
    skills: dict[str, int] = field(default_factory=dict)
    capacity: int = 6
    # At once. Mails must not take the room that chats need.
    chats: int = 2
    mails: int = 4


TEAMS = {"support": "Support", "billing": "Billing"}
SKILLS = {
    "uk": "Ukrainian",
    "ru": "Russian",
    "en": "English",
    "billing": "Billing",
    "delivery": "Delivery",
}

STAFF = (
    Member(
        "ana", "Ana Kovalenko", female=True, role="lead", teams=("support", "billing"),
        skills={"uk": 5, "ru": 4, "en": 4, "billing": 3, "delivery": 3}, capacity=12,
        chats=3, mails=7,
    ),
    Member(
        "bo", "Bo Lindqvist", female=False,
        skills={"en": 5, "ru": 3, "uk": 3, "delivery": 4}, capacity=6,
    ),
    Member(
        "cy", "Cyril Hnatiuk", female=False, teams=("support", "billing"),
        skills={"uk": 5, "ru": 5, "en": 3, "billing": 4}, capacity=5,
    ),
    Member(
        "dee", "Dee Marsh", female=True, teams=("billing",),
        skills={"en": 5, "uk": 2, "ru": 2, "billing": 5}, capacity=5,
    ),
)  # fmt: skip
COLLEAGUES = tuple(member for member in STAFF if member.id != YOU)
BY_ID = {member.id: member for member in STAFF}

SHOP = "Kvit"
DOMAIN = "kvit.example"
