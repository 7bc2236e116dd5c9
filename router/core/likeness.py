"""Names that read alike: large, spaced otherwise, with letters of another alphabet. Pure."""

import re
import unicodedata
from functools import lru_cache

# Letters that pass for a Latin one, in small form.
_PASS = str.maketrans("асеһіїјорԛѕухԝквмнтгзαεικμνορτυχωß", "aceniijopqsyxwkbmhtr3aeikuvoptuxwb")
_OTHER = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def outline(name: str) -> str:
    """The same for names that a reader takes for one another."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_PASS)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _OTHER.sub(" ", bare).strip()


def is_full(name: str) -> bool:
    """A first name alone is nobody's: customers are called Ana too."""
    return " " in outline(name)
