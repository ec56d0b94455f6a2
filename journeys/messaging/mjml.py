"""MJML to HTML, with any Liquid hidden from the XML parser."""

import re

import mrml

from journeys.errors import InvalidInput
from journeys.messaging.hiding import HiddenLiquid

_MAX_DEPTH = 200
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)(?:\s[^<>]*)?>")
_VOID = frozenset(("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
# No fonts are fetched from elsewhere unless the document asks for them itself.
_OPTIONS = mrml.RenderOptions(fonts={})


class MjmlError(InvalidInput):
    """A document is not MJML."""

    title = "Invalid MJML"

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.message, self.line = message, line


def mjml_to_html(hidden: HiddenLiquid) -> str:
    """Return the HTML of an MJML document, its Liquid still hidden.

    Raises:
        MjmlError: the document does not parse, or would lose some of its Liquid.
    """
    _refuse_depth(hidden.text)
    try:
        html = mrml.to_html(hidden.text, render_options=_OPTIONS).content
    except OSError as error:
        raise MjmlError(str(error), _line(str(error), hidden.text)) from error
    if lost := hidden.lost_from(html):
        raise MjmlError(f"this stands where MJML shows no text, put it into <mj-raw>: {lost[0]}")
    return html


def _refuse_depth(source: str) -> None:
    """The parser calls itself for every level: a document thousands deep would end the process."""
    depth = 0
    for tag in _TAG.finditer(source):
        if tag[2].lower() in _VOID or tag[0].endswith("/>"):
            continue
        depth += -1 if tag[1] else 1
        if depth > _MAX_DEPTH:
            raise MjmlError(f"tags are nested more than {_MAX_DEPTH} deep", _line_at(source, tag.start()))


def _line(message: str, source: str) -> int | None:
    position = re.search(r"position (\d+)", message)
    return _line_at(source, int(position[1])) if position else None


def _line_at(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1
