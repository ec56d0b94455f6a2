"""What is wrong, or odd, about a template before anyone is sent it."""

from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

from journeys.errors import InvalidInput
from journeys.messaging.compose import CompiledMessage, TemplateSource, compile_message
from journeys.messaging.liquid import TemplateError, referenced_paths
from journeys.messaging.mjml import MjmlError
from journeys.messaging.tracking import OWN_LINKS

Category = Literal["marketing", "transactional"]

KNOWN_ROOTS = frozenset(("contact", "event", "journey", "workspace", "now", "today", *OWN_LINKS))
CLIPPED_ABOVE_BYTES = 102 * 1024
"""Gmail cuts a mail off above this size, and the unsubscribe link with it."""


class Finding(NamedTuple):
    """One thing about a template: an error must be mended before it is published."""

    level: Literal["error", "warning"]
    code: str
    message: str
    field: str | None = None
    line: int | None = None


def check_message(source: TemplateSource, category: Category, variables: Collection[str] = ()) -> list[Finding]:
    """Return everything wrong with a template; `variables` are names that earlier nodes write."""
    findings = [*_check_subject(source), *_check_liquid(source)]
    if findings and findings[-1].code == "liquid_error":
        return findings
    try:
        compiled = compile_message(source, tracked=False)
    except MjmlError as error:
        return [*findings, Finding("error", "mjml_error", error.message, "mjml", error.line)]
    except InvalidInput as error:
        return [*findings, Finding("error", "body", error.detail)]
    return [
        *findings,
        *_check_merge_tags(compiled, variables),
        *(_check_unsubscribe(source) if category == "marketing" else ()),
        *_check_size(compiled),
    ]


def _check_subject(source: TemplateSource) -> Iterator[Finding]:
    if not source.subject.strip():
        yield Finding("error", "missing_subject", "the mail has no subject", "subject")


def _check_liquid(source: TemplateSource) -> Iterator[Finding]:
    for field, text in source.model_dump(exclude_none=True).items():
        try:
            referenced_paths(text)
        except TemplateError as error:
            yield Finding("error", "liquid_error", error.message, field, error.line)


def _check_merge_tags(compiled: CompiledMessage, variables: Collection[str]) -> Iterator[Finding]:
    for path in sorted(compiled.referenced_paths):
        root = path.partition(".")[0]
        if root not in KNOWN_ROOTS and root not in variables:
            message = f"nothing is called '{root}' here; did you mean contact.{path} or event.{path}?"
            yield Finding("error", "unknown_merge_tag", message)


def _check_unsubscribe(source: TemplateSource) -> Iterator[Finding]:
    for field, text in source.model_dump(include={"html", "mjml", "text"}, exclude_none=True).items():
        if "unsubscribe_url" not in referenced_paths(text):
            message = "a marketing mail needs a link to {{ unsubscribe_url }} in every part"
            yield Finding("error", "missing_unsubscribe", message, field)


def _check_size(compiled: CompiledMessage) -> Iterator[Finding]:
    size = len(compiled.html.source.encode()) if compiled.html else 0
    if size > CLIPPED_ABOVE_BYTES:
        yield Finding("warning", "too_large", f"the HTML is {size // 1024} KB; Gmail cuts mails off above 102 KB")
