"""The text part of a mail, read off its HTML."""

import re
from html.parser import HTMLParser

_SILENT = frozenset(("head", "script", "style", "title", "noscript", "template"))
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "figure", "footer")
)
_BLOCKS |= {"form", "header", "li", "main", "nav", "ol", "section", "table", "tbody", "tr", "ul"}
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"))


def html_to_text(html: str) -> str:
    """Return readable text: blocks on lines of their own, links as `label (url)`, lists with dashes."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._silent = 0
        self._links: list[tuple[str, int]] = []

    def text(self) -> str:
        """Return what was read, with no more than one empty line in a row."""
        text = "\n".join(line.strip(" \t") for line in "".join(self._pieces).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", text).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break the line or start a link."""
        attributes = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self._pieces.append("\n")
        elif tag == "img" and attributes.get("alt"):
            self._write(attributes["alt"] or "")
        elif tag == "a":
            self._links.append((attributes.get("href") or "", len(self._pieces)))
        self._break(tag)
        if tag == "li":
            self._write("- ")

    def handle_endtag(self, tag: str) -> None:
        """Break the line or write where a link leads."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in ("td", "th"):
            self._pieces.append(" ")
        if tag != "li":
            self._break(tag)

    def handle_data(self, data: str) -> None:
        """Write text, its white space folded as a browser does."""
        self._write(re.sub(r"\s+", " ", data))

    def _write(self, text: str) -> None:
        if self._silent:
            return
        if text.startswith(" ") and (not self._pieces or self._pieces[-1].endswith(("\n", " "))):
            text = text.lstrip()
        if text:
            self._pieces.append(text)

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._pieces.append("\n\n")
        elif tag in _BLOCKS and self._pieces and not self._pieces[-1].endswith("\n"):
            self._pieces.append("\n")

    def _end_link(self, url: str, started: int) -> None:
        label = "".join(self._pieces[started:]).strip()
        url = url.strip()
        if not url or url.startswith("#") or self._silent:
            return
        address = url.removeprefix("mailto:").removeprefix("tel:")
        if not label:
            self._pieces.append(address)
        elif label != address:
            self._pieces.append(f" ({address})")
