"""Compare one stored value with what a rule says, in SQL: the counterpart of `compare.py`, case by case.

Stored values are jsonb. Postgres compares jsonb numbers as numbers and never fails on a wrong type, so most operators
need no cast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.rules.operators import Comparison, Scalar
from journeys.rules.values import TIME_PATTERN, find_span, is_number, reference_path

_COLUMNS = {*STANDARD_ATTRIBUTES, "tags", "created_at"}
_NUMBER_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TIME_SIGNS = {"before": "<", "after": ">"}


class Params(Protocol):
    """What comparing needs of the parameters of a query."""

    now: datetime
    enrollment: str | None

    def bind(self, value: object, type_: str) -> str:
        """Bind a value and return its placeholder."""
        ...


@dataclass(frozen=True)
class Operand:
    """A stored value: as jsonb, and where it lies, for the forms of equality that an index answers."""

    json: str
    column: str | None = None
    document: str | None = None
    path: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The value as text; null when it is missing."""
        return f"({self.json} #>> '{{}}')"


def contact_operand(name: str, params: Params) -> Operand:
    """Return an attribute of contact `c`."""
    if name in _COLUMNS:
        column = f"c.{name}"
        return Operand(f"to_jsonb({column})", column=column if name in STANDARD_ATTRIBUTES else None)
    path = tuple(name.split("."))
    return Operand(_at(path, "c.attributes", params), document="c.attributes", path=path)


def event_operand(path: Sequence[str], params: Params) -> Operand:
    """Return a property of the event that brought the enrollment at hand in."""
    return Operand(_at(path, f"{params.enrollment}.payload", params))


def _at(path: Sequence[str], document: str, params: Params) -> str:
    return "(" + document + "".join(f" -> {params.bind(part, 'text')}" for part in path) + ")"


def compare_sql(stored: Operand, condition: Comparison, params: Params) -> str:
    """Return SQL that says whether a stored value fits a condition; never null."""
    match condition.op:
        case "eq" | "in":
            return _equals(stored, condition.operands, params)
        case "ne" | "not_in":
            return f"(NOT {_equals(stored, condition.operands, params)})"
        case "exists":
            return _exists(stored, condition.value is not False)
        case "between":
            return _between(stored, condition.operands, params)
        case "within_last":
            return _within_last(stored, condition.operands[0], params)
        case "before" | "after":
            bound = _time(_value(condition.operands[0], params))
            return f"(({_time(stored.json)} {_TIME_SIGNS[condition.op]} {bound}) IS TRUE)"
        case "gt" | "gte" | "lt" | "lte":
            return _number(stored, _NUMBER_SIGNS[condition.op], _value(condition.operands[0], params))
        case "contains" | "starts_with" | "matches":
            return _text(stored, condition, params)


def _value(value: Scalar, params: Params) -> str:
    """Return a rule's value as jsonb; a reference that leads to no scalar is null."""
    path = reference_path(value)
    if path is None:
        return params.bind(value, "jsonb")
    found = _at(path, f"{params.enrollment}.payload", params)
    return f"(CASE WHEN jsonb_typeof({found}) IN ('string', 'number', 'boolean') THEN {found} END)"


def _equals(stored: Operand, values: list[Scalar], params: Params) -> str:
    return "(" + (" OR ".join(_equal(stored, value, params) for value in values) or "FALSE") + ")"


def _equal(stored: Operand, value: Scalar, params: Params) -> str:
    if reference_path(value) is not None:
        return f"(({stored.json} = {_value(value, params)}) IS TRUE)"
    if stored.column:
        if not isinstance(value, str):
            return "FALSE"
        return f"({stored.column} IS NOT NULL AND {stored.column} = {params.bind(value, 'text')})"
    if stored.document:
        document: object = value
        for part in reversed(stored.path):
            document = {part: document}
        return f"({stored.document} @> {params.bind(document, 'jsonb')})"
    return f"(({stored.json} = {params.bind(value, 'jsonb')}) IS TRUE)"


def _exists(stored: Operand, expected: bool) -> str:
    present = f"(coalesce({stored.json}, 'null') <> 'null')"
    return present if expected else f"(NOT {present})"


def _number(stored: Operand, sign: str, value: str) -> str:
    numbers = f"jsonb_typeof({stored.json}) = 'number' AND jsonb_typeof({value}) = 'number'"
    return f"(({numbers} AND {stored.json} {sign} {value}) IS TRUE)"


def _between(stored: Operand, values: list[Scalar], params: Params) -> str:
    low, high = (_value(value, params) for value in values)
    if is_number(values[0]):
        return f"({_number(stored, '>=', low)} AND {_number(stored, '<=', high)})"
    return f"(({_time(stored.json)} BETWEEN {_time(low)} AND {_time(high)}) IS TRUE)"


def _within_last(stored: Operand, span: Scalar, params: Params) -> str:
    length = find_span(span)
    assert length is not None, "the model has checked it"
    start, end = params.bind(params.now - length, "timestamptz"), params.bind(params.now, "timestamptz")
    at = _time(stored.json)
    return f"(({at} > {start} AND {at} <= {end}) IS TRUE)"


def _text(stored: Operand, condition: Comparison, params: Params) -> str:
    is_text = f"jsonb_typeof({stored.json}) = 'string'"
    if condition.op == "matches":
        pattern = params.bind(_like(str(condition.operands[0])), "text")
        return f"(({is_text} AND {stored.text} LIKE {pattern}) IS TRUE)"
    value = _value(condition.operands[0], params)
    both_text = f"{is_text} AND jsonb_typeof({value}) = 'string'"
    if condition.op == "starts_with":
        return f"(({both_text} AND starts_with({stored.text}, {value} #>> '{{}}')) IS TRUE)"
    is_item = f"jsonb_typeof({stored.json}) = 'array' AND {stored.json} @> {value}"
    return f"(({both_text} AND strpos({stored.text}, {value} #>> '{{}}') > 0 OR {is_item}) IS TRUE)"


def _time(json: str) -> str:
    """Return the instant that a jsonb text names, or null. CASE keeps Postgres from casting what is no time."""
    text = f"({json} #>> '{{}}')"
    looks_right = f"jsonb_typeof({json}) = 'string' AND {text} ~ '{TIME_PATTERN}'"
    return (
        f"CASE WHEN {looks_right} THEN CASE WHEN pg_input_is_valid({text}, 'timestamptz')"
        f" THEN CAST({text} AS timestamptz) END END"
    )


def _like(pattern: str) -> str:
    for character in "\\%_":
        pattern = pattern.replace(character, "\\" + character)
    return pattern.replace("*", "%").replace("?", "_")
