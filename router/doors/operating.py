"""Looking after the desk: how it does, a copy of it, and whether it sends."""

import asyncio

import apsw

from router.doors.asker import Doing, Refused
from router.operating import snapshot as copying
from router.operating.vitals import Vitals
from wire.messages.base import say
from wire.messages.verbs import Checkup, Done, SetSending, Snapshot


async def checkup(vitals: Vitals | None) -> Checkup:
    return await _known(vitals).checkup()


async def snapshot(vitals: Vitals | None) -> Snapshot:
    """In a thread and on a connection of its own: nobody waits for it but who asked."""
    known = _known(vitals)
    if known.place is None:
        raise Refused("invalid", say("This desk has no data folder."))
    if known.copying.locked():
        raise Refused("busy", say("A backup is being made already."))
    async with known.copying:
        try:
            return await asyncio.to_thread(copying.make, known.place, lambda: known.ending)
        except (apsw.Error, OSError, copying.Stopped) as error:
            raise Refused(
                "late", say("The database could not be copied: {error}", error=str(error))
            ) from error


def set_sending(doing: Doing, ask: SetSending) -> Done:
    """Agents go on writing; what they write is sent when sending goes on."""
    doing.work.tx.run("resume_sending" if ask.on else "pause_sending", now=doing.now)
    seq = doing.work.event("sending")
    said = say("The desk sends.") if ask.on else say("The desk holds back what is to be sent.")
    return Done(seq=seq, said=said)


def _known(vitals: Vitals | None) -> Vitals:
    if vitals is None:
        raise Refused("not_active", say("This router does not know how it does."))
    return vitals
