"""Look at it once more before it goes: to whom, what with it, the whole text."""

from console.drafts import Draft, parties_shown
from console.flows.editing import in_editor
from console.flows.sending import send
from console.lines import Line, Span, line, wrapped
from console.paint import naming
from console.paint.message import chip
from console.stage import Choice, Stage
from console.words.catalogue import _


async def review(stage: Stage, words: str = "") -> None:
    draft = stage.writing.draft
    if draft is None or draft.empty:
        stage.say(_("There is nothing written yet."))
        return
    choices = (
        Choice("send", _("add the comment") if draft.mode == "comment" else _("send"), key="y"),
        Choice("edit", _("edit"), key="e"),
        Choice("editor", _("edit in your editor"), key="v"),
        Choice("keep", _("keep for later"), key="p"),
        Choice("drop", _("drop"), key="d"),
    )
    chosen = await stage.drawers.choose(_("Ready?"), choices, above=_whole(draft))
    match chosen:
        case "send":
            await send(stage)
        case "drop":
            stage.writing.drafts.drop(draft.name)
            stage.writing.put_down()
        case "editor":
            await in_editor(stage)
        case "keep":
            stage.writing.drafts.save()
            stage.panes.focus("thread")
        case _:
            stage.panes.focus("composer")


def _whole(draft: Draft) -> list[Line]:
    facts = [(_("to"), parties_shown(draft) or draft.remote), (_("subject"), draft.subject)]
    if draft.mode == "comment":
        facts = [(_("comment"), _("not sent to the customer"))]
    elif draft.kind:
        facts.append((_("by"), naming.channel(draft.kind)))
    shown = [line(Span(f" {name}: ", "dim"), Span(value)) for name, value in facts if value]
    shown += [line(Span(" " + chip(attachment), "chip")) for attachment in draft.attachments]
    text = [line(Span(" " + part, "text")) for part in wrapped(draft.text.rstrip(), 76)]
    return [*shown, line(), *text, line()]
