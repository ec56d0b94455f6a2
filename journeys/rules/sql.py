"""Compile a rule to a boolean SQL expression over `c` (contacts), true or false and never null; values are bound."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never
from uuid import UUID

from journeys.db.json import to_json
from journeys.errors import InvalidInput
from journeys.rules.language import (
    All,
    AttributeRule,
    EventRule,
    LifecycleRule,
    MessageClause,
    MessageRule,
    Not,
    Rule,
    ScoreClause,
    ScoreRule,
    SegmentRule,
    SequenceRule,
    Some,
    SubscribedRule,
    Sum,
    has_references,
)
from journeys.rules.operators import Comparison, Scalar, comparison
from journeys.rules.sql_compare import Operand, compare_sql, contact_operand, event_operand
from journeys.rules.tally import Source, Tally
from journeys.rules.values import TYPED_PROPERTIES, parse_span


@dataclass
class SqlParams:
    """Bound values, and what the rule is evaluated for.

    `enrollment` is the alias of the enrollment at hand, for references and own messages. `whole`: the query runs over
    all contacts of the workspace, so that scanning events once beats looking at each contact's. `tally`: many rules are
    asked of the same few contacts, and the query adds its joins.
    """

    workspace_id: UUID
    now: datetime
    enrollment: str | None = None
    whole: bool = False
    tally: Tally | None = None
    values: dict[str, object] = field(default_factory=dict)
    _names: dict[tuple[str, type, object], str] = field(default_factory=dict)

    def bind(self, value: object, type_: str) -> str:
        """Bind a value and return its placeholder, cast to a type; equal values of one type share one."""
        if type_ == "jsonb":
            value = to_json(value)
        name = self._names.setdefault((type_, type(value), value), f"rule_{len(self._names)}")
        self.values[name] = value
        return f"CAST(:{name} AS {type_})"


def compile_sql(rule: Rule, params: SqlParams) -> str:
    """Return the SQL of a rule; its values are added to `params.values`.

    Raises:
        InvalidInput: it refers to an enrollment, and there is none.
    """
    if params.enrollment is None and has_references(rule):
        raise InvalidInput("this rule refers to the enrollment's event or messages, so it works inside a journey only")
    return _compile(rule, params)


def _compile(rule: Rule, params: SqlParams) -> str:
    match rule:
        case All():
            return "(" + (" AND ".join(_compile(each, params) for each in rule.all) or "TRUE") + ")"
        case Some():
            return "(" + (" OR ".join(_compile(each, params) for each in rule.any) or "FALSE") + ")"
        case Not():
            return f"(NOT {_compile(rule.negated, params)})"
        case AttributeRule():
            stored = (
                event_operand(rule.event_path, params) if rule.event_path else contact_operand(rule.attribute, params)
            )
            return compare_sql(stored, rule, params)
        case LifecycleRule():
            return _lifecycle(rule, params)
        case EventRule():
            return _event(rule, params)
        case SequenceRule():
            return _sequence(rule, params)
        case ScoreRule():
            return _score(rule.score, params)
        case SegmentRule():
            return _segment(rule, params)
        case MessageRule():
            return _message(rule.message, params)
        case SubscribedRule():
            return _subscribed(rule, params)
        case _:
            assert_never(rule)


def _lifecycle(rule: LifecycleRule, params: SqlParams) -> str:
    return compare_sql(contact_operand("lifecycle", params), Comparison(op="eq", value=rule.lifecycle), params)


def _segment(rule: SegmentRule, params: SqlParams) -> str:
    segment = params.bind(rule.segment, "uuid")
    if params.whole:
        return f"(c.id IN (SELECT sm.contact_id FROM segment_members sm WHERE sm.segment_id = {segment}))"
    return f"EXISTS (SELECT 1 FROM segment_members sm WHERE sm.contact_id = c.id AND sm.segment_id = {segment})"


def _event(rule: EventRule, params: SqlParams) -> str:
    """Count the contact's events, in the way that suits the query."""
    asked = _ask(rule, params)
    if params.tally is not None:
        return _tallied(rule, asked, params.tally, params.bind(rule.event, "text"), params)
    if params.whole:
        return _grouped(rule, asked, params)
    return _correlated(rule, asked, params)


