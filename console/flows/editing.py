"""Write in the editor that one knows."""

import msgspec

from console.stage import Stage
from console.words.catalogue import _


async def in_editor(stage: Stage, words: str = "") -> None:
    """Hand the draft to $EDITOR; what comes back is looked at before it goes."""
    from console.flows.reviewing import review

    draft = stage.writing.draft
    if draft is None:
        stage.say(_("Begin a reply first: r."))
        return
    text = await stage.machine.in_editor(draft.text, ".txt")
    if text is None:
        return
    stage.writing.write(msgspec.structs.replace(draft, text=text.rstrip("\n")))
    if text.strip():
        await review(stage)
