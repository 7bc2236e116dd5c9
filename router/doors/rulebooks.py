"""The routing file at the doors: shown, tried, loaded."""

from router.core.rulebook.book import read as reading
from router.doors.asker import Doing, Reading, Refused
from router.ruling import loading
from wire.messages.base import say
from wire.messages.verbs import RulebookLoad, RulebookLoaded, RulebookShow, RulebookText


def show(read: Reading, ask: RulebookShow) -> RulebookText:
    if ask.version:
        row = read.rows.one("rulebook", version=ask.version)
    else:
        row = read.rows.one("newest_rulebook")
    if row is None and ask.version:
        raise Refused("gone", say("There is no version {version} of the routing file.",
                                  version=ask.version))  # fmt: skip
    return RulebookText(**row._asdict()) if row is not None else RulebookText()


def load(doing: Doing, ask: RulebookLoad) -> RulebookLoaded:
    """Faults are an answer, not a refusal: all of them are told, and nothing changed."""
    found = reading(ask.text, known=loading.known(doing.rows, doing.policy))
    version = 0
    if found.book is not None and not ask.dry:
        version = loading.put_in_force(doing.work, ask.text, doing.asker.id)
    return RulebookLoaded(version=version, faults=found.faults, warnings=found.warnings)
