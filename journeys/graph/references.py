"""Check what a journey's configs refer to: mails, templates, segments, topics, connections, merge tags, other nodes."""

from collections.abc import Iterator
from uuid import UUID

from journeys.errors import InvalidInput
from journeys.graph.catalogue import Catalogue
from journeys.graph.problems import Problem
from journeys.graph.reading import Reading, ReadNode
from journeys.graph.settings import JourneySettings
from journeys.messaging.checks import KNOWN_ROOTS, check_message
from journeys.messaging.compose import TemplateSource
from journeys.messaging.liquid import referenced_paths
from journeys.nodes.base import Mail
from journeys.rules.language import MessageRule, Rule, ScoreRule, SegmentRule, SubscribedRule, walk

Found = tuple[Problem, bool]
"""A problem, and whether it is an error."""


def check_references(node: ReadNode, reading: Reading, catalogue: Catalogue) -> list[Found]:
    """Return what is wrong with the things a node refers to."""
    references = node.kind.references(node.config)
    errors = [
        *_unknown("segment_id", references.segments, catalogue.segments, "segment"),
        *_unknown("topic", references.topics, catalogue.topics, "topic"),
        *_unknown("form", references.forms, catalogue.forms, "form"),
        *_unknown("journey_id", references.journeys, catalogue.journeys, "journey"),
        *_unknown("model", references.models, catalogue.models, "scoring model"),
        *_unknown("provider", references.connections, catalogue.connections, "connection"),
        *(each for field, text in references.texts for each in _check_text(field, text)),
        *(each for field, rule in references.rules for each in _check_rule(field, rule, reading, catalogue)),
    ]
    if catalogue.journey_id in references.journeys:
        errors.append(("journey_id", "a journey cannot start itself; draw a loop instead"))
    found = [(Problem(node.id, field, message), True) for field, message in errors]
    for mail in references.mails:
        found += [
            (Problem(node.id, field, message), is_error) for field, message, is_error in _check_mail(mail, catalogue)
        ]
    return found


def check_settings(settings: JourneySettings, reading: Reading, catalogue: Catalogue) -> list[Problem]:
    """Return what is wrong with the rules in a journey's settings."""
    rules = [(f"exit_on.{index}", rule) for index, rule in enumerate(settings.exit_on)]
    if settings.goal and settings.goal.rule:
        rules.append(("goal.rule", settings.goal.rule))
    return [
        Problem(None, field, message)
        for where, rule in rules
        for field, message in _check_rule(where, rule, reading, catalogue)
    ]


def _unknown(
    field: str, named: frozenset[UUID] | frozenset[str], known: frozenset[UUID] | frozenset[str], what: str
) -> Iterator[tuple[str, str]]:
    for name in sorted(map(str, named)):
        if name not in map(str, known):
            yield field, f"there is no {what} '{name}'"


def _check_mail(mail: Mail, catalogue: Catalogue) -> Iterator[tuple[str, str, bool]]:
    if mail.inline is not None:
        field, source = "inline", TemplateSource.model_validate(mail.inline)
    elif known := catalogue.templates.get(mail.template or ""):
        field, source = "template_id", known.source
    else:
        yield "template_id", f"there is no template '{mail.template}'", True
        return
    for finding in check_message(source, mail.category):
        inside = f"{field}.{finding.field}" if mail.inline is not None and finding.field else field
        line = f"line {finding.line}: " if finding.line else ""
        yield inside, f"{line}{finding.message}", finding.level == "error"


def _check_text(field: str, text: str) -> Iterator[tuple[str, str]]:
    """Check Liquid outside mails."""
    if "{" not in text:
        return
    try:
        paths = referenced_paths(text)
    except InvalidInput as error:
        yield field, error.detail
        return
    for path in sorted(paths):
        root = path.partition(".")[0]
        if root not in KNOWN_ROOTS:
            yield field, f"nothing is called '{root}' here; did you mean contact.{path} or event.{path}?"


def _check_rule(field: str, rule: Rule, reading: Reading, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for part in walk(rule):
        if isinstance(part, SegmentRule) and part.segment not in catalogue.segments:
            yield field, f"there is no segment '{part.segment}'"
        elif isinstance(part, SubscribedRule) and part.subscribed not in catalogue.topics:
            yield field, f"there is no topic '{part.subscribed}'"
        elif isinstance(part, ScoreRule) and part.score.model not in catalogue.models:
            yield field, f"there is no scoring model '{part.score.model}'"
        elif isinstance(part, MessageRule) and part.message.is_own:
            sender = reading.nodes.get(part.message.node_id or "")
            if sender is None or not sender.kind.references(sender.config).mails:
                yield field, f"no node called '{part.message.node_id}' sends a mail"
