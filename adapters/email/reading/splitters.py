"""Lines that introduce a quote: "On … wrote:", "-----Original Message-----", "From: … Sent: …".

Every look is at a bounded window of bounded lines, so that the whole is linear.
"""

import re
from collections.abc import Sequence
from itertools import chain, takewhile

from mailparser_reply.constants import MAIL_LANGUAGES

from adapters.email.reading import limits

# Before a quote that the HTML marked itself; a private character, removed from outside text.
CUT = "\ue0f1"

WINDOW = 5  # lines that one introduction may be broken into
_WINDOW_LETTERS = 600
_LIBRARY_LETTERS = 300
_LIBRARY_TRIES = 64

# What help desks write above the quoted text; a mail of ours that does uses one of these.
ABOVE = (
    "Please write your reply above this line",
    "Пожалуйста, пишите ответ выше этой строки",
    "Будь ласка, пишіть відповідь над цим рядком",
)
_ABOVE = re.compile(
    r"(?i)\W*(?:please )?(?:write|type|enter)?\W?(?:your )?reply above this line\W*"
    + "".join(rf"|\W*{re.escape(line)}\W*" for line in ABOVE)
)
_FORWARDED = re.compile(
    r"(?i)\s*(?:-{2,}|_{2,})\s*(?:forwarded message|original message - forwarded"
    r"|пересылаемое сообщение|пересланное сообщение|переслане повідомлення"
    r"|weitergeleitete nachricht|message transféré|mensaje reenviado)\b.{0,80}"
    r"|\s*begin forwarded message:\s*|\s*начало переадресованного сообщения:\s*"
)
_ORIGINAL = re.compile(
    r"(?i)[\s>]*-{2,}\s*(?:original message|reply message|original appointment"
    r"|ursprüngliche nachricht|antwort nachricht|originalnachricht"
    r"|oprindelig meddelelse|message d'origine|mensaje original|messaggio originale"
    r"|oorspronkelijk bericht|oryginalna wiadomość|ursprungligt meddelande|opprinnelig melding"
    r"|исходное сообщение|оригинальное сообщение|первоначальное сообщение"
    r"|оригінальне повідомлення|початкове повідомлення|вихідне повідомлення)\s*-{2,}\s*"
)

# The last word before the colon, in small letters.
_VERBS = (
    *("wrote", "writes", "a écrit", "escribió", "ha scritto", "schrieb", "schreef", "verzond"),
    *("geschreven", "skrev", "skrifaði", "kirjoitti", "napisał", "napisała", "napisał(a)"),
    *("nadesłał", "napsal", "napsala", "napsal(a)", "escreveu", "a scris", "đã viết", "yazdı"),
    *("написал", "написала", "написал(а)", "написал(-а)", "писал", "писала", "писал(а)"),
    *("писал(-а)", "пишет", "пишут", "вы писали", "ви писали", "пише", "пишуть", "написав"),
    *("написав(ла)", "написав(-ла)", "писав", "писав(ла)", "写道", "님이 작성하였습니다"),
)
# In some languages the name comes after the verb.
_BEFORE_NAME = (" schreef ", " schrieb ", " skrev ", " verzond ", " napsal ", " написал ", " пише ")
_START = re.compile(r"(?:^|(?<=[\s*_-]))(?:On|Le|Am|El|Il|Em|Op|Den|Dne|Dnia|W dniu|På|Vào|Pe)\s")
_DATE = re.compile(
    r"\d{1,2}:\d{2}|\b(?:19|20)\d\d\b|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
    r"|\d{1,2}[. -]{1,2}[^\W\d]{3,12}"
)
_TIME = re.compile(r"\d{1,2}[:.]\d{2}")
_BEGINS_WITH_DATE = re.compile(r"[\W_]{0,4}(?:[^\W\d]{1,14}[\W_]{1,3}){0,2}\d")
_NUMERIC_DATE = re.compile(r"[\W_]{0,2}\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b")
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
_SEPARATOR = re.compile(r"\s*[_-]{5,}\s*")
_AROUND = " \t\xa0*_-:："

_FROM = (
    "from|von|van|de|da|od|fra|från|kimden|lähettäjä|desde|відправник|від|от|от кого|отправитель|"
    "发件人|보낸 사람|差出人"
)
_DATED = (
    "date|sent|datum|data|dato|gesendet|verzonden|envoyé|enviado|inviato|wysłano|odesláno|sendt|"
    "skickat|fecha|дата|отправлено|надіслано|відправлено|发送时间|보낸 날짜|送信日時"
)
_OTHER = (
    "to|an|aan|à|para|a|do|komu|til|till|cc|kopie|kopi|kopia|dw|subject|betreff|onderwerp|objet|"
    "asunto|oggetto|temat|předmět|emne|ämne|reply-to|кому|копия|копія|тема|"
    "收件人|主题|抄送|받는 사람|제목"
)
_SUBJECT = (
    *("subject", "betreff", "onderwerp", "objet", "asunto", "oggetto", "temat", "předmět"),
    *("emne", "ämne", "тема", "主题", "제목"),
)
_LABEL = re.compile(
    rf"(?i)[\s*>|]{{0,12}}(?:(?P<from>{_FROM})|(?P<date>{_DATED})|(?P<other>{_OTHER}))"
    r"\s?\*?[:：]\*?(?:\s|$)"
)

_LIBRARY = tuple(
    re.compile(language["wrote_header"], re.IGNORECASE)
    for language in MAIL_LANGUAGES.values()
    if language.get("wrote_header")
)


