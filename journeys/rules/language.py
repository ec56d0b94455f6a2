"""The rule language: one JSON form for segments, branches, conditions, exits and goals, as Pydantic models.

What the operators mean, for SQL and Python alike:
- A missing value and a JSON null are the same. `ne` and `not_in` are the exact opposites of `eq` and `in`, so they
  match a missing value; every other operator does not.
- Types are never mixed: text matches text, as written (case counts), numbers match numbers, booleans booleans.
- `gt gte lt lte` compare numbers; `before after within_last` compare times in ISO 8601 (no zone: UTC); `between` takes
  two numbers or two times and includes both ends.
- `contains` finds text in text, or an item in a list such as `tags`; `matches` takes `*` (any text) and `?` (one
  character) and must fit the whole.
- A name with dots (`address.city`) is a path into an object.
- A value may be a reference, `{{ event.cart_id }}`: the property of the event that brought the contact in.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    Tag,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from journeys.errors import Fault, InvalidInput
from journeys.rules.values import is_number, parse_time

Scalar: TypeAlias = StrictBool | StrictInt | StrictFloat | StrictStr
Value: TypeAlias = Scalar | list[Scalar] | None
Operator = Literal[
    "eq", "ne", "in", "not_in", "contains", "starts_with", "matches", "gt", "gte", "lt", "lte", "between",
    "before", "after", "within_last", "exists",
]  # fmt: skip
MessageAction = Literal["sent", "delivered", "opened", "clicked", "bounced"]

MAX_DEPTH = 12
MAX_CLAUSES = 200

_REFERENCE = re.compile(r"^\{\{\s*event((?:\.[A-Za-z_][\w-]*)+)\s*\}\}$")
_SPAN = re.compile(r"^([1-9]\d{0,4})([smhdw])$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_span(text: str) -> timedelta:
    """Return the length of a span such as `30d` or `12h`; units are s, m, h, d and w."""
    found = _SPAN.match(text)
    if not found:
        raise ValueError("write a span as a number and a unit: 45s, 15m, 12h, 30d or 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _check_span(text: Any) -> Any:
    if isinstance(text, str):
        parse_span(text)
    return text


Span = Annotated[str, BeforeValidator(_check_span)]


def reference_path(value: object) -> tuple[str, ...] | None:
    """Return the path of a reference (`{{ event.cart.id }}` is `("cart", "id")`), or None for a plain value."""
    if not isinstance(value, str):
        return None
    found = _REFERENCE.match(value)
    return tuple(found[1][1:].split(".")) if found else None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


class Comparison(_Part):
    """An operator and what it compares with."""

    op: Operator = "eq"
    value: Value = None

    @model_validator(mode="after")
    def _value_fits(self) -> "Comparison":
        problem = _misfit(self.op, self.value)
        if problem:
            raise ValueError(problem)
        return self

    @property
    def operands(self) -> list[Scalar]:
        """The values compared with, always as a list."""
        if self.value is None:
            return []
        return self.value if isinstance(self.value, list) else [self.value]


Where: TypeAlias = dict[str, Scalar | Comparison]
"""Conditions on one event's properties; all must hold. A bare scalar means equality."""


class Sum(_Part):
    """A condition on the sum of a numeric property over the matching events; other values count as nothing."""

    property: str = Field(min_length=1)
    op: Literal["eq", "gt", "gte", "lt", "lte"]
    value: StrictInt | StrictFloat


class All(_Part):
    """Every rule holds; an empty list always does."""

    all: list["Rule"]


class Some(_Part):
    """At least one rule holds; an empty list never does."""

    any: list["Rule"]


class Not(_Part):
    """The rule does not hold."""

    negated: "Rule" = Field(alias="not")


class AttributeRule(Comparison):
    """A condition on an attribute of the contact: a standard one, `tags`, `created_at`, or any other."""

    attribute: str = Field(min_length=1, max_length=200)


class EventRule(_Part):
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


class SegmentRule(_Part):
    """The contact is in a segment now."""

    segment: UUID


class MessageClause(_Part):
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


class MessageRule(_Part):
    """The contact got, opened or clicked one of our messages."""

    message: MessageClause


class SubscribedRule(_Part):
    """The contact may hear about a topic by email."""

    subscribed: str = Field(min_length=1)


class LifecycleRule(_Part):
    """The contact is at a stage of its life cycle."""

    lifecycle: str = Field(min_length=1)


_KINDS: dict[str, type[_Part]] = {
    "all": All,
    "any": Some,
    "not": Not,
    "attribute": AttributeRule,
    "event": EventRule,
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


def walk(rule: Rule) -> "list[Rule]":
    """Return the rule and everything in it, outermost first."""
    match rule:
        case All():
            children = rule.all
        case Some():
            children = rule.any
        case Not():
            children = [rule.negated]
        case _:
            children = []
    return [rule, *(inner for child in children for inner in walk(child))]


def has_references(rule: Rule) -> bool:
    """Say whether the rule needs an enrollment: it refers to its event, or to its own messages."""
    return any(_needs_enrollment(part) for part in walk(rule))


def where_has_references(where: Where) -> bool:
    """Say whether a `where` refers to the enrollment's event."""
    return any(reference_path(value) for operand in where.values() for value in operands(operand))


def operands(condition: Scalar | Comparison) -> list[Scalar]:
    """Return the values that a condition of a `where` compares with."""
    return condition.operands if isinstance(condition, Comparison) else [condition]


def _needs_enrollment(rule: Rule) -> bool:
    match rule:
        case AttributeRule():
            return any(reference_path(value) for value in rule.operands)
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


def _misfit(op: str, value: Value) -> str | None:
    """Say what is wrong with a value for its operator, or return None."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and "{{" in item and reference_path(item) is None:
            return "a reference is written {{ event.name }}, and nothing else"
    fits, need = _NEEDS[op]
    return None if fits(value) else f"{op} needs {need}"


def _is_scalar(value: Value) -> bool:
    return value is not None and not isinstance(value, list)


def _is_list(value: Value) -> bool:
    return isinstance(value, list)


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_number(value: Value) -> bool:
    return is_number(value) or reference_path(value) is not None


def _is_time(value: Value) -> bool:
    return parse_time(value) is not None or reference_path(value) is not None


def _is_range(value: Value) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    return all(_is_number(item) for item in value) or all(_is_time(item) for item in value)


def _is_span(value: Value) -> bool:
    return isinstance(value, str) and _SPAN.match(value) is not None


def _is_flag(value: Value) -> bool:
    return value is None or isinstance(value, bool)


_SCALAR = (_is_scalar, "one value")
_LIST = (_is_list, "a list of values")
_TEXT = (_is_text, "a text")
_NUMBER = (_is_number, "a number")
_TIME = (_is_time, "a time such as 2026-03-01 or 2026-03-01T09:00:00Z")

_NEEDS: dict[str, tuple[Callable[[Value], bool], str]] = {
    "eq": _SCALAR,
    "ne": _SCALAR,
    "in": _LIST,
    "not_in": _LIST,
    "contains": _SCALAR,
    "starts_with": _TEXT,
    "matches": _TEXT,
    "gt": _NUMBER,
    "gte": _NUMBER,
    "lt": _NUMBER,
    "lte": _NUMBER,
    "between": (_is_range, "two numbers or two times, the lower first"),
    "before": _TIME,
    "after": _TIME,
    "within_last": (_is_span, "a span such as 30d or 12h"),
    "exists": (_is_flag, "true or false"),
}
