"""The rule language, its operators, and what an evaluation says."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from journeys.db.ids import new_id
from journeys.errors import InvalidInput
from journeys.rules.compare import wildcard
from journeys.rules.evaluate import evaluate
from journeys.rules.facts import EventFact, Facts
from journeys.rules.language import MAX_DEPTH, dump_rule, has_references, parse_rule
from journeys.rules.operators import Comparison
from journeys.rules.sql import SqlParams, compile_sql
from journeys.rules.values import parse_span, parse_time, reference_path
from journeys.rules.where import matches_where, properties_of

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({}, ""),
        (5, ""),
        ({"all": [{"any": [{"nonsense": 1}]}]}, "/all/0/any/0"),
        ({"all": {}}, "/all"),
        ({"not": {"attribute": "a", "op": "gt", "value": "many"}}, "/not"),
        ({"attribute": "a", "op": "resembles", "value": 1}, "/op"),
        ({"attribute": "a", "op": "eq", "value": 1, "colour": "red"}, "/colour"),
        ({"attribute": "a", "op": "eq"}, ""),
        ({"attribute": "a", "op": "in", "value": "x"}, ""),
        ({"attribute": "a", "op": "before", "value": "soon"}, ""),
        ({"attribute": "a", "op": "between", "value": [1, "2026-01-01"]}, ""),
        ({"attribute": "a", "op": "eq", "value": float("nan")}, "/value"),
        ({"attribute": "a", "value": "Dear {{ event.name }}"}, ""),
        ({"event": "X", "within": "a while"}, "/within"),
        ({"event": "X", "count": -1}, "/count"),
        ({"event": "X", "where": {"a": [1]}}, "/where/a"),
        ({"event": "X", "where": {"a": {"op": "gt", "value": "b"}}}, "/where/a"),
        ({"event": "X", "sum": {"property": "total", "op": "most", "value": 1}}, "/sum/op"),
        ({"sequence": [{"event": "X"}]}, "/sequence"),
        ({"sequence": [{"event": "X"}, {"event": "Y", "count": 2}]}, "/sequence"),
        ({"score": {"model": "fit", "value": "high"}}, "/score/value"),
        ({"segment": "not-an-id"}, "/segment"),
        ({"message": {"action": "ignored"}}, "/message/action"),
    ],
)
def test_a_faulty_rule_points_at_its_fault(rule: Any, pointer: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_rule(rule)
    assert pointer in [fault.pointer for fault in raised.value.faults]


def test_a_rule_nested_without_end_is_refused() -> None:
    rule: dict[str, Any] = {"all": []}
    for _ in range(MAX_DEPTH + 2):
        rule = {"not": rule}
    with pytest.raises(InvalidInput, match="nested"):
        parse_rule(rule)


def test_a_rule_with_too_many_clauses_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too long"):
        parse_rule({"any": [{"lifecycle": "lead"}] * 500})


@pytest.mark.parametrize(
    "rule",
    [
        {"not": {"any": [{"attribute": "plan", "op": "exists"}, {"subscribed": "news"}]}},
        {"event": "Order Completed", "where": {"total": {"op": "gt", "value": 50}}, "within": "30d"},
        {"message": {"action": "opened", "node_id": "welcome"}},
    ],
)
def test_a_rule_is_written_as_it_was_read(rule: Any) -> None:
    assert dump_rule(parse_rule(rule)) == rule


def test_a_rule_about_the_enrollment_is_refused_where_there_is_none() -> None:
    for data in ({"attribute": "a", "value": "{{ event.b }}"}, {"message": {"action": "opened", "node_id": "x"}}):
        rule = parse_rule(data)
        assert has_references(rule)
        with pytest.raises(InvalidInput, match="inside a journey only"):
            compile_sql(rule, SqlParams(new_id(), NOW))


def test_values_are_bound_and_never_part_of_the_sql() -> None:
    params = SqlParams(new_id(), NOW)
    nasty = "x' OR true --"
    rule = parse_rule({"all": [{"attribute": nasty, "value": nasty}, {"event": nasty, "where": {nasty: nasty}}]})
    assert "OR true" not in compile_sql(rule, params)
    assert nasty in params.values.values()


@pytest.mark.parametrize(
    ("where", "properties", "matched"),
    [
        ({}, None, True),
        ({"plan": "pro"}, {"plan": "pro"}, True),
        ({"plan": "pro"}, {"plan": "Pro"}, False),
        ({"plan": "pro"}, None, False),
        ({"n": 1}, {"n": True}, False),
        ({"n": 1}, {"n": 1.0}, True),
        ({"n": 1}, {"n": "1"}, False),
        ({"cart.id": "c1"}, {"cart": {"id": "c1"}}, True),
        ({"cart_id": "{{ event.cart_id }}"}, {"cart_id": "c1"}, True),
        ({"cart_id": "{{ event.cart_id }}"}, {"cart_id": "c2"}, False),
        ({"cart_id": "{{ event.other }}"}, {}, False),
        ({"n": Comparison(op="gt", value=3)}, {"n": 4}, True),
        ({"n": Comparison(op="gt", value=3)}, {"n": "4"}, False),
        ({"n": Comparison(op="ne", value=3)}, {}, True),
        ({"items": Comparison(op="contains", value="a")}, {"items": ["a", "b"]}, True),
        ({"items": Comparison(op="contains", value="a")}, {"items": {"a": 1}}, False),
    ],
)
def test_a_where_matches_an_event(where: Any, properties: Any, matched: bool) -> None:
    assert matches_where(where, properties, {"cart_id": "c1"}) is matched


@pytest.mark.parametrize(
    ("pattern", "stored", "matched"),
    [
        ("*@fernweh.example", "ann@fernweh.example", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a*b*c", "a-b-b-c", True),
        ("*", "", True),
        ("a*a", "a", False),
        ("(*.)", "(x.)", True),
        ("line*", "line\nbreak", True),
    ],
)
def test_a_pattern_fits_the_whole_text(pattern: str, stored: str, matched: bool) -> None:
    assert (wildcard(pattern).fullmatch(stored) is not None) is matched


def test_a_pattern_with_many_stars_is_quick() -> None:
    started = datetime.now(UTC)
    assert wildcard("*a" * 25 + "b").fullmatch("a" * 3_000) is None
    assert datetime.now(UTC) - started < timedelta(seconds=2)


@pytest.mark.parametrize(
    ("value", "hour"), [("2026-06-01", 0), ("2026-06-01T09:30+02:00", 7), ("2026-06-01 09:30Z", 9)]
)
def test_times_are_read_in_their_zone(value: str, hour: int) -> None:
    at = parse_time(value)
    assert at is not None
    assert at.astimezone(UTC).hour == hour


@pytest.mark.parametrize("value", ["", "soon", "2026-13-01", "2026-02-30", "2026-06-01\n", "2026-06-01T25:00", 5, None])
def test_what_is_no_time_is_none(value: Any) -> None:
    assert parse_time(value) is None


def test_a_span_has_a_number_and_a_unit() -> None:
    assert parse_span("2w") == timedelta(days=14)
    with pytest.raises(ValueError, match="number and a unit"):
        parse_span("0d")


def test_a_reference_is_a_path_into_the_event() -> None:
    assert reference_path("{{ event.cart.id }}") == ("cart", "id")
    assert reference_path("{{ contact.name }}") is None
    assert reference_path("plain") is None


def test_a_verdict_names_the_clause_that_decided() -> None:
    rule = parse_rule({"all": [{"attribute": "country", "op": "in", "value": ["DE"]}, {"event": "Order Completed"}]})
    verdict = evaluate(rule, Facts(now=NOW, attributes={"country": "DE"}))
    assert not verdict.matched
    assert (verdict.deciding.path, verdict.deciding.why) == ("/all/1", "Order Completed: 0, ever")


def test_an_any_that_holds_names_its_first_clause_that_does() -> None:
    rule = parse_rule({"any": [{"lifecycle": "lead"}, {"not": {"subscribed": "news"}}]})
    verdict = evaluate(rule, Facts(now=NOW, attributes={}, topics={"news": False}))
    assert verdict.matched
    assert (verdict.deciding.path, verdict.deciding.why) == ("/any/1/not", "not subscribed to news")


def test_sums_are_exact() -> None:
    rule = parse_rule({"event": "Order", "within": "1d", "sum": {"property": "total", "op": "eq", "value": 0.3}})
    orders = [EventFact("Order", NOW, {"total": 0.1}), EventFact("Order", NOW, {"total": 0.2})]
    assert evaluate(rule, Facts(now=NOW, events=orders)).matched


def test_the_node_of_an_engagement_event_is_a_property_like_any_other() -> None:
    message_id = new_id()
    opened = SimpleNamespace(properties=None, message_id=message_id, journey_id=None, node_id="welcome")
    assert properties_of(opened) == {"message_id": str(message_id), "node_id": "welcome"}
    assert matches_where({"node_id": "welcome"}, properties_of(opened))
