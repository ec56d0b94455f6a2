"""The rule language: one JSON form for segments, branches, conditions, exits and goals, as Pydantic models.

The operators and what they mean are in `operators.py`. A name with dots (`address.city`) is a path into an object; an
attribute `event.total` is no attribute of the contact but a property of the event that brought the contact in.
"""

import operator
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Discriminator, Field, Tag, TypeAdapter, ValidationError, field_validator

from journeys.errors import Fault, InvalidInput
from journeys.rules.operators import Comparison, Number, Part, Span, Where, where_has_references

MessageAction = Literal["sent", "delivered", "opened", "clicked", "bounced"]

MAX_DEPTH = 12
MAX_CLAUSES = 200


class Sum(Part):
    """A condition on the sum of a numeric property over the matching events; other values count as nothing."""

    property: str = Field(min_length=1)
    op: Literal["eq", "gt", "gte", "lt", "lte"]
    value: Number

    def holds(self, total: Decimal | int) -> bool:
        """Say whether a sum satisfies the condition."""
        return bool(NUMBER_TESTS[self.op](total, Decimal(str(self.value))))


NUMBER_TESTS = {"eq": operator.eq, "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


class All(Part):
    """Every rule holds; an empty list always does."""

    all: list["Rule"]


class Some(Part):
    """At least one rule holds; an empty list never does."""

    any: list["Rule"]


class Not(Part):
    """The rule does not hold."""

    negated: "Rule" = Field(alias="not")


class AttributeRule(Comparison):
    """A condition on an attribute of the contact: a standard one, `tags`, `created_at`, or any other."""

    attribute: str = Field(min_length=1, max_length=200)

    @property
    def event_path(self) -> tuple[str, ...] | None:
        """The path into the enrollment's event that the name stands for, or None for an attribute of the contact."""
        first, *rest = self.attribute.split(".")
        return tuple(rest) if first == "event" and rest else None


class EventRule(Part):
    """How often, within a span back from now (None: ever), the contact did something; with `sum`, both must hold."""

    event: str = Field(min_length=1, max_length=200)
    where: Where = Field(default_factory=dict)
    op: Literal["at_least", "at_most", "exactly", "never"] = "at_least"
    count: int = Field(1, ge=0, le=1_000_000)
    within: Span | None = None
    sum: Sum | None = None

    @property
    def is_total(self) -> bool:
        """Say whether the roll-up per contact and event name answers this, with no look at single events."""
        return not self.where and self.within is None and self.sum is None

    def holds(self, count: int) -> bool:
        """Say whether this many matching events satisfy the rule."""
        match self.op:
            case "at_least":
                return count >= self.count
            case "at_most":
                return count <= self.count
            case "exactly":
                return count == self.count
            case "never":
                return count == 0


class SequenceRule(Part):
    """The contact did these things one after the other, all of them within a span back from now (None: ever).

    Each step is an event rule of just a name and a `where`; it counts when it happened later than the one before.
    """

    sequence: list[EventRule] = Field(min_length=2, max_length=10)
    within: Span | None = None

    @field_validator("sequence")
    @classmethod
    def _steps_are_plain(cls, steps: list[EventRule]) -> list[EventRule]:
        if any(step.model_fields_set - {"event", "where"} for step in steps):
            raise ValueError("a step of a sequence has an event and where, and nothing else")
        return steps


class ScoreClause(Part):
    """A condition on the value of a scoring model; a contact without a score has 0."""

    model: str = Field(min_length=1, max_length=60)
    op: Literal["eq", "gt", "gte", "lt", "lte"] = "gte"
    value: Number

    def holds(self, score: Decimal | int) -> bool:
        """Say whether a score satisfies the condition."""
        return bool(NUMBER_TESTS[self.op](score, Decimal(str(self.value))))


class ScoreRule(Part):
    """The contact's score is so high."""

    score: ScoreClause


class SegmentRule(Part):
    """The contact is in a segment now."""

    segment: UUID


class MessageClause(Part):
    """Which messages count. `node_id` alone means the message that this very enrollment got from that node."""

    action: MessageAction
    template_id: UUID | None = None
    journey_id: UUID | None = None
    node_id: str | None = None
    within: Span | None = None

    @property
    def is_own(self) -> bool:
        """Say whether only messages of the enrollment at hand count."""
        return self.node_id is not None and self.journey_id is None


class MessageRule(Part):
    """The contact got, opened or clicked one of our messages."""

    message: MessageClause


class SubscribedRule(Part):
    """The contact may hear about a topic by email."""

    subscribed: str = Field(min_length=1)


class LifecycleRule(Part):
    """The contact is at a stage of its life cycle."""

    lifecycle: str = Field(min_length=1)


_KINDS: dict[str, type[Part]] = {
    "all": All,
    "any": Some,
    "not": Not,
    "attribute": AttributeRule,
    "event": EventRule,
    "sequence": SequenceRule,
    "score": ScoreRule,
    "segment": SegmentRule,
    "message": MessageRule,
    "subscribed": SubscribedRule,
    "lifecycle": LifecycleRule,
}
_TAG = "rule:"
"""Marks the names of kinds in Pydantic's error locations, which are no part of the JSON pointer."""


def _kind_of(rule: Any) -> str | None:
    if isinstance(rule, dict):
        return next((_TAG + key for key in _KINDS if key in rule), None)
    return next((_TAG + key for key, kind in _KINDS.items() if type(rule) is kind), None)


Rule: TypeAlias = Annotated[
    Annotated[All, Tag("rule:all")]
    | Annotated[Some, Tag("rule:any")]
    | Annotated[Not, Tag("rule:not")]
    | Annotated[AttributeRule, Tag("rule:attribute")]
    | Annotated[EventRule, Tag("rule:event")]
    | Annotated[SequenceRule, Tag("rule:sequence")]
    | Annotated[ScoreRule, Tag("rule:score")]
    | Annotated[SegmentRule, Tag("rule:segment")]
    | Annotated[MessageRule, Tag("rule:message")]
    | Annotated[SubscribedRule, Tag("rule:subscribed")]
    | Annotated[LifecycleRule, Tag("rule:lifecycle")],
    Discriminator(
        _kind_of,
        custom_error_type="unknown_rule",
        custom_error_message=f"a rule has exactly one of the keys {', '.join(_KINDS)}",
    ),
]

for _model in (All, Some, Not):
    _model.model_rebuild()

_ADAPTER: TypeAdapter[Rule] = TypeAdapter(Rule)
EVERYONE = All(all=[])


def parse_rule(data: object) -> Rule:
    """Return the rule that this JSON says.

    Raises:
        InvalidInput: it is no rule; each fault points at the field.
    """
    if _depth(data) > MAX_DEPTH:
        raise InvalidInput("the rule is nested too deeply", [Fault("", f"at most {MAX_DEPTH} levels")])
    try:
        rule = _ADAPTER.validate_python(data)
    except ValidationError as error:
        raise InvalidInput("this is not a rule", rule_faults(error)) from error
    if sum(1 for _ in walk(rule)) > MAX_CLAUSES:
        raise InvalidInput("the rule is too long", [Fault("", f"at most {MAX_CLAUSES} clauses")])
    return rule


def rule_faults(error: ValidationError) -> list[Fault]:
    """Return Pydantic's errors as JSON pointers and messages."""
    return [Fault(pointer(problem["loc"]), plain_message(problem["msg"])) for problem in error.errors()]


def pointer(location: tuple[str | int, ...]) -> str:
    """Return the JSON pointer of a Pydantic error location, without the names of union members."""
    parts = [str(part) for part in location if not str(part).startswith(_TAG)]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def plain_message(message: str) -> str:
    """Return a Pydantic message without its prefix for our own errors."""
    return message.removeprefix("Value error, ")


def dump_rule(rule: Rule) -> dict[str, Any]:
    """Return the rule's JSON, with only what was said."""
    return rule.model_dump(mode="json", exclude_unset=True)


def walk(rule: Rule) -> list[Rule]:
    """Return the rule and everything in it, outermost first."""
    match rule:
        case All():
            children: list[Rule] = rule.all
        case Some():
            children = rule.any
        case Not():
            children = [rule.negated]
        case SequenceRule():
            children = list(rule.sequence)
        case _:
            children = []
    return [rule, *(inner for child in children for inner in walk(child))]


def has_references(rule: Rule) -> bool:
    """Say whether the rule needs an enrollment: it refers to its event, or to its own messages."""
    return any(_needs_enrollment(part) for part in walk(rule))


def lapses(rule: Rule) -> bool:
    """Say whether time alone can change whether the rule holds."""
    return any(_lapses(part) for part in walk(rule))


def _lapses(part: Rule) -> bool:
    match part:
        case EventRule() | SequenceRule():
            return part.within is not None
        case MessageRule():
            return part.message.within is not None
        case AttributeRule():
            return part.op == "within_last"
        case _:
            return False


def _needs_enrollment(rule: Rule) -> bool:
    match rule:
        case AttributeRule():
            return rule.event_path is not None or rule.has_references
        case EventRule():
            return where_has_references(rule.where)
        case MessageRule():
            return rule.message.is_own
        case _:
            return False


def _depth(data: object, level: int = 0) -> int:
    if level > MAX_DEPTH or not isinstance(data, dict):
        return level
    children = [*_listed(data.get("all")), *_listed(data.get("any")), data.get("not")]
    return max((_depth(child, level + 1) for child in children), default=level)


def _listed(data: object) -> list[object]:
    return data if isinstance(data, list) else []
