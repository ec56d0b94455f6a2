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
    SegmentRule,
    Some,
    SubscribedRule,
    Sum,
    has_references,
)
from journeys.rules.operators import Comparison, Scalar, comparison
from journeys.rules.sql_compare import Operand, compare_sql, contact_operand, event_operand
from journeys.rules.values import TYPED_PROPERTIES, parse_span


@dataclass
class SqlParams:
    """Bound values, and what the rule is evaluated for.

    `enrollment` is the alias of the enrollment at hand, for references and own messages. `whole`: the query runs over
    all contacts of the workspace, so that scanning events once beats looking at each contact's.
    """

    workspace_id: UUID
    now: datetime
    enrollment: str | None = None
    whole: bool = False
    values: dict[str, object] = field(default_factory=dict)

    def bind(self, value: object, type_: str) -> str:
        """Bind a value and return its placeholder, cast to a type; equal values share one."""
        if type_ == "jsonb":
            value = to_json(value)
        for name, bound in self.values.items():
            if type(bound) is type(value) and bound == value:
                return f"CAST(:{name} AS {type_})"
        name = f"rule_{len(self.values)}"
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
    """Count the contact's events; ever and unfiltered, the roll-up has the answer."""
    if rule.is_total:
        return _counted(rule, "contact_event_stats v", "coalesce(sum(v.n), 0)", [], params)
    conditions = [_where(name, condition, params) for name, condition in rule.where.items()]
    if rule.within:
        # No upper end: the event that set this off may be stamped by a clock slightly ahead of ours.
        conditions.append(f"v.occurred_at > {params.bind(params.now - parse_span(rule.within), 'timestamptz')}")
    return _counted(rule, "events v", "count(*)", conditions, params)


def _counted(rule: EventRule, source: str, count: str, conditions: list[str], params: SqlParams) -> str:
    conditions = [
        f"v.workspace_id = {params.bind(params.workspace_id, 'uuid')}",
        f"v.name = {params.bind(rule.event, 'text')}",
        *conditions,
    ]
    having = _count_holds(rule, count, params)
    if rule.sum:
        having = f"{having} AND {_sum_holds(rule.sum, params)}"
    where = " AND ".join(conditions)
    if params.whole:
        # A contact with no such event appears in no group: where none is right, take those that are wrong away.
        keeps_none = rule.holds(0) and (rule.sum is None or rule.sum.holds(0))
        having, membership = (f"NOT ({having})", "NOT IN") if keeps_none else (having, "IN")
        groups = f"SELECT v.contact_id FROM {source} WHERE {where} GROUP BY v.contact_id HAVING {having}"
        return f"(c.id {membership} ({groups}))"
    if rule.op == "at_least" and rule.count == 1 and rule.sum is None:
        return f"EXISTS (SELECT 1 FROM {source} WHERE v.contact_id = c.id AND {where})"
    return f"EXISTS (SELECT 1 FROM {source} WHERE v.contact_id = c.id AND {where} HAVING {having})"


_COUNT_SIGNS = {"at_least": ">=", "at_most": "<=", "exactly": "="}
_SUM_SIGNS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def _count_holds(rule: EventRule, count: str, params: SqlParams) -> str:
    if rule.op == "never":
        return f"{count} = 0"
    return f"{count} {_COUNT_SIGNS[rule.op]} {params.bind(rule.count, 'bigint')}"


def _sum_holds(part: Sum, params: SqlParams) -> str:
    summand = _property(part.property, params)
    number = f"CASE WHEN jsonb_typeof({summand}) = 'number' THEN CAST({summand} AS numeric) END"
    return f"coalesce(sum({number}), 0) {_SUM_SIGNS[part.op]} {params.bind(str(part.value), 'numeric')}"


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
