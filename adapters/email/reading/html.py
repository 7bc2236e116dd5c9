"""HTML to text for a terminal: laid out, links with targets, quotes marked, nothing fetched."""

import re
from contextlib import suppress
from html import unescape
from itertools import accumulate
from urllib.parse import urlsplit

import msgspec
from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from selectolax.lexbor import LexborHTMLParser, LexborNode

from adapters.email.reading import limits
from adapters.email.reading.splitters import CUT, is_forward

# How the mail programs mark what they quote.
_QUOTES = (
    ".gmail_quote, .gmail_quote_container, blockquote, #OLK_SRC_BODY_SECTION, .yahoo_quoted,"
    " [id^=yahoo_quoted], .protonmail_quote, .zmail_extra, .moz-cite-prefix, .gmail_attr,"
    " #mail-editor-reference-message-container, [name=quote]"
)
# From these on, everything is the older mail.
_REST = "#appendonsend, #divRplyFwdMsg, #x_divRplyFwdMsg, #reply-intro"
_NEVER = (
    "script, style, head, template, noscript, object, embed, iframe, svg, canvas, audio, video,"
    " select, [hidden]"
)
_HIDING = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|font-size:0(?:px|pt|em|%)?(?:;|!|$)"
    r"|max-height:0(?:px)?(?:;|!|$)|opacity:0(?:\.0+)?(?:;|!|$)|text-indent:-\d{3}"
)
_LOADS = re.compile(
    r"(?i)<(?:img|iframe|video|audio|input|source|embed|link|object|body|table|t[dhr]|div)\b"
    r"[^<>]{0,1000}?\b(?:src|srcset|background|href|data|poster)\s*=\s*[\"']?\s*(?:https?:|ftp:)?//"
    r"|url\(\s{0,9}['\"]?\s{0,9}(?:https?:)?//|@import"
)
_NESTING = re.compile(
    r"(?i)</?(?:div|table|blockquote|ul|ol|dl|span|font|b|i|u|a|em|strong|center|section|article"
    r"|main|form|pre|s|big|small|sub|sup|tt|code|label|fieldset|q|bdo|ins|del|h[1-6])(?=[\s/>])"
)
_SLOT = re.compile("\ue0f2(\\d{1,4})\ue0f2")
_PRIVATE = re.compile("[\ue0f0-\ue0ff]")
_BLANKS = re.compile(r"\n[ \t\xa0]*(?:\n[ \t\xa0]*)+\n")

_LINKS = 2000
_SLOTS = 200
_LAYOUT = 50_000_000  # letters × rows: a table is as wide as its widest cell, in every row
_CONFIG = ParserConfig(css=CSS_PROFILES["strict"].copy())


class Page(msgspec.Struct, frozen=True):
    """The text of an HTML body; a quote's lines start with ">", below a line that is `CUT`."""

    text: str
    hidden: bool = False


def page(html: str) -> Page:
    """The text as a person sees it in a mail program that loads nothing."""
    html = _PRIVATE.sub("", html[: limits.HTML].replace("\0", ""))
    if html.count("<") > limits.HTML_TAGS or _depth(html) > limits.HTML_DEPTH:
        return Page(_bare(html))
    tree = LexborHTMLParser(html)
    _remove(tree.css(_NEVER))
    hidden = _remove([node for node in tree.css("[style]") if _hides(node)])
    _show_links(tree)
    _show_images(tree)
    quotes = _take_quotes(tree)
    return Page(_fill(_layout(tree), quotes), hidden)


def _depth(html: str) -> int:
    """How deep the elements that need an end are inside each other, roughly and in one pass."""
    depths = accumulate(-1 if found[0][1] == "/" else 1 for found in _NESTING.finditer(html))
    return max(depths, default=0)


def is_remote(html: str) -> bool:
    """Whether a mail program that shows it would fetch something."""
    return bool(_LOADS.search(html[: limits.HTML]))


def _remove(nodes: list[LexborNode]) -> bool:
    """Inner ones first, for an outer one takes its inner ones with it."""
    text = False
    for node in reversed(nodes):
        text = text or bool(node.text(strip=True))
        node.decompose()
    return text


def _hides(node: LexborNode) -> bool:
    style = (node.attributes.get("style") or "").lower()
    return bool(_HIDING.search(re.sub(r"\s", "", style[:2000])))