def count_sql(rule: EventRule, params: SqlParams) -> str:
    """Return how many of the contact's events match."""
    asked = _ask(rule, params)
    where = " AND ".join([f"v.workspace_id = {params.bind(params.workspace_id, 'uuid')}", *asked.conditions])
    return f"(SELECT coalesce({asked.count}, 0) FROM {asked.source} v WHERE v.contact_id = c.id AND {where})"


def _ask(rule: EventRule, params: SqlParams) -> "_Asked":
    """Return what to count; ever and unfiltered, the roll-up has the answer."""
    conditions = [f"v.name = {params.bind(rule.event, 'text')}"]
    since = params.now - parse_span(rule.within) if rule.within else None
    if rule.is_total:
        return _Asked("contact_event_stats", "sum(v.n)", None, conditions, since)
    conditions += [_where(each, condition, params) for each, condition in rule.where.items()]
    if since:
        # No upper end: the event that set this off may be stamped by a clock slightly ahead of ours.
        conditions.append(f"v.occurred_at > {params.bind(since, 'timestamptz')}")
    return _Asked("events", "count(*)", _summands(rule.sum, params) if rule.sum else None, conditions, since)


@dataclass(frozen=True)
class _Asked:
    """What an event rule asks of a table `v`: how many rows, and perhaps which sum."""

    source: Source
    count: str
    sum: str | None
    conditions: list[str]
    since: datetime | None


def _holds(rule: EventRule, count: str, sum_: str | None, params: SqlParams) -> str:
    """Return the condition on a count and a sum, either of which may be null for nothing."""
    sign = "=" if rule.op == "never" else _COUNT_SIGNS[rule.op]
    wanted = 0 if rule.op == "never" else rule.count
    holds = f"coalesce({count}, 0) {sign} {params.bind(wanted, 'bigint')}"
    if rule.sum is None:
        return holds
    value = params.bind(str(rule.sum.value), "numeric")
    return f"{holds} AND coalesce({sum_}, 0) {_NUMBER_SIGNS[rule.sum.op]} {value}"


def _correlated(rule: EventRule, asked: _Asked, params: SqlParams) -> str:
    """Look at each contact's own events."""
    where = " AND ".join([f"v.workspace_id = {params.bind(params.workspace_id, 'uuid')}", *asked.conditions])
    simplest = rule.op == "at_least" and rule.count == 1 and rule.sum is None
    having = "" if simplest else f" HAVING {_holds(rule, asked.count, asked.sum, params)}"
    return f"EXISTS (SELECT 1 FROM {asked.source} v WHERE v.contact_id = c.id AND {where}{having})"


def _grouped(rule: EventRule, asked: _Asked, params: SqlParams) -> str:
    """Group all events by contact.

    A contact with no such event appears in no group: where none is right, take those that are wrong away.
    """
    where = " AND ".join([f"v.workspace_id = {params.bind(params.workspace_id, 'uuid')}", *asked.conditions])
    having, membership = _holds(rule, asked.count, asked.sum, params), "IN"
    if rule.holds(0) and (rule.sum is None or rule.sum.holds(0)):
        having, membership = f"NOT ({having})", "NOT IN"
    groups = f"SELECT v.contact_id FROM {asked.source} v WHERE {where} GROUP BY v.contact_id HAVING {having}"
    return f"(c.id {membership} ({groups}))"


def _tallied(rule: EventRule, asked: _Asked, tally: Tally, name: str, params: SqlParams) -> str:
    """Take the answer from columns that are counted for all rules at once."""
    only = f"FILTER (WHERE {' AND '.join(asked.conditions)})"
    count = tally.column(asked.source, f"{asked.count} {only}", name, asked.since)
    sum_ = tally.column(asked.source, f"{asked.sum} {only}", name, asked.since) if asked.sum else None
    return f"({_holds(rule, count, sum_, params)})"


