"""MJML to HTML, with any Liquid hidden from the XML parser."""

import re
import threading
from concurrent.futures import Future

import mrml

from journeys.errors import InvalidInput
from journeys.messaging.hiding import HiddenLiquid

_MAX_DEPTH = 200
_MOST_TAGS = 10_000
_STACK_BYTES = 128 * 1024 * 1024
"""Room for as many levels as there may be tags; only what is used of it costs memory."""

_OPENING = re.compile(r"<[^/!?\s]")
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
        html = _render_deep(hidden.text)
    except OSError as error:
        raise MjmlError(str(error), _line(str(error), hidden.text)) from error
    if lost := hidden.lost_from(html):
        raise MjmlError(f"this stands where MJML shows no text, put it into <mj-raw>: {lost[0]}")
    return html


def _render_deep(source: str) -> str:
    """Render in a thread with a deep stack: the parser calls itself for every level, and past its stack the process ends.

    `_refuse_depth` reads tags as authors write them, and the parser more leniently, so it cannot be relied upon alone.
    """
    rendered: Future[str] = Future()

    def render() -> None:
        try:
            rendered.set_result(mrml.to_html(source, render_options=_OPTIONS).content)
        except BaseException as error:  # a panic of the parser's is no Exception; whoever waits must hear of it
            rendered.set_exception(error)

    usual = threading.stack_size(_STACK_BYTES)
    try:
        threading.Thread(target=render).start()
    finally:
        threading.stack_size(usual)
    return rendered.result()


def _refuse_depth(source: str) -> None:
    """Refuse a document that is nested deeper than anybody would draw, or might be."""
    if len(_OPENING.findall(source)) > _MOST_TAGS:
        raise MjmlError(f"the document has more than {_MOST_TAGS:,} tags")
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