def _show_links(tree: LexborHTMLParser) -> None:
    for link in tree.css("a[href]")[:_LINKS]:
        target = shown_target(link.attributes.get("href") or "", link.text(strip=True))
        if target:
            link.insert_child(f" <{target}>")


def shown_target(href: str, label: str) -> str:
    """The target as it stands behind the link's text; "" when the text already is the target."""
    href = re.sub(r"[\s\x00-\x1f]", "", href[:4000])
    with suppress(ValueError):
        url = urlsplit(href)
        if url.scheme.lower() == "mailto":
            address = url.path[:200]
            return "" if address.lower() in label.lower() else address
        if url.scheme.lower() not in ("http", "https") or not url.hostname:
            return ""
        return (
            "" if _same(href, label) else _short(href, url.scheme, url.hostname, "@" in url.netloc)
        )
    return ""


def _same(href: str, label: str) -> bool:
    def bare(url: str) -> str:
        return re.sub(r"^https?://", "", url.strip().lower()).rstrip("/")

    return bare(href) == bare(label)


def _short(href: str, scheme: str, host: str, disguised: bool) -> str:
    """A short target whole; of a long one, or one with a user name, what counts: the host."""
    if len(href) <= 120 and not disguised:
        return href
    return f"{scheme}://{host}/…"


def _show_images(tree: LexborHTMLParser) -> None:
    for image in tree.css("img[alt]")[:_LINKS]:
        label = " ".join((image.attributes.get("alt") or "")[:200].split())
        if label:
            image.replace_with(f"[{label}]")


def _take_quotes(tree: LexborHTMLParser) -> list[str]:
    """Put a slot where each outermost quote stood; the quotes themselves, laid out and marked."""
    for rest in tree.css(_REST)[:1]:
        rest.insert_before(_slot(0))
    taken = [f"\n{CUT}\n"]
    for node in _outermost(tree.css(_QUOTES)[:_SLOTS]):
        if text := _quoted(node):
            node.replace_with(_slot(len(taken)))
            taken.append(text)
    return taken


def _slot(number: int) -> str:
    return f"\ue0f2{number}\ue0f2"


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """The quotes that are in no other, and that are quotes: a forward or an answer is opened."""
    quotes = [node for node in nodes if not _is_open(node)]
    known = {node.mem_id for node in quotes}
    return [node for node in quotes if not _inside(node, known)]


def _inside(node: LexborNode, known: set[int]) -> bool:
    above = node.parent
    for _ in range(500):
        if above is None:
            return False
        if above.mem_id in known:
            return True
        above = above.parent
    return True


def _is_open(node: LexborNode) -> bool:
    """A container that holds a forwarded mail, or answers between pieces of the quote."""
    if node.tag == "blockquote":
        return False
    start = node.text()[:500].lstrip().split("\n")[0]
    if is_forward(start) or start.lstrip("- ").lower().startswith("forwarded message"):
        return True
    first = node.css_first("blockquote")
    return first is not None and first.mem_id != node.mem_id and _has_answer(first)


def _has_answer(quote: LexborNode) -> bool:
    after = quote.next
    while after is not None:
        if after.tag != "blockquote" and after.text(strip=True):
            return True
        after = after.next
    return False


def _quoted(node: LexborNode) -> str:
    text = _layout(LexborHTMLParser(node.html or ""))
    lines = [f"> {line}".rstrip() for line in text.strip("\n").split("\n")]
    if not text.strip():
        return ""
    sure = [CUT] if node.tag != "blockquote" or node.attributes.get("type") == "cite" else []
    return "\n".join(["", *sure, *lines, ""])


def _fill(text: str, quotes: list[str]) -> str:
    filled = _SLOT.sub(lambda found: quotes[int(found[1])], text)
    return _tidy(filled)


def _layout(tree: LexborHTMLParser) -> str:
    html = tree.html or ""
    if len(html) * html.count("<tr") > _LAYOUT:
        return _bare(html)
    try:
        return _tidy(get_text(html, _CONFIG))
    except (ValueError, RecursionError, AssertionError, IndexError):
        return _bare(html)


def _bare(html: str) -> str:
    """Text without layout, for pages that are built to make layout expensive."""
    body = re.sub(r"(?is)<(script|style)\b[^>]{0,500}>.*?(?:</\1|$)", " ", html)
    return _tidy(unescape(re.sub(r"<[^<>]*>", "\n", body)))


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANKS.sub("\n\n", lines).strip("\n")
