"""Compare one stored value with what a rule says, in plain Python."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from journeys.rules.operators import Comparison
from journeys.rules.values import find_span, is_number, parse_time, resolve

_Test = Callable[[object, Sequence[object], datetime], bool]


def compare(stored: object, condition: Comparison, payload: Mapping[str, object] | None, now: datetime) -> bool:
    """Say whether a stored value (None: missing) fits a condition; `payload` is the enrollment's event."""
    return _TESTS[condition.op](stored, [resolve(value, payload) for value in condition.operands], now)


def equal(stored: object, value: object) -> bool:
    """Say whether two JSON scalars are the same; True is not 1, and None equals nothing."""
    if isinstance(stored, bool) or isinstance(value, bool):
        return stored is value
    if isinstance(stored, str) and isinstance(value, str):
        return stored == value
    return is_number(stored) and is_number(value) and stored == value


@lru_cache(maxsize=1_000)
def wildcard(pattern: str) -> re.Pattern[str]:
    """Return the expression for a pattern with `*` and `?`; atomic groups keep it linear."""
    first, *rest = [re.escape(part).replace(r"\?", ".") for part in pattern.split("*")]
    if rest:
        first += "".join(f"(?>.*?{part})" for part in rest[:-1]) + f".*{rest[-1]}"
    return re.compile(first, re.DOTALL)


def _equals(stored: object, values: Sequence[object], _now: datetime) -> bool:
    return any(equal(stored, value) for value in values)


def _differs(stored: object, values: Sequence[object], now: datetime) -> bool:
    return not _equals(stored, values, now)


def _contains(stored: object, values: Sequence[object], _now: datetime) -> bool:
    if isinstance(stored, str):
        return isinstance(values[0], str) and values[0] in stored
    return isinstance(stored, list) and any(equal(item, values[0]) for item in stored)


def _starts_with(stored: object, values: Sequence[object], _now: datetime) -> bool:
    return isinstance(stored, str) and isinstance(values[0], str) and stored.startswith(values[0])


def _matches(stored: object, values: Sequence[object], _now: datetime) -> bool:
    return isinstance(stored, str) and wildcard(str(values[0])).fullmatch(stored) is not None


def _by_number(test: Callable[[float, float], bool]) -> _Test:
    def compare_numbers(stored: object, values: Sequence[object], _now: datetime) -> bool:
        value = values[0]
        if isinstance(stored, bool) or isinstance(value, bool):
            return False
        return isinstance(stored, int | float) and isinstance(value, int | float) and test(stored, value)

    return compare_numbers


def _by_time(test: Callable[[datetime, datetime], bool]) -> _Test:
    def compare_times(stored: object, values: Sequence[object], _now: datetime) -> bool:
        at, bound = parse_time(stored), parse_time(values[0])
        return at is not None and bound is not None and test(at, bound)

    return compare_times


_at_least = _by_number(lambda stored, value: stored >= value)
_at_most = _by_number(lambda stored, value: stored <= value)
_not_before = _by_time(lambda at, bound: at >= bound)
_not_after = _by_time(lambda at, bound: at <= bound)


def _between(stored: object, values: Sequence[object], now: datetime) -> bool:
    if is_number(values[0]):
        return _at_least(stored, values[:1], now) and _at_most(stored, values[1:], now)
    return _not_before(stored, values[:1], now) and _not_after(stored, values[1:], now)


def _within_last(stored: object, values: Sequence[object], now: datetime) -> bool:
    at, span = parse_time(stored), find_span(values[0])
    return at is not None and span is not None and now - span < at <= now


def _exists(stored: object, values: Sequence[object], _now: datetime) -> bool:
    return (stored is not None) is (values != [False])


_TESTS: dict[str, _Test] = {
    "eq": _equals,
    "ne": _differs,
    "in": _equals,
    "not_in": _differs,
    "contains": _contains,
    "starts_with": _starts_with,
    "matches": _matches,
    "gt": _by_number(lambda stored, value: stored > value),
    "gte": _at_least,
    "lt": _by_number(lambda stored, value: stored < value),
    "lte": _at_most,
    "between": _between,
    "before": _by_time(lambda at, bound: at < bound),
    "after": _by_time(lambda at, bound: at > bound),
    "within_last": _within_last,
    "exists": _exists,
}
