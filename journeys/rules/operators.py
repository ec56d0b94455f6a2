"""The operators of the rule language, and which values each takes.

What they mean, for SQL and Python alike:
- A missing value and a JSON null are the same. `ne` and `not_in` are the exact opposites of `eq` and `in`, so they
  match a missing value; every other operator does not.
- Types are never mixed: text matches text, as written (case counts), numbers match numbers, booleans booleans.
- `gt gte lt lte` compare numbers; `before after within_last` compare times in ISO 8601 (no zone: UTC); `between` takes
  two numbers or two times and includes both ends.
- `contains` finds text in text, or an item in a list such as `tags`; `matches` takes `*` (any text) and `?` (one
  character) and must fit the whole.
- A value may be a reference, `{{ event.cart_id }}`: the property of the event that brought the contact in.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    Tag,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from journeys.rules.values import find_span, is_number, parse_span, parse_time, reference_path


def _said_once(message: str) -> WrapValidator:
    """Say what fits in one sentence, instead of one complaint per type that does not."""

    def validate(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            raise PydanticCustomError("wrong_type", message) from error

    return WrapValidator(validate)


_NUMBER_TYPE = (
    Annotated[StrictInt, Field(ge=-(2**63), lt=2**63)] | Annotated[float, Field(strict=True, allow_inf_nan=False)]
)
Number = Annotated[_NUMBER_TYPE, _said_once("must be a number")]
Scalar = Annotated[StrictBool | _NUMBER_TYPE | StrictStr, _said_once("must be a text, a number, true or false")]
Value = Annotated[
    Scalar | list[Scalar] | None, _said_once("must be a text, a number, true or false, or a list of such values")
]
Operator = Literal[
    "eq", "ne", "in", "not_in", "contains", "starts_with", "matches", "gt", "gte", "lt", "lte", "between",
    "before", "after", "within_last", "exists",
]  # fmt: skip


def _check_span(text: Any) -> Any:
    if isinstance(text, str):
        parse_span(text)
    return text


Span = Annotated[str, BeforeValidator(_check_span)]


class Part(BaseModel):
    """A piece of the rule language: never changed, and nothing in it that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


class Comparison(Part):
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

    @property
    def has_references(self) -> bool:
        """Say whether a value refers to the enrollment's event."""
        return any(reference_path(value) for value in self.operands)


Condition = Annotated[
    Annotated[Scalar, Tag("rule:scalar")] | Annotated[Comparison, Tag("rule:comparison")],
    Discriminator(lambda value: "rule:comparison" if isinstance(value, dict | Comparison) else "rule:scalar"),
]
Where: TypeAlias = dict[str, Condition]
"""Conditions on one event's properties; all must hold. A bare scalar means equality."""


def comparison(condition: Condition) -> Comparison:
    """Return a condition of a `where` in its long form."""
    return condition if isinstance(condition, Comparison) else Comparison(op="eq", value=condition)


def where_has_references(where: Where) -> bool:
    """Say whether a `where` refers to the enrollment's event."""
    return any(comparison(condition).has_references for condition in where.values())


def _misfit(op: str, value: Value) -> str | None:
    """Say what is wrong with a value for its operator, or return None."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and "{{" in item:
            if reference_path(item) is None:
                return "a reference is written {{ event.name }}, and nothing else"
            if op in ("between", "matches"):
                return f"{op} takes no references"
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
    return all(is_number(item) for item in value) or all(parse_time(item) for item in value)


def _is_span(value: Value) -> bool:
    return find_span(value) is not None


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
