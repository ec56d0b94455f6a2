"""Evaluate a rule for one contact in plain Python, and say which clause decided and why. Agrees with `sql.py`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from journeys.rules.compare import compare
from journeys.rules.facts import EventFact, Facts
from journeys.rules.language import (
    All,
    AttributeRule,
    EventRule,
    LifecycleRule,
    MessageClause,
    MessageRule,
    Not,
    Rule,
    ScoreRule,
    SegmentRule,
    SequenceRule,
    Some,
    SubscribedRule,
)
from journeys.rules.operators import Comparison
from journeys.rules.values import at_path, is_number, parse_span
from journeys.rules.where import matches_where


@dataclass(frozen=True)
class Verdict:
    """Whether a clause holds, where it stands in the rule (a JSON pointer), why, and the clauses it is made of."""

    matched: bool
    path: str
    why: str
    parts: tuple["Verdict", ...] = ()

    @property
    def deciding(self) -> "Verdict":
        """The innermost clause that settled it; for an `all` that holds or an `any` that fails, that clause itself."""
        return next((part.deciding for part in self.parts if self._is_settled_by(part)), self)

    def _is_settled_by(self, part: "Verdict") -> bool:
        is_any = part.path.removeprefix(self.path).startswith("/any/")
        return len(self.parts) == 1 or (part.matched is is_any and self.matched is is_any)


def evaluate(rule: Rule, facts: Facts, path: str = "") -> Verdict:
    """Say whether a rule holds for a contact."""
    match rule:
        case All():
            parts = _each(rule.all, facts, f"{path}/all")
            return Verdict(all(part.matched for part in parts), path, f"all of {len(parts)}", parts)
        case Some():
            parts = _each(rule.any, facts, f"{path}/any")
            return Verdict(any(part.matched for part in parts), path, f"any of {len(parts)}", parts)
        case Not():
            inner = evaluate(rule.negated, facts, f"{path}/not")
            return Verdict(not inner.matched, path, f"not: {inner.why}", (inner,))
        case AttributeRule():
            return _stored(rule.attribute, _value_of(rule, facts), rule, facts, path)
        case LifecycleRule():
            condition = Comparison(op="eq", value=rule.lifecycle)
            return _stored("lifecycle", facts.attributes.get("lifecycle"), condition, facts, path)
        case EventRule():
            return _event(rule, facts, path)
        case SequenceRule():
            return _sequence(rule, facts, path)
        case ScoreRule():
            score = facts.scores.get(rule.score.model, Decimal(0))
            return Verdict(rule.score.holds(score), path, f"{rule.score.model} is {score.normalize():f}")
        case SegmentRule():
            matched = rule.segment in facts.segments
            return Verdict(matched, path, f"{'in' if matched else 'not in'} segment {rule.segment}")
        case MessageRule():
            return _message(rule.message, facts, path)
        case SubscribedRule():
            matched = facts.topics.get(rule.subscribed, True)
            return Verdict(matched, path, f"{'subscribed' if matched else 'not subscribed'} to {rule.subscribed}")
        case _:
            assert_never(rule)


def _each(rules: list[Rule], facts: Facts, path: str) -> tuple[Verdict, ...]:
    return tuple(evaluate(rule, facts, f"{path}/{index}") for index, rule in enumerate(rules))


def _value_of(rule: AttributeRule, facts: Facts) -> object:
    if rule.event_path:
        return at_path(facts.payload, rule.event_path)
    return at_path(facts.attributes, rule.attribute.split("."))


def _stored(name: str, stored: object, condition: Comparison, facts: Facts, path: str) -> Verdict:
    shown = "missing" if stored is None else repr(stored)
    return Verdict(compare(stored, condition, facts.payload, facts.now), path, f"{name} is {shown}")


def _event(rule: EventRule, facts: Facts, path: str) -> Verdict:
    if rule.is_total:
        count = facts.totals.get(rule.event, 0)
        return Verdict(rule.holds(count), path, f"{rule.event}: {count}, ever")
    found = _occurrences(rule, facts, facts.now - parse_span(rule.within) if rule.within else None)
    matched, why = rule.holds(len(found)), f"{rule.event}: {len(found)}"
    if rule.within:
        why += f" in {rule.within}"
    if rule.sum:
        values = (at_path(event.properties, rule.sum.property.split(".")) for event in found)
        total = sum((Decimal(str(value)) for value in values if is_number(value)), Decimal(0))
        matched, why = matched and rule.sum.holds(total), f"{why}, {rule.sum.property} adds up to {total}"
    return Verdict(matched, path, why)


def _occurrences(rule: EventRule, facts: Facts, after: datetime | None) -> list[EventFact]:
    return [
        event
        for event in facts.events
        if event.name == rule.event
        and (after is None or event.occurred_at > after)
        and matches_where(rule.where, event.properties, facts.payload, facts.now)
    ]


def _sequence(rule: SequenceRule, facts: Facts, path: str) -> Verdict:
    """Take the earliest occurrence of each step after the one before; no other choice gets farther."""
    after = facts.now - parse_span(rule.within) if rule.within else None
    for number, step in enumerate(rule.sequence):
        found = _occurrences(step, facts, after)
        if not found:
            return Verdict(False, path, f"got {number} of {len(rule.sequence)} steps far: no {step.event} after that")
        after = min(event.occurred_at for event in found)
    return Verdict(True, path, f"all {len(rule.sequence)} steps in order")


def _message(clause: MessageClause, facts: Facts, path: str) -> Verdict:
    since = facts.now - parse_span(clause.within) if clause.within else None
    for message in facts.messages:
        at = message.happened_at(clause.action)
        is_meant = (
            (not clause.is_own or message.enrollment_id == facts.enrollment_id)
            and clause.node_id in (None, message.node_id)
            and clause.journey_id in (None, message.journey_id)
            and clause.template_id in (None, message.template_id)
        )
        if is_meant and at is not None and (since is None or at > since):
            return Verdict(True, path, f"{clause.action} at {at:%Y-%m-%d %H:%M} UTC")
    return Verdict(False, path, f"no message {clause.action}")
