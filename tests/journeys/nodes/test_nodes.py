"""The node kinds: what they say of themselves, and what they compile to."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from journeys.db.session import Database
from journeys.nodes.base import CompileContext
from journeys.nodes.draws import DRAW_SQL, draw
from journeys.nodes.ops import (
    AttributeChange,
    Await,
    AwaitCondition,
    Change,
    End,
    Hold,
    HoldUntil,
    Mark,
    Op,
    OwnDate,
    PayloadField,
    Recurrence,
    Score,
    Subscribe,
    Trigger,
    Window,
)
from journeys.nodes.palette import palette
from journeys.nodes.registry import NODE_KINDS
from journeys.rules.language import LifecycleRule

CONTEXT = CompileContext(UUID(int=1), UUID(int=2), "here", {"hello": UUID(int=3)})


def compiled(kind: str, config: dict[str, Any]) -> Op:
    found = NODE_KINDS[kind]
    op: Op = found.compile(found.config.model_validate(config), CONTEXT)
    return op


@pytest.mark.parametrize(
    ("kind", "config", "op"),
    [
        (
            "event_trigger",
            {"event": "Cart Updated", "key": "cart_id"},
            Trigger(source="event", event="Cart Updated", key="cart_id"),
        ),
        ("api_trigger", {}, Trigger(source="api")),
        (
            "segment_trigger",
            {"segment_id": str(UUID(int=9)), "existing": True},
            Trigger(source="segment", segment_id=UUID(int=9), existing=True),
        ),
        (
            "schedule_trigger",
            {"every": "week", "weekday": "monday", "time": "08:00", "time_zone": "Europe/Berlin"},
            Trigger(
                source="schedule",
                recurrence=Recurrence(every="week", weekdays=[0], time="08:00", time_zone="Europe/Berlin"),
            ),
        ),
        (
            "date_trigger",
            {"attribute": "birthday", "yearly": True},
            Trigger(source="date", own_date=OwnDate(attribute="birthday", yearly=True)),
        ),
        (
            "attribute_trigger",
            {"attribute": "plan", "from": "free", "to": "pro"},
            Trigger(source="attribute", change=AttributeChange(attribute="plan", before="free", after="pro")),
        ),
        (
            "form_trigger",
            {"form": "newsletter", "where": {"city": "Graz"}},
            Trigger(source="event", event="Form Submitted", where={"city": "Graz", "form": "newsletter"}),
        ),
        (
            "subscribe",
            {"topic": "news", "on": False},
            Subscribe(topic="news", on=False),
        ),
        ("wait", {"days": 1, "hours": 2, "minutes": 3, "seconds": 4}, Hold(seconds=93_784)),
        (
            "wait_until",
            {"at": "2026-12-24T18:00:00Z"},
            HoldUntil(at=datetime(2026, 12, 24, 18, tzinfo=UTC), has_past=True),
        ),
        ("wait_until", {"weekday": "sunday", "time": "09:30"}, HoldUntil(weekday=[6], time="09:30")),
        (
            "wait_until",
            {"attribute": "birthday", "time": "08:00", "time_zone": "Asia/Tokyo"},
            HoldUntil(attribute="birthday", time="08:00", time_zone="Asia/Tokyo", has_past=True),
        ),
        (
            "wait_for_event",
            {"event": "Order Completed", "where": {"cart_id": "{{ event.cart_id }}"}, "timeout": {"hours": 72}},
            Await(event="Order Completed", where={"cart_id": "{{ event.cart_id }}"}, timeout_seconds=259_200),
        ),
        (
            "wait_until",
            {"attribute": "renewal", "offset_days": -7},
            HoldUntil(attribute="renewal", offset_days=-7, has_past=True),
        ),
        (
            "time_window",
            {"days": ["tuesday", "monday"], "start": "22:00", "end": "06:00"},
            Window(weekdays=[0, 1], start="22:00", end="06:00"),
        ),
        (
            "wait_for_condition",
            {"rule": {"lifecycle": "customer"}, "timeout": {"days": 1}},
            AwaitCondition(rule=LifecycleRule(lifecycle="customer"), timeout_seconds=86_400),
        ),
        (
            "score",
            {"model": "fit", "points": -5},
            Score(model="fit", action="add", points=-5, reason=f"journey {UUID(int=2)}, node here"),
        ),
        ("update_contact", {"set": {"plan": "pro", "old": None}}, Change(set={"plan": "pro", "old": None})),
        ("tag", {"add": ["a"], "remove": ["b"]}, Change(add_tags=["a"], remove_tags=["b"])),
        ("goal", {"label": "Bought"}, Mark()),
        ("exit", {"reason": "done"}, End(reason="done")),
    ],
)
def test_a_config_compiles_to_its_operation(kind: str, config: dict[str, Any], op: Op) -> None:
    assert compiled(kind, config) == op


def test_the_own_segment_of_a_trigger_keeps_its_id() -> None:
    first, second = (compiled("segment_trigger", {"rule": {"lifecycle": stage}}) for stage in ("lead", "customer"))
    assert isinstance(first, Trigger)
    assert isinstance(second, Trigger)
    assert first.segment_id == second.segment_id is not None


@pytest.mark.parametrize(
    ("kind", "config", "words"),
    [
        ("wait", {"days": 1, "hours": 12}, "Wait 1 day 12 hours"),
        (
            "wait_until",
            {"weekday": ["monday", "friday"], "time": "09:30"},
            "Wait until Monday or Friday 09:30, their time",
        ),
        ("wait_until", {"at": "2026-06-01T09:00", "time_zone": "UTC"}, "Wait until 1 June 2026 09:00, UTC"),
        ("wait_for_event", {"event": "X", "timeout": {"days": 3}}, "Wait for X, at most 3 days"),
        ("send_email", {"template_id": "hello"}, "Send: hello"),
        ("webhook", {"url": "https://example.org/a/b"}, "POST example.org"),
        ("exit", {}, "Leave the journey"),
        ("segment_trigger", {"segment_id": str(UUID(int=9)), "on": "left"}, "When someone leaves a segment"),
    ],
)
def test_a_node_says_in_words_what_it_does(kind: str, config: dict[str, Any], words: str) -> None:
    found = NODE_KINDS[kind]
    assert found.summary(found.config.model_validate(config)) == words


def test_the_palette_has_every_kind_with_the_schema_of_its_form() -> None:
    shown = palette()
    assert [each["kind"] for each in shown] == list(NODE_KINDS)
    for each in shown:
        assert "label" in each["config_schema"]["properties"]
        assert each["config_schema"]["additionalProperties"] is False
        assert all(each[part] for part in ("title", "group", "icon", "description"))


def test_a_moment_to_come_has_no_past() -> None:
    kind = NODE_KINDS["wait_until"]
    assert kind.outlets(kind.config.model_validate({"time": "09:00"})) == ("next",)
    assert kind.outlets(kind.config.model_validate({"attribute": "birthday"})) == ("next", "past")


async def test_a_draw_is_the_same_in_sql(database: Database) -> None:
    contacts = [uuid4() for _ in range(50)]
    async with database.engine() as session:
        rows = await session.execute(
            text(f"SELECT e.contact_id, {DRAW_SQL} FROM unnest(CAST(:ids AS uuid[])) AS e(contact_id)"),
            {"ids": contacts, "salt": "journey:node"},
        )
        assert {tuple(row) for row in rows} == {(contact, draw("journey:node", contact)) for contact in contacts}


def test_draws_spread_evenly_and_differ_by_salt() -> None:
    contacts = [UUID(int=n) for n in range(10_000)]
    halves = sum(draw("a", contact) < 0.5 for contact in contacts)
    both = sum(draw("a", contact) < 0.5 and draw("b", contact) < 0.5 for contact in contacts)
    assert 4_800 < halves < 5_200
    assert 2_350 < both < 2_650


def test_every_field_of_every_form_says_what_it_is_for() -> None:
    silent = []
    for kind in palette():
        schema = kind["config_schema"]
        parts = {
            kind["kind"]: schema,
            **{f"{kind['kind']}/{name}": each for name, each in schema.get("$defs", {}).items()},
        }
        for name, part in parts.items():
            if name.endswith(FORM_PARTS) or name == kind["kind"]:
                silent += [
                    f"{name}.{field}" for field, each in part.get("properties", {}).items() if "description" not in each
                ]
    assert silent == []


FORM_PARTS = ("Path", "Variant", "Duration", "InlineMail", "PayloadField")
"""Parts of forms that are forms themselves; rules have a builder of their own."""


@pytest.mark.parametrize(
    ("field", "payload", "misfit"),
    [
        ({"name": "n", "type": "number", "required": True}, {"n": 5}, None),
        ({"name": "n", "type": "number"}, {"n": True}, "this must be a number"),
        ({"name": "n", "type": "text"}, {"n": 5}, "this must be a text"),
        ({"name": "n", "type": "boolean"}, {"n": False}, None),
        ({"name": "n", "required": True}, {}, "this is required"),
        ({"name": "n"}, {}, None),
    ],
)
def test_a_payload_fits_its_fields(field: dict[str, Any], payload: dict[str, Any], misfit: str | None) -> None:
    assert PayloadField.model_validate(field).misfit(payload) == misfit
