"""Be there: presence, canned words, looks and language, and leaving."""

from console import canned
from console.paint import naming
from console.stage import Choice, Stage
from console.themes import PALETTES
from console.words import catalogue
from console.words.catalogue import _, n_
from wire.messages.desk import CannedReply
from wire.messages.verbs import SetOwnLimits, SetPresence

PRESENCE_KEYS = {"online": "o", "busy": "b", "break": "p", "wrap-up": "w", "away": "a",
                 "offline": "f"}  # fmt: skip
# A presence with a reason is asked for in two steps.
REASON = "reason"
LANGUAGE_NAMES = {"en": "English", "uk": "Українська", "ru": "Русский"}


async def presence(stage: Stage, words: str = "") -> None:
    """Whether one takes work; what follows the first word says why not."""
    name, _space, reason = words.strip().partition(" ")
    if name not in PRESENCE_KEYS:
        name, reason = await _presence(stage)
    if name:
        await stage.desk.do(SetPresence(presence=name, reason=reason.strip()))  # type: ignore[arg-type]


async def _presence(stage: Stage) -> tuple[str, str]:
    choices = [Choice(n, naming.presence(n), key=key) for n, key in PRESENCE_KEYS.items()]
    more = Choice(REASON, _("with a reason…"), key="r")
    name = await stage.drawers.choose(_("How are you?"), [*choices, more])
    if name != REASON:
        return name or "", ""
    given = await stage.drawers.prompt(_("Why? Colleagues see it."), _no_choices, free=True)
    if given is None:
        return "", ""
    name = await stage.drawers.choose(_("How are you?"), choices)
    return name or "", given.text


def _no_choices(words: str) -> tuple[Choice, ...]:
    return ()


async def limits(stage: Stage, words: str = "") -> None:
    """Fewer units, or fewer conversations by a channel: "4 webchat=1"; "off" takes it back."""
    if not words:
        given = await stage.drawers.prompt(_("Take how much at once? 4, 4 webchat=1, off"),
                                           _no_choices, free=True)  # fmt: skip
        words = given.text if given else ""
    ask = parse_limits(words)
    if ask is None:
        if words:
            stage.say(_("Say a number of units, as 4, or off."), "warn")
        return
    if await stage.desk.do(ask) is not None:
        stage.say(_("So it is for twelve hours.") if ask != SetOwnLimits() else
                  _("As the house gave you."))  # fmt: skip


def parse_limits(words: str) -> SetOwnLimits | None:
    """None when that is no limit."""
    capacity: int | None = None
    by_kind: dict[str, int] = {}
    for word in words.split():
        kind, equals, most = word.partition("=")
        if word == "off":
            return SetOwnLimits()
        if word.isascii() and word.isdigit() and len(word) < 6:
            capacity = int(word)
        elif equals and most.isascii() and most.isdigit() and len(most) < 6:
            by_kind[kind] = int(most)
        else:
            return None
    if capacity is None and not by_kind:
        return None
    return SetOwnLimits(capacity=capacity, limits=by_kind)


async def insert_canned(stage: Stage, words: str = "") -> None:
    """A ready text into the composer, its places filled."""
    view = stage.view
    if stage.writing.draft is None:
        stage.say(_("Begin a reply first: r."))
        return
    if not view.canned:
        stage.say(_("There are no ready texts yet."))
        return
    card = view.thread.card if view.thread else None
    language = card.language if card else ""

    def fitting(typed: str) -> list[Choice]:
        return [
            Choice(reply, reply.title or reply.id, canned.filled(reply.text, view))
            for reply in canned.fitting(view.canned, typed, language)
        ]

    given = await stage.drawers.prompt(_("Which ready text?"), fitting, value=words)
    if given and given.choice and isinstance(given.choice.value, CannedReply):
        stage.writing.insert(canned.filled(given.choice.value.text, view))
    stage.panes.focus("composer")


async def theme(stage: Stage, words: str = "") -> None:
    name = words.strip()
    if name not in PALETTES:
        titles = {
            "dark": (_("dark"), "d"), "light": (_("light"), "l"),
            "contrast": (_("high contrast"), "h"), "ansi": (_("the terminal's own colours"), "t"),
        }  # fmt: skip
        choices = [Choice(n, title, key=key) for n, (title, key) in titles.items()]
        name = await stage.drawers.choose(_("Which colours?"), choices)
    if name:
        stage.looks.dress(name)


async def language(stage: Stage, words: str = "") -> None:
    name = words.strip()
    if name not in (*catalogue.LANGUAGES, catalogue.PSEUDO):
        choices = [Choice(n, title, key=n[0]) for n, title in LANGUAGE_NAMES.items()]
        name = await stage.drawers.choose(_("Which language?"), choices)
    if name:
        stage.looks.speak(name)


async def leave(stage: Stage, words: str = "") -> None:
    """Asks only when something is written and not sent; the drafts stay in any case."""
    unsent = len(stage.writing.drafts.unsent())
    if unsent and words != "!":
        title = n_(
            "{count} text is not sent. It will be here when you come back.",
            "{count} texts are not sent. They will be here when you come back.",
            unsent,
        )
        choices = (Choice(True, _("leave"), key="y"), Choice(False, _("stay"), key="n"))
        if not await stage.drawers.choose(title, choices):
            return
    stage.leave()
