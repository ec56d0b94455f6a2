"""The normalizer: any message becomes an event that Postgres can store, or is refused by name."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journeys.db.ids import new_id
from journeys.errors import Fault
from journeys.events.clock import AHEAD, LONGEST_BACK, place_in_time
from journeys.events.normalize import EVENT_BYTES, Incoming, Received, Refused, normalize
from journeys.events.people import IdKey, People, Person, ids_of
from journeys.events.segment_spec import MESSAGE_TYPES
from journeys.events.traits import COLUMNS, read_traits
from journeys.events.wire import NotReadable, parse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORKSPACE = new_id()
REQUEST = Received(WORKSPACE, NOW)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ids = st.none() | st.sampled_from(["", "u1", "u2", "a1"]) | st.integers() | json_values
messages = st.fixed_dictionaries(
    {"type": st.sampled_from(MESSAGE_TYPES) | json_values, "userId": ids, "anonymousId": ids},
    optional={
        "event": st.text(max_size=300) | json_values,
        "traits": json_values,
        "properties": json_values,
        "context": json_values,
        "timestamp": st.datetimes().map(str) | json_values,
        "groupId": ids,
        "previousId": ids,
        "messageId": ids,
    },
)
moments = st.datetimes(timezones=st.just(UTC))


def _event_or_faults(body: bytes) -> Incoming | list[Fault]:
    try:
        return normalize(parse(body), REQUEST)
    except Refused as error:
        return error.faults


@given(messages | json_values)
def test_any_json_is_an_event_or_refused_by_field(message: Any) -> None:
    body = json.dumps(message).encode()
    event = _event_or_faults(body)
    if isinstance(event, list):
        assert event
        assert all(fault.message for fault in event)
        return
    written = orjson.dumps([event])
    assert b"\\u0000" not in written
    assert event.user_id or event.anonymous_id
    assert event.name
    assert NOW - LONGEST_BACK <= event.occurred_at <= NOW + AHEAD


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused(body: bytes) -> None:
    with suppress(NotReadable):
        orjson.dumps(parse(body))


@given(st.none() | moments, st.none() | moments, moments, st.integers(30, 2_000))
def test_every_clock_leads_to_a_time_that_has_a_partition(
    timestamp: datetime | None, sent_at: datetime | None, received_at: datetime, retain_days: int
) -> None:
    if not datetime(1000, 1, 1, tzinfo=UTC) < received_at < datetime(9000, 1, 1, tzinfo=UTC):
        received_at = NOW
    moment, note = place_in_time(timestamp, sent_at, received_at, retain_days)
    assert received_at - min(timedelta(days=retain_days), LONGEST_BACK) <= moment <= received_at + AHEAD
    assert note is None or moment == received_at


@given(st.dictionaries(st.text(max_size=10) | st.sampled_from(["email", "timezone", "phone", "country"]), json_values))
@example({"timeZone": None, "timezone": None})
def test_no_trait_is_lost(traits: dict[str, Any]) -> None:
    read = read_traits(traits)
    kept = len(read.columns) + len(read.attributes)
    meant = {COLUMNS.get(name, name) for name in traits}  # two spellings of one column are one trait
    assert kept >= len(meant) or "address" in traits
    assert all(value is None or isinstance(value, str) for value in read.columns.values())


def test_a_trait_that_does_not_fit_its_column_is_kept_with_a_note() -> None:
    read = read_traits({"email": "nobody", "timezone": "Moon/Base", "country": ["DE"], "phone": 49})
    assert read.columns == {"phone": "49"}
    assert read.attributes == {"refused_email": "nobody", "refused_time_zone": "Moon/Base", "refused_country": ["DE"]}
    assert len(read.notes) == 3


@pytest.mark.parametrize(
    ("properties", "value"),
    [({"revenue": 3, "total": 9}, 3.0), ({"value": "3", "total": 9.5}, 9.5), ({"revenue": True}, None), ({}, None)],
)
def test_the_value_is_the_first_number(properties: dict[str, Any], value: float | None) -> None:
    assert normalize({"type": "track", "userId": "u", "event": "E", "properties": properties}, REQUEST).value == value


def test_an_event_of_exactly_the_limit_is_taken() -> None:
    message = {"type": "track", "userId": "u", "event": "E", "properties": {"x": ""}}
    room = EVENT_BYTES - len(orjson.dumps(message))
    message["properties"] = {"x": "y" * room}
    assert normalize(message, REQUEST).name == "E"
    message["properties"] = {"x": "y" * (room + 1)}
    with pytest.raises(Refused, match="the limit is 32,768"):
        normalize(message, REQUEST)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(["track", "identify", "alias"]),
                "userId": st.sampled_from([None, "u1", "u2"]),
                "anonymousId": st.sampled_from([None, "a1", "a2"]),
                "previousId": st.sampled_from(["u1", "a1", "a2"]),
                "event": st.just("E"),
                "traits": st.sampled_from([{}, {"email": "x@example.com"}, {"email": "y@example.com"}]),
            }
        ),
        max_size=12,
    ),
    st.integers(0, 12),
)
def test_who_is_who_never_gives_one_id_to_two_contacts(sent: list[dict[str, Any]], cut: int) -> None:
    """Two batches, the second over what the first left, as the database would know it."""
    known: dict[IdKey, Person] = {}
    for part in (sent[:cut], sent[cut:]):
        events = []
        for message in part:
            try:
                events.append(normalize(message, REQUEST))
            except Refused:
                continue
        people = People({key: known[key] for key in ids_of(events) if key in known})
        owners = [people.person_of(event) for event in events]
        alive = {person for person in known.values() if not person.merged_into} | set(people.created())
        assert {owner.survivor for owner in owners} <= alive
        for unique in ("external_id", "email"):
            values = [value for person in alive if (value := getattr(person, unique))]
            assert len(values) == len(set(values)), unique
        assert all(visitor.merged_into and not person.survivor.merged_into for visitor, person in people.merges)
        known |= {key: person.survivor for key, person in people.links.items()}
        for person in alive:
            person.is_new = False
            if person.external_id:
                known[IdKey(WORKSPACE, "user", person.external_id)] = person
            if person.email:
                known[IdKey(WORKSPACE, "email", person.email)] = person
        known = {key: person.survivor for key, person in known.items()}
