"""Is the sender's domain proved? Believed only from our own server's Authentication-Results."""

import re

from adapters.email.mail import Verdict
from adapters.email.reading.headers import Headers

_COMMENT = re.compile(r"\([^()]{0,1000}\)")
_RESULT = re.compile(r"\s*(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)
_SIGNER = re.compile(r"\b(?:header\.d|header\.i|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]{1,320})", re.I)


def verdict(headers: Headers, *, authserv_id: str, address: str) -> Verdict:
    """Only the topmost header counts, and only when our server wrote it: those below may have
    come with the mail."""
    topmost = headers.first("authentication-results")
    server, _, results = _COMMENT.sub(" ", topmost).partition(";")
    ours = authserv_id and server.split()[:1] == [authserv_id]
    if not ours or "@" not in address:
        return "none"
    return _weigh(results.split(";"), address.rsplit("@", 1)[1])


def _weigh(results: list[str], domain: str) -> Verdict:
    found = [(m[1].lower(), m[2].lower(), text) for text in results if (m := _RESULT.match(text))]
    dmarc = [value for method, value, _ in found if method == "dmarc"]
    if "pass" in dmarc or "fail" in dmarc:
        return "fail" if "fail" in dmarc else "pass"
    others = [(value, text) for method, value, text in found if method != "dmarc"]
    if any(value == "pass" and _aligned(text, domain) for value, text in others):
        return "pass"
    return "fail" if any(value in ("fail", "hardfail") for value, _ in others) else "none"


def _aligned(text: str, domain: str) -> bool:
    """Whether the proved domain is the sender's, or one is inside the other."""
    found = _SIGNER.search(text)
    proved = found[1].rsplit("@", 1)[-1].lower() if found else ""
    if "." not in proved:
        return False
    return proved == domain or proved.endswith(f".{domain}") or domain.endswith(f".{proved}")
