"""The words for what the wire names by a code: channels, presence, priorities, lists."""

from console.words import times
from console.words.catalogue import N_, _
from wire.messages.desk import AgentRow

CHANNELS = {
    "email": N_("mail"), "webchat": N_("chat"), "telegram": N_("Telegram"), "sms": N_("SMS"),
    "whatsapp": N_("WhatsApp"), "matrix": N_("Matrix"), "xmpp": N_("XMPP"),
    "phone": N_("phone"),
}  # fmt: skip
PRESENCES = {
    "online": N_("online"), "busy": N_("busy"), "break": N_("on a break"), "away": N_("away"),
    "wrap-up": N_("finishing"), "not-responding": N_("not responding"), "offline": N_("offline"),
}  # fmt: skip
PRESENCE_MARKS = {
    "online": ("●", "good"), "busy": ("◐", "warn"), "break": ("○", "warn"), "away": ("○", "dim"),
    "wrap-up": ("◐", "warn"), "not-responding": ("✗", "late"), "offline": ("○", "dim"),
}  # fmt: skip
PRIORITIES = (N_("low"), N_("normal"), N_("high"), N_("urgent"))
STATUSES = {
    "waiting": N_("waiting"), "assigned": N_("open"), "snoozed": N_("snoozed"),
    "resolved": N_("resolved"),
}  # fmt: skip
LISTS = {
    "mine": N_("mine, by what is due"), "waiting": N_("waiting, by what is due"),
    "team": N_("the team's, by what is due"), "snoozed": N_("snoozed"),
    "resolved": N_("resolved, newest first"), "all": N_("everything, by what is due"),
}  # fmt: skip
DELIVERY = {
    "held": N_("held"),
    "ready": N_("sending…"), "sending": N_("sending…"), "sent": N_("sent ✓"),
    "delivered": N_("delivered ✓✓"), "read": N_("read ✓✓"), "cancelled": N_("taken back"),
    "failed": N_("✗ not delivered"), "ambiguous": N_("unsure whether it was sent"),
}  # fmt: skip

# What the audit says that somebody did; what is not here stands as it is typed on a command line.
DEEDS = {
    "opened": N_("opened"), "searched": N_("searched"), "downloaded": N_("downloaded"),
    "audit": N_("read the audit"), "login": N_("logged in"), "login refused": N_("login refused"),
    "logout": N_("logged out"), "reply": N_("answered"), "compose": N_("wrote first"),
    "forward": N_("forwarded"), "undo": N_("took back"), "resend": N_("settled a sending"),
    "comment": N_("commented"), "take": N_("took"), "assign": N_("assigned to"),
    "release": N_("gave back"), "transfer": N_("handed over"), "resolve": N_("resolved it"),
    "reopen": N_("reopened"), "snooze": N_("put off"), "tag": N_("tagged"),
    "priority": N_("set the priority"), "note": N_("wrote the note"), "block": N_("blocked"),
    "link": N_("linked"), "unlink": N_("unlinked"), "move": N_("moved"),
    "move_back": N_("moved back"), "merge": N_("merged contacts"), "unmerge": N_("parted contacts"),
    "replay": N_("tried an item again"), "accept": N_("accepted"), "decline": N_("declined"),
    "hand_over": N_("handed all over"),
}  # fmt: skip


def deed(what: str) -> str:
    return _(DEEDS[what]) if what in DEEDS else what


def channel(kind: str) -> str:
    return _(CHANNELS[kind]) if kind in CHANNELS else kind


def presence(name: str) -> str:
    return _(PRESENCES[name]) if name in PRESENCES else name


def presence_of(agent: AgentRow, now: float) -> str:
    """With why, and how long they still finish what they resolved."""
    words = presence(agent.presence)
    if agent.reason:
        words = _("{presence}: {reason}", presence=words, reason=agent.reason)
    if agent.presence == "online" and agent.wraps_until > now:
        words = _("finishing {time}", time=times.countdown(agent.wraps_until - now))
    return words


def priority(number: int) -> str:
    return _(PRIORITIES[number]) if 0 <= number < len(PRIORITIES) else str(number)


def status(name: str) -> str:
    return _(STATUSES[name]) if name in STATUSES else name