class Finder:
    """Finds introductions in the lines of one mail; the library's slow patterns get a budget."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.tries = _LIBRARY_TRIES

    def length(self, at: int) -> int:
        """How many lines the introduction at this line takes; 0 when there is none."""
        line = self.lines[at]
        if len(line) > limits.LINE:
            return 0
        if line.startswith(CUT) or _ABOVE.fullmatch(line) or _ORIGINAL.fullmatch(line):
            return 1
        return self._block(at) or self._wrote(at)

    def _block(self, at: int) -> int:
        """Lines "From: … Sent: … To: … Subject: …", below a rule of dashes or not."""
        skipped = 1 if _SEPARATOR.fullmatch(self.lines[at]) else 0
        following = self.lines[at + skipped : at + skipped + 2 * WINDOW]
        first = _LABEL.match(following[0]) if following else None
        if not first or first["other"]:
            return 0
        block = list(takewhile(lambda line: line.strip() and len(line) <= limits.LINE, following))
        labels = [match for match in map(_LABEL.match, block) if match]
        if not _is_header_block(block, labels):
            return 0
        last = max(i for i, line in enumerate(block) if _LABEL.match(line))
        return skipped + last + 1

    def _wrote(self, at: int) -> int:
        """A line "On … somebody wrote:" and its relatives, over up to five lines."""
        if not _may_begin(self.lines[at]):
            return self._named(at)
        window = ""
        for count, line in enumerate(self.lines[at : at + WINDOW], 1):
            if count > 1 and not self._goes_on(at + count - 1):
                break
            window = f"{window} {line.strip()}".strip()
            if len(window) > _WINDOW_LETTERS:
                break
            if self._introduces(window, at + count):
                return count
        return 0

    def _goes_on(self, at: int) -> bool:
        """Whether an introduction may run over this line."""
        line = self.lines[at]
        if not line.strip():
            return "".join(self.lines[at + 1 : at + 2]).startswith("<")
        if line.startswith(">"):
            return _said(line[1:]) and not line[1:].strip().count(" ")
        return not _START.match(line.strip())

    def _introduces(self, window: str, following: int) -> bool:
        dated, address = _DATE.search(window), _ADDRESS.search(window)
        if dated and _said(window):
            sure = address or "," in window or _TIME.search(window)
            return bool(sure) or self._quoted(following)
        if dated and address and _ends_in_address(window):
            return True
        if address and _NUMERIC_DATE.match(window) and window.endswith(">"):
            return self._quoted(following)
        return window.endswith((":", "：")) and self._known(window)

    def _named(self, at: int) -> int:
        """A bare "John Smith wrote:" is believed with dashes, an address or a quote."""
        line = self.lines[at].strip()
        if not _said(line):
            return 0
        dashed = line.startswith("--") and line.endswith("--")
        addressed = "<" in line and "@" in line
        return 1 if dashed or addressed or (len(line) <= 100 and self._quoted(at + 1)) else 0

    def _known(self, window: str) -> bool:
        if len(window) > _LIBRARY_LETTERS or self.tries <= 0 or not _DATE.search(window):
            return False
        self.tries -= 1
        return any(pattern.match(window) for pattern in _LIBRARY)

    def _quoted(self, at: int) -> bool:
        following = (line for line in self.lines[at : at + 3] if line.strip())
        return next(following, "").startswith(">")


def is_forward(line: str) -> bool:
    """Whether this line introduces a forwarded mail, which is content and no quote."""
    return len(line) <= limits.LINE and bool(_FORWARDED.fullmatch(line))


def apart(line: str) -> list[str]:
    """A line that holds both the reply and "On … wrote:" is two lines."""
    if len(line) > limits.LINE or _START.match(line.strip()) or not _said(line):
        return [line]
    starts = [match.start() for match in _START.finditer(line)]
    start = next((at for at in reversed(starts) if _DATE.search(line, at)), 0)
    head = line[:start].rstrip("- ")
    if not head.strip("-*_> \t") or not {",", "@"} & set(line[start:]):
        return [line]
    return [head, line[len(head) :]]


def _said(window: str) -> bool:
    """Whether it ends as an introduction does: "… wrote:", "… schrieb Max Muster:", "… sent:"."""
    tail = window.rstrip()[-200:].casefold()
    if not tail.endswith((":", "：", ":*", "--")):
        return False
    bare = tail.rstrip(_AROUND)
    if bare.endswith(_VERBS) or (bare.endswith("sent") and "@" in window):
        return True
    return any(verb in bare for verb in _BEFORE_NAME)


def _ends_in_address(window: str) -> bool:
    if not window.endswith((":", "：", ":*")):
        return False
    return "@" in window.rsplit(maxsplit=1)[-1]


def _may_begin(line: str) -> bool:
    bare = line.strip().lstrip("-*_ ")
    return bool(_START.match(bare) or _BEGINS_WITH_DATE.match(bare) or "年" in bare or "년" in bare)


def _is_header_block(block: list[str], labels: list[re.Match[str]]) -> bool:
    """A booking has "From: … To: … Date: …" too; a mail's block has an address or a subject."""
    names = {match[0].strip(" *>|:：\t").casefold() for match in labels}
    if any("@" in line for line in block):
        return True
    return len(names) >= 3 and any(name in _SUBJECT for name in names)


def closings() -> tuple[str, ...]:
    """The library's words before a name at the end of a mail, in all its languages."""
    every = chain.from_iterable(lang.get("signatures", ()) for lang in MAIL_LANGUAGES.values())
    return tuple(phrase.rstrip(",.") for phrase in every if not phrase.startswith("/"))


def sent_from() -> tuple[str, ...]:
    """The library's "Sent from my …", in all its languages."""
    every = (str(lang.get("sent_from", "")) for lang in MAIL_LANGUAGES.values())
    return tuple(phrase for phrase in every if phrase)
