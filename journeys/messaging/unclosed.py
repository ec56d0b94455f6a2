"""Refuses sources of openings that nothing closes: a lexer would look for the end of each, to the end of the source."""

import re
from collections.abc import Iterable

MOST_UNCLOSED = 50
"""Some may stand in comments and quotes; so many are no mistake."""

Pair = tuple[re.Pattern[str], re.Pattern[str]]

_LIQUID: tuple[Pair, ...] = (
    (re.compile(r"{{"), re.compile(r"}}")),
    (re.compile(r"{%"), re.compile(r"%}")),
    *((re.compile(rf"{{%-?\s*{tag}\s*-?%}}"), re.compile(rf"{{%-?\s*end{tag}\s*-?%}}")) for tag in ("raw", "doc")),
)
_HTML: tuple[Pair, ...] = (
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<!\["), re.compile(r"\]>")),
)
# White space up to the end of a tag is tried at each of its places.
_BLANK_LIQUID = re.compile(r"(?:{{|{%-?\s*\w+)-?\s{100,}-?[}%]}")
_UNCLOSED_TAG = re.compile(r"<[A-Za-z/!?][^<>]*(?=<|\Z)")


def find_unclosed_liquid(source: str) -> int | None:
    """Return where the Liquid is that could take for ever to read, or None."""
    blank = _BLANK_LIQUID.search(source)
    return blank.start() if blank else _find_unclosed(source, _LIQUID)


def find_unclosed_html(source: str) -> int | None:
    """Return where the first of too many HTML tags and comments is that are never closed, or None."""
    tags = [tag.start() for tag in _UNCLOSED_TAG.finditer(source)]
    return tags[0] if len(tags) > MOST_UNCLOSED else _find_unclosed(source, _HTML)


def _find_unclosed(source: str, pairs: Iterable[Pair]) -> int | None:
    """Return the first of too many openings behind the last closing."""
    for opening, closing in pairs:
        closed = max((found.end() for found in closing.finditer(source)), default=0)
        left = [found.start() for found in opening.finditer(source, closed)]
        if len(left) > MOST_UNCLOSED:
            return left[0]
    return None
