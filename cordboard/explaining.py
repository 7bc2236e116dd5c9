"""What went wrong, as sentences for who typed it and a status for a script."""

from dataclasses import dataclass

from console.words.catalogue import told
from cordboard.failing import BAD_INPUT, REFUSED, UNREACHABLE, Failure
from router.nats.trouble import BusTrouble
from router.operating.archive import Trouble
from router.store.store import CannotWrite, Locked
from wire.bus import BusError, NoAnswer, NobodyListens, NotAllowed
from wire.config import BadConfig
from wire.credentials import NoDesk, NoProfile
from wire.desk_client import Refused
from wire.messages.base import Said, say


@dataclass(frozen=True, slots=True)
class Explained:
    sentences: list[str]
    status: int


def explained(error: Exception) -> Explained | None:
    """None for what nobody foresaw: that is a fault of ours and shows where it is."""
    match error:
        case Failure():
            return Explained([told(error.said)], error.status)
        case Refused():
            return Explained([told(error.no.said)], REFUSED)
        case NoDesk():
            return Explained([told(error.said)], UNREACHABLE)
        case NoProfile() | BusTrouble() | Trouble():
            return Explained([told(error.said)], REFUSED)
        case BadConfig():
            return Explained(error.faults, BAD_INPUT)
        case BusError():
            return _unreachable(error)
        case Locked() | CannotWrite():
            return Explained([str(error)], REFUSED)
        case OSError():
            return Explained([told(_file(error))], BAD_INPUT)
    return None


def _unreachable(error: BusError) -> Explained:
    if isinstance(error, NotAllowed):
        said = say("The desk does not know this key (any more). Log in again: cordboard login")
        return Explained([told(said)], REFUSED)
    if isinstance(error, NoAnswer):
        said = say("The desk does not answer. What is wrong says: cordboard doctor")
    elif isinstance(error, NobodyListens):
        said = say("The bus is there, but no router answers. Is it starting, or has it ended?")
    else:
        said = say(
            "The desk cannot be reached: {error}. Is it running? Start it with: cordboard run",
            error=str(error),
        )
    return Explained([told(said)], UNREACHABLE)


def _file(error: OSError) -> Said:
    if not error.filename:
        return say("It could not be done: {error}.", error=error.strerror or str(error))
    return say(
        "{path}: {error}.",
        path=str(error.filename),
        error=error.strerror or str(error),
    )