_COUNT_SIGNS = {"at_least": ">=", "at_most": "<=", "exactly": "="}
_NUMBER_SIGNS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def _sequence(rule: SequenceRule, params: SqlParams) -> str:
    """Nest one look per step: the earliest occurrence after that of the step before, or null."""
    workspace = params.bind(params.workspace_id, "uuid")
    after = params.bind(params.now - parse_span(rule.within), "timestamptz") if rule.within else None
    for step in rule.sequence:
        conditions = [f"v.contact_id = c.id AND v.workspace_id = {workspace}"]
        conditions.append(f"v.name = {params.bind(step.event, 'text')}")
        conditions += [_where(name, condition, params) for name, condition in step.where.items()]
        if after is not None:
            conditions.append(f"v.occurred_at > {after}")
        after = f"(SELECT min(v.occurred_at) FROM events v WHERE {' AND '.join(conditions)})"
    reached = f"({after} IS NOT NULL)"
    if not params.whole:
        return reached
    last = params.bind(rule.sequence[-1].event, "text")
    did_last = f"SELECT v.contact_id FROM events v WHERE v.workspace_id = {workspace} AND v.name = {last}"
    return f"(c.id IN ({did_last}) AND {reached})"


def score_sql(model: str, params: SqlParams) -> str:
    """Return the contact's score in a model."""
    slug = params.bind(model, "text")
    return f"coalesce((SELECT p.value FROM scores p WHERE p.contact_id = c.id AND p.model = {slug}), 0)"


def _score(clause: ScoreClause, params: SqlParams) -> str:
    value = params.bind(str(clause.value), "numeric")
    return f"({score_sql(clause.model, params)} {_NUMBER_SIGNS[clause.op]} {value})"


def _summands(part: Sum, params: SqlParams) -> str:
    summand = _property(part.property, params)
    return f"sum(CASE WHEN jsonb_typeof({summand}) = 'number' THEN CAST({summand} AS numeric) END)"


def _where(name: str, condition: Scalar | Comparison, params: SqlParams) -> str:
    return compare_sql(Operand(_property(name, params)), comparison(condition), params)


def _property(name: str, params: SqlParams) -> str:
    path = "".join(f" -> {params.bind(part, 'text')}" for part in name.split("."))
    stored = f"(v.properties{path})"
    return f"coalesce(to_jsonb(v.{name}), {stored})" if name in TYPED_PROPERTIES else stored


_ACTIONS = {
    "sent": ("TRUE", "m.sent_at"),
    "delivered": ("m.state = 'delivered'", "coalesce(m.sent_at, m.queued_at)"),
    "bounced": ("m.state = 'bounced'", "coalesce(m.sent_at, m.queued_at)"),
    "opened": ("TRUE", "m.opened_at"),
    "clicked": ("TRUE", "m.clicked_at"),
}
"""For each action, the condition on a message and when it happened."""


def _message(clause: MessageClause, params: SqlParams) -> str:
    happened, at = _ACTIONS[clause.action]
    conditions = ["m.contact_id = c.id", happened, f"{at} IS NOT NULL"]
    if clause.within:
        conditions.append(f"{at} > {params.bind(params.now - parse_span(clause.within), 'timestamptz')}")
    if clause.is_own:
        conditions.append(f"m.enrollment_id = {params.enrollment}.id")
    if clause.node_id is not None:
        conditions.append(f"m.node_id = {params.bind(clause.node_id, 'text')}")
    if clause.journey_id is not None:
        conditions.append(f"m.journey_id = {params.bind(clause.journey_id, 'uuid')}")
    if clause.template_id is not None:
        versions = (
            f"SELECT tv.id FROM template_versions tv WHERE tv.template_id = {params.bind(clause.template_id, 'uuid')}"
        )
        conditions.append(f"m.template_version_id IN ({versions})")
    return f"EXISTS (SELECT 1 FROM messages m WHERE {' AND '.join(conditions)})"


def _subscribed(rule: SubscribedRule, params: SqlParams) -> str:
    """Take what the contact last said, else the topic's policy; a topic nobody made is opt-out."""
    topic = params.bind(rule.subscribed, "text")
    said = f"""SELECT k.state FROM consents k
        WHERE k.contact_id = c.id AND k.channel = 'email' AND k.topic = {topic}"""
    policy = f"""SELECT CASE t.policy WHEN 'opt_in' THEN 'unsubscribed' END FROM topics t
        WHERE t.workspace_id = {params.bind(params.workspace_id, "uuid")} AND t.key = {topic}"""
    return f"(coalesce(({said}), ({policy}), 'subscribed') = 'subscribed')"
