"""What a mail server says of a mail that came back: RFC 3464 first, then known wordings."""

import logging
import re
from collections.abc import Iterator
from email import message_from_bytes

from flufl.bounce import all_failures

from adapters.email.mail import Returned
from adapters.email.reading import automatic, limits, parts
from adapters.email.reading.addresses import usable
from adapters.email.reading.headers import Headers, Part, unfolded
from adapters.email.reading.structure import children
from adapters.sdk import clean_line

# It logs what it does not like in a mail.
logging.getLogger("flufl.bounce").disabled = True

_DAEMON = re.compile(r"(?i)(?:mailer-?daemon|mdaemon|postmaster)(?:@|$)")
_BOUNCED = re.compile(
    r"(?i)\W*(?:undeliver(?:ed|able)|mail delivery (?:failed|failure|system)|delivery (?:status )?"
    r"(?:notification|failure)|returned mail|failure notice|message delivery failure"
    r"|недоставлен|не доставлено)"
)
# Subjects of servers that hide what they are: only with a wording that is known to be a bounce's.
_PERHAPS = re.compile(
    r"(?i)undeliver|non-delivery|not (?:be )?delivered|returned mail|user unknown|mailbox full"
    r"|(?:delivery|mail|message)\b.{0,20}\b(?:fail|error|warning|reject|delay|problem)"
    r"|(?:fail|reject|delay)\w*\b.{0,20}\b(?:delivery|mail|message)|доставлен"
)
_REPORTS = 100
# Still being tried, or arrived.
_NO_FAILURE = ("delayed", "delivered", "relayed", "expanded")


def read(root: Part, head: Headers, sender: str, raw: bytes) -> Returned | None:
    """None for a mail that is no bounce."""
    if not (_daemon(root, head, sender) or _PERHAPS.search(head.words("subject"))):
        return None
    reports = list(_reports(root))
    if reports:
        return _reported(reports)
    sure = _sure(root, head, sender)
    temporary, permanent = _worded(root, raw)
    named = tuple(filter(None, map(usable, head.first("x-failed-recipients").split(", "))))
    if not (sure or temporary or permanent):
        return None
    return Returned(
        addresses=permanent or named or temporary,
        failed=bool(permanent or named) or not temporary,
        sure=sure or _daemon(root, head, sender),
    )


def _sure(root: Part, head: Headers, sender: str) -> bool:
    """A server says so itself: by the type of its mail, by a header, or by name and subject."""
    if _is_report(root) or "x-failed-recipients" in head:
        return True
    return _daemon(root, head, sender) and bool(_BOUNCED.match(head.words("subject")))


def _is_report(root: Part) -> bool:
    # A read receipt is a report too, and no bounce.
    return parts.media_type(root) == "multipart/report" and parts.parameter(
        root, "report-type"
    ).lower() in ("delivery-status", "")


def _daemon(root: Part, head: Headers, sender: str) -> bool:
    """Whether it comes from a server, by its own account."""
    came_from = head.first("return-path").strip("<> ")
    return (
        _is_report(root)
        or "x-failed-recipients" in head
        or bool(_DAEMON.match(sender) or _DAEMON.match(came_from))
        or automatic.null_sender(head)
    )


def _reports(root: Part) -> Iterator[Headers]:
    """The blocks of a delivery status that are about a recipient."""
    waiting, seen = [root], 0
    while waiting and seen < _REPORTS:
        part = waiting.pop()
        if parts.media_type(part) == "message/delivery-status":
            for block in children(part)[: _REPORTS - seen]:
                seen += 1
                fields = [(name, str(value)[: limits.HEADER]) for name, value in block.raw_items()]
                head = Headers(fields[:_REPORTS])
                if "final-recipient" in head or "action" in head:
                    yield head
        elif part.get_content_maintype() == "multipart":
            waiting += reversed(children(part))


def _reported(reports: list[Headers]) -> Returned:
    failed = [report for report in reports if _has_failed(report)]
    about = failed or reports
    addresses = dict.fromkeys(map(_recipient, about))
    return Returned(
        addresses=tuple(filter(None, addresses)),
        reason=_reason(about[0]),
        failed=bool(failed),
        sure=True,
    )


def _has_failed(report: Headers) -> bool:
    """The action decides: a server that gave up after days says "failed" with a status of 4."""
    action = report.first("action").lower()
    if action.startswith(_NO_FAILURE):
        return False
    return action.startswith("fail") or not report.first("status").startswith(("4", "2"))


def _recipient(report: Headers) -> str:
    """The address as we wrote it, or else as their server knows it."""
    names = ("original-recipient", "final-recipient")
    found = (usable(report.first(name).rpartition(";")[2].strip("<> ")) for name in names)
    return next(filter(None, found), "")


def _reason(report: Headers) -> str:
    said = (report.first("status"), report.first("diagnostic-code"))
    return clean_line(" ".join(unfolded(part) for part in said if part), 500)


def _worded(root: Part, raw: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Addresses that a bounce names in one of the known wordings: still tried, given up."""
    beginning = root if len(raw) <= limits.BOUNCE else message_from_bytes(raw[: limits.BOUNCE])
    try:
        temporary, permanent = all_failures(beginning)
    except Exception:  # noqa: BLE001  what breaks others' detectors names nobody
        return (), ()
    return _texts(temporary), _texts(permanent)


def _texts(found: frozenset[bytes]) -> tuple[str, ...]:
    texts = (usable(address.decode("ascii", "replace")) for address in sorted(found)[:_REPORTS])
    return tuple(filter(None, texts))
