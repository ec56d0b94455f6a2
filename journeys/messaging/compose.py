"""From a template as written to mails: compiled once per version, rendered once per contact."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from operator import attrgetter
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from journeys.errors import InvalidInput
from journeys.messaging.hiding import HiddenLiquid
from journeys.messaging.links import MessageLinks
from journeys.messaging.liquid import Template, parse_template
from journeys.messaging.liquid_tags import LINKS
from journeys.messaging.mjml import mjml_to_html
from journeys.messaging.plain_text import html_to_text
from journeys.messaging.tracking import CLICK, OPEN, OWN_LINKS, add_preheader, track_clicks, track_opens
from journeys.messaging.unclosed import find_unclosed_html

_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]+")


class TemplateSource(BaseModel):
    """A mail as its author wrote it, in HTML or MJML, with Liquid in every part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = ""
    preheader: str = ""
    html: str | None = None
    mjml: str | None = None
    text: str | None = None


class RenderedMessage(NamedTuple):
    """One mail's content for one contact."""

    subject: str
    html: str
    text: str
    preheader: str


@dataclass(frozen=True, slots=True)
class CompiledMessage:
    """A template ready to be rendered for many contacts."""

    subject: Template
    html: Template | None
    text: Template
    preheader: Template | None
    destinations: tuple[str | None, ...]
    """Where each tracked link leads, by number; None for one that is signed into the mail."""
    referenced_paths: frozenset[str]
    """Every value that rendering reads, so that nothing else need be fetched."""
    own_links: tuple[str, ...]
    """The links of ours that it reads."""

    def render(self, context: Mapping[str, Any], links: MessageLinks) -> RenderedMessage:
        """Render for one contact.

        Raises:
            RenderError: the template does not take this contact's values.
        """
        values = {**context, LINKS: links}
        for name in self.own_links:
            values[name] = _LINK_VALUES[name](links)
        return RenderedMessage(
            subject=_one_line(self.subject.render(values)),
            html=self.html.render(values) if self.html else "",
            text=self.text.render(values),
            preheader=_one_line(self.preheader.render(values)) if self.preheader else "",
        )


def compile_message(source: TemplateSource, *, tracked: bool = True) -> CompiledMessage:
    """Parse every part of a template; where `tracked`, its HTML tells us of opens and clicks.

    Raises:
        TemplateError: some Liquid does not parse.
        MjmlError: the MJML does not.
        InvalidInput: there is no body, or both HTML and MJML.
    """
    body = _body(source)
    html = _compile_html(source.preheader, body, tracked) if body else _Html(None, "", ())
    if body is None and source.text is None:
        raise InvalidInput("the mail has no body: give html, mjml or text")
    subject = parse_template(source.subject, html=False)
    text = parse_template(html.text if source.text is None else source.text, html=False)
    preheader = parse_template(source.preheader, html=False) if source.preheader else None
    parts = [part for part in (subject, html.template, text, preheader) if part]
    paths = frozenset[str]().union(*(part.referenced_paths for part in parts))
    return CompiledMessage(
        subject=subject,
        html=html.template,
        text=text,
        preheader=preheader,
        destinations=html.destinations,
        referenced_paths=paths - {CLICK, OPEN},
        own_links=tuple(name for name in _LINK_VALUES if name in paths),
    )


class _Html(NamedTuple):
    template: Template | None
    text: str
    destinations: tuple[str | None, ...]


def _body(source: TemplateSource) -> HiddenLiquid | None:
    """Return the HTML with its Liquid hidden; parsing the Liquid first names the author's own lines.

    Raises:
        InvalidInput: there are two bodies, or one of tags that are never closed.
    """
    if source.html is not None and source.mjml is not None:
        raise InvalidInput("the mail has two bodies: give html or mjml, not both")
    written = source.html if source.mjml is None else source.mjml
    if written is None:
        return None
    parse_template(written, html=True)
    hidden = HiddenLiquid(written)
    if source.mjml is not None:
        hidden.text = mjml_to_html(hidden)
    if find_unclosed_html(hidden.text) is not None:
        raise InvalidInput("too many tags or comments of the mail are never closed")
    return hidden


def _compile_html(preheader: str, body: HiddenLiquid, tracked: bool) -> _Html:
    markup, text, destinations = body.text, html_to_text(body.text), list[str | None]()
    if preheader:
        parse_template(preheader, html=True)
        markup = add_preheader(markup, escape(body.hide_all(preheader), quote=False))
    if tracked:
        markup, destinations = track_clicks(markup, body)
        markup = track_opens(markup, body)
    return _Html(parse_template(body.restore(markup), html=True), body.restore(text), tuple(destinations))


_LINK_VALUES: dict[str, Callable[[MessageLinks], str]] = {
    **{name: attrgetter(name) for name in OWN_LINKS},
    CLICK: attrgetter("click_url"),
    OPEN: attrgetter("open_url"),
}


def _one_line(text: str) -> str:
    return text if text.isprintable() else _CONTROL.sub(" ", text).strip()
