"""Was it a machine that wrote? RFC 3834, and what programs do in practice."""

import re

from adapters.email.reading.headers import Headers
from adapters.sdk.words import N_

_MACHINE = re.compile(
    r"(?i)(?:mailer-?daemon|postmaster|(?:do[._-]?)?no[t._-]*reply|bounces?|auto-?reply|notifications?)(?:[+._-].*)?"
)
# The mark ends there or something is named after it: "Automatic replies do not work" is a question.
_AWAY = re.compile(
    r"(?i)\W*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|antwort)|automatische antwort"
    r"|out of (?:the )?office(?: (?:auto-?)?(?:reply|response|notification|message))?"
    r"|abwesenheit\w*|abwesend|réponse automatique|respuesta automática"
    r"|автоответ|автоматический ответ|нет на (?:месте|работе)|(?:я )?в отпуске"
    r"|автовідповідь|автоматична відповідь|(?:я )?у відпустці)"
    r"\s*(?:$|[^\w\s]|(?:re|aw|fwd?|wg|from|until|till|through|today|this|next|to your"
    r"|von|vom|bis|ab|(?:auf|zu) ihrer?|du|del|от|с|по|до|на ваш\w*|від|з)\b)"
)


def why(headers: Headers, address: str) -> str:
    """The reason to take it for a machine's mail, "" when a person wrote it."""
    local = address.rsplit("@", 1)[0]
    checks = (
        (_submitted(headers), N_("It says that it was sent automatically.")),
        (_value(headers, "precedence") in _PRECEDENCE, N_("It says that it is bulk mail.")),
        (_suppressing(headers), N_("It asks for no automatic answer.")),
        (
            any(name in headers for name in _RESPONDERS),
            N_("It says that it is an automatic answer."),
        ),
        (any(name in headers for name in _LISTS), N_("It came through a mailing list.")),
        (null_sender(headers), N_("It has no return address.")),
        (bool(_MACHINE.fullmatch(local)), N_("Its sender is no person.")),
        (
            bool(_AWAY.match(headers.words("subject"))),
            N_("Its subject is that of an automatic answer."),
        ),
    )
    return next((reason for true, reason in checks if true), "")


def null_sender(headers: Headers) -> bool:
    return headers.first("return-path").replace(" ", "") == "<>"


_PRECEDENCE = ("bulk", "list", "junk", "auto_reply", "auto-reply")
_RESPONDERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoresponse")
_LISTS = ("list-id", "list-unsubscribe", "list-post")


def _submitted(headers: Headers) -> bool:
    return _value(headers, "auto-submitted") not in ("", "no")


def _suppressing(headers: Headers) -> bool:
    asked = {one.strip() for one in headers.first("x-auto-response-suppress").lower().split(",")}
    return bool(asked & {"all", "oof", "autoreply"})


def _value(headers: Headers, name: str) -> str:
    return headers.first(name).split(";")[0].split("(")[0].strip().lower()
