"""What a simulated colleague does about a conversation: reads it, and knows what to say. Pure."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cordboard.demo import talk
from cordboard.demo.staff import Member
from cordboard.demo.talk import Heard, Talk
from wire.messages.desk import ConversationRow, MessageRow

_HEARD = ("openings", "chats", "details", "follow_ups", "thanks", "nudges", "to_chat", "to_mail")
_COMMENTS = (
    "Asked the warehouse, answer before noon.",
    "Checked the payment: it is there.",
    "Third case with this carrier this week.",
    "Friendly and patient, let's be generous.",
    "Address was wrong in the order, corrected.",
)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done next, in this order."""

    say: str = ""
    comment: str = ""
    resolve: bool = False
    # Somebody else must: no idea what the customer means.
    hand_over: str = ""


def next_step(
    row: ConversationRow, messages: Sequence[MessageRow], me: Member, chance: random.Random
) -> Step:
    """`messages` is the thread as far as it was read, oldest first."""
    own = [message for message in messages if message.conversation == row.id]
    said = _unanswered(own)
    if not said:
        return Step()
    heard = [talk.hear(text, _HEARD) for text in said]
    understood = [each for each in heard if each is not None]
    words = talk.load(_language(understood, said))
    return _about(row, own, understood, words, me, chance)


def _about(
    row: ConversationRow,
    own: Sequence[MessageRow],
    understood: Sequence[Heard],
    words: Talk,
    me: Member,
    chance: random.Random,
) -> Step:
    matter = next((each for each in reversed(understood) if each.answer), None)
    writer = _Writer(row, words, me, chance)
    if matter is not None:
        return _answer(own, matter, writer, chance, by_mail=row.kind == "email")
    if any(each.what == "thanks" for each in understood):
        # To thanks by mail one does not answer.
        bye = writer.written(words.agent_goodbyes) if row.kind == "webchat" else ""
        return Step(say=bye, resolve=True)
    if understood:
        return Step(say=writer.written(words.agent_moments))
    return Step(
        say=writer.written(words.agent_moments) if _first(own) else "",
        hand_over="I don't know this one, could you take it?",
    )


def _answer(
    own: Sequence[MessageRow],
    matter: Heard,
    writer: "_Writer",
    chance: random.Random,
    *,
    by_mail: bool,
) -> Step:
    comment = chance.choice(_COMMENTS) if chance.random() < 0.1 else ""
    asks_first = matter.what in ("openings", "chats") and _first(own) and chance.random() < 0.25
    if asks_first and matter.topic is not None:
        return Step(say=writer.written(matter.topic.asks, matter), comment=comment)
    # Who writes a mail once more opens it again; in a chat one waits for the last word.
    done = by_mail and chance.random() < 0.75
    return Step(say=writer.written((matter.answer,), matter), comment=comment, resolve=done)


class _Writer:
    """Puts what is to be said into the form of the channel, in the colleague's voice."""

    def __init__(
        self, row: ConversationRow, words: Talk, me: Member, chance: random.Random
    ) -> None:
        self._row, self._words, self._me, self._chance = row, words, me, chance
        self._called = called(words, row.contact_name)

    def written(self, choice: Sequence[str], heard: Heard | None = None) -> str:
        places = {
            **talk.case(self._words, self._chance).places,
            **((heard.places if heard else None) or {}),
            "name": self._called,
            "agent": self._me.name.partition(" ")[0],
        }
        parts = [self._chosen(choice)]
        if self._row.kind == "email":
            greeting = self._chosen(self._words.agent_greetings)
            parts = [greeting, *parts, self._chosen(self._words.agent_closings)]
        said = (talk.say(part, places, female=self._me.female) for part in parts if part)
        return "\n\n".join(map(talk.begun, said))

    def _chosen(self, choice: Sequence[str]) -> str:
        """One of them; without a name to call the customer by, one that needs none."""
        fit = [each for each in choice if self._called or "{name}" not in each]
        return self._chance.choice(fit) if fit else ""


def _unanswered(own: Sequence[MessageRow]) -> list[str]:
    texts: list[str] = []
    for message in own:
        if message.by == "agent":
            texts.clear()
        elif message.by == "customer" and not message.deleted:
            texts.append(message.text)
    return texts


def _first(own: Sequence[MessageRow]) -> bool:
    return not any(message.by == "agent" for message in own)


def _language(understood: Sequence[Heard], said: Sequence[str]) -> str:
    if understood:
        return understood[-1].language
    text = " ".join(said).lower()
    if re.search("[іїєґ]", text):
        return "uk"
    return "ru" if re.search("[а-я]", text) else "en"


def called(words: Talk, name: str) -> str:
    """How one addresses somebody of this full name, "" when it is nobody's name."""
    parts = name.split()
    for known in (*words.men, *words.women):
        nominative, _, vocative = known.partition("|")
        if parts and nominative == parts[0]:
            return vocative or nominative
    people_have = len(parts) > 1 and all(part.strip("'-.").isalpha() for part in parts)
    return parts[0] if people_have and parts[0].istitle() else ""
