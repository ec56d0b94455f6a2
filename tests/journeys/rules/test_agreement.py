"""The two evaluators of rules agree: random rules over random contacts, in SQL on Postgres and in Python."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.rules.deciding import deciding_sql
from journeys.rules.evaluate import evaluate
from journeys.rules.facts import Facts
from journeys.rules.language import EVERYONE, All, EventRule, parse_rule
from journeys.rules.load import load_facts
from journeys.rules.sql import SqlParams, compile_sql
from journeys.rules.tally import Tally

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TEXTS = ["", "a", "A", "ab", "a%b", "a_b", "a*b", "\\", "Zoë", "5", "true", "2026-06-01", "2026-06-10T09:30:00Z"]
TIMES = ["2026-06-01", "2026-06-10T09:30:00Z", "2026-06-15T14:00:00+02:00", "2026-06-15 11:59:59.5", "2026-02-30"]
NUMBERS = [0, 1, -1, 5, 5.0, 0.1, 0.3, 1e6, 2.5]
EVENTS = ["Signed Up", "Order Completed", "Email Opened"]
SEGMENTS = [UUID(int=1), UUID(int=2)]
MODELS = ["fit", "engagement"]
TOPICS = ["marketing", "news", "unheard-of"]

texts = st.sampled_from([*TEXTS, *TIMES])
numbers = st.sampled_from(NUMBERS)
scalars = st.one_of(texts, numbers, st.booleans())
stored = st.one_of(scalars, st.none(), st.lists(scalars, max_size=3), st.just({"deep": 5}))
spans = st.sampled_from(["1d", "2w", "90d", "3h"])
references = st.sampled_from(["{{ event.a }}", "{{ event.deep.b }}", "{{ event.missing }}"])
documents = st.fixed_dictionaries({}, optional={"a": stored, "b": stored, "deep": st.fixed_dictionaries({"b": stored})})


def comparisons(refer: bool) -> st.SearchStrategy[dict[str, Any]]:
    values = st.one_of(scalars, references) if refer else scalars
    times = st.sampled_from(TIMES[:-1])
    return st.one_of(
        st.fixed_dictionaries({"op": st.sampled_from(["eq", "ne", "contains"]), "value": values}),
        st.fixed_dictionaries({"op": st.sampled_from(["in", "not_in"]), "value": st.lists(values, max_size=3)}),
        st.fixed_dictionaries({"op": st.just("starts_with"), "value": texts}),
        st.fixed_dictionaries({"op": st.just("matches"), "value": st.text("ab*?%_Z\\5", max_size=4)}),
        st.fixed_dictionaries({"op": st.sampled_from(["gt", "gte", "lt", "lte"]), "value": numbers}),
        st.fixed_dictionaries({"op": st.sampled_from(["before", "after"]), "value": times}),
        st.fixed_dictionaries({"op": st.just("between"), "value": st.lists(numbers, min_size=2, max_size=2)}),
        st.fixed_dictionaries({"op": st.just("between"), "value": st.lists(times, min_size=2, max_size=2)}),
        st.fixed_dictionaries({"op": st.just("within_last"), "value": spans}),
        st.fixed_dictionaries({"op": st.just("exists"), "value": st.booleans()}),
    )


def leaves(refer: bool) -> st.SearchStrategy[dict[str, Any]]:
    known = ["a", "b", "deep.b", "first_name", "country", "tags", "created_at", "missing"]
    names = st.sampled_from([*known, "event.a", "event.deep.b"] if refer else known)
    wheres = st.dictionaries(
        st.sampled_from(["a", "b", "deep.b", "node_id"]), st.one_of(scalars, comparisons(refer)), max_size=2
    )
    sums = st.fixed_dictionaries(
        {"property": st.just("a"), "op": st.sampled_from(["eq", "gt", "gte", "lt", "lte"]), "value": numbers}
    )
    return st.one_of(
        st.tuples(names, comparisons(refer)).map(lambda pair: {"attribute": pair[0], **pair[1]}),
        st.fixed_dictionaries(
            {"event": st.sampled_from(EVENTS)},
            optional={
                "where": wheres,
                "op": st.sampled_from(["at_least", "at_most", "exactly", "never"]),
                "count": st.integers(0, 3),
                "within": spans,
                "sum": sums,
            },
        ),
        st.fixed_dictionaries(
            {
                "sequence": st.lists(
                    st.fixed_dictionaries({"event": st.sampled_from(EVENTS)}, optional={"where": wheres}),
                    min_size=2,
                    max_size=3,
                )
            },
            optional={"within": spans},
        ),
        st.fixed_dictionaries(
            {
                "score": st.fixed_dictionaries(
                    {"model": st.sampled_from(MODELS), "value": numbers},
                    optional={"op": st.sampled_from(["eq", "gt", "gte", "lt", "lte"])},
                )
            }
        ),
        st.fixed_dictionaries({"segment": st.sampled_from([str(each) for each in SEGMENTS])}),
        st.fixed_dictionaries(
            {
                "message": st.fixed_dictionaries(
                    {"action": st.sampled_from(["sent", "delivered", "opened", "clicked", "bounced"])},
                    optional={"within": spans, **({"node_id": st.sampled_from(["welcome", "other"])} if refer else {})},
                )
            }
        ),
        st.fixed_dictionaries({"subscribed": st.sampled_from(TOPICS)}),
        st.fixed_dictionaries({"lifecycle": st.sampled_from(["lead", "customer"])}),
    )


def rules(refer: bool) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        leaves(refer),
        lambda inner: st.one_of(
            st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
            st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
            st.fixed_dictionaries({"not": inner}),
        ),
        max_leaves=5,
    )


occurrences = st.fixed_dictionaries(
    {
        "name": st.sampled_from(EVENTS),
        "age": st.sampled_from([timedelta(minutes=-1), timedelta(hours=2), timedelta(days=5), timedelta(days=40)]),
        "properties": documents,
        "node_id": st.sampled_from([None, "welcome", "a"]),
    }
)
mails = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["sent", "delivered", "bounced", "skipped", "sending"]),
        "node_id": st.sampled_from(["welcome", "other"]),
        "sent_at": st.sampled_from([None, NOW - timedelta(hours=5), NOW - timedelta(days=30)]),
        "opened_at": st.sampled_from([None, NOW - timedelta(hours=1)]),
        "clicked_at": st.sampled_from([None, NOW - timedelta(days=20)]),
    }
)
people = st.fixed_dictionaries(
    {
        "first_name": st.one_of(st.none(), texts),
        "country": st.sampled_from([None, "DE", "a"]),
        "lifecycle": st.sampled_from([None, "lead", "customer"]),
        "tags": st.lists(st.sampled_from(TEXTS[1:]), max_size=3, unique=True),
        "attributes": documents,
        "events": st.lists(occurrences, max_size=5),
        "messages": st.lists(mails, max_size=2),
        "scores": st.dictionaries(st.sampled_from(MODELS), numbers),
        "segments": st.sets(st.sampled_from(SEGMENTS)),
        "consents": st.dictionaries(st.sampled_from(TOPICS), st.sampled_from(["subscribed", "unsubscribed"])),
        "payload": st.one_of(st.none(), documents),
    }
)


@pytest.fixture
async def session(database: Database, workspace_id: UUID) -> AsyncIterator[AsyncSession]:
    """One transaction in a workspace with an opt-in topic, rolled back at the end."""
    async with database.workspace(workspace_id) as session:
        await session.execute(
            text("INSERT INTO topics (id, workspace_id, key, name, policy) VALUES (:id, :w, 'news', 'News', 'opt_in')"),
            {"id": new_id(), "w": workspace_id},
        )
        yield session
        await session.rollback()


async def insert(session: AsyncSession, workspace_id: UUID, person: dict[str, Any]) -> tuple[UUID, UUID]:
    """Write a person and everything known about them; return the ids of contact and enrollment."""
    contact_id, enrollment_id = new_id(), new_id()
    w = {"w": workspace_id, "c": contact_id}
    await session.execute(
        text("""INSERT INTO contacts (id, workspace_id, first_name, country, lifecycle, tags, attributes)
            VALUES (:c, :w, :first_name, :country, :lifecycle, :tags, CAST(:attributes AS jsonb))"""),
        {**w, **person, "attributes": to_json(person["attributes"])},
    )
    await session.execute(
        text("""INSERT INTO enrollments
                (id, workspace_id, journey_id, version_id, contact_id, batch_id, entry_node_id, payload)
            VALUES (:e, :w, :e, :e, :c, :e, 'start', CAST(:payload AS jsonb))"""),
        {**w, "e": enrollment_id, "payload": None if person["payload"] is None else to_json(person["payload"])},
    )
    for each in person["events"]:
        await session.execute(
            text("""INSERT INTO events (id, workspace_id, contact_id, type, name, occurred_at, node_id, properties)
                VALUES (:id, :w, :c, 'track', :name, :at, :node_id, CAST(:properties AS jsonb))"""),
            {**w, "id": new_id(), **each, "at": NOW - each["age"], "properties": to_json(each["properties"])},
        )
        await session.execute(
            text("""INSERT INTO contact_event_stats AS s (contact_id, name, workspace_id, n, first_at, last_at)
                VALUES (:c, :name, :w, 1, :at, :at) ON CONFLICT (contact_id, name) DO UPDATE SET n = s.n + 1"""),
            {**w, "name": each["name"], "at": NOW},
        )
    for visit, mail in enumerate(person["messages"]):
        await session.execute(
            text("""INSERT INTO messages (enrollment_id, node_id, visit, id, workspace_id, contact_id, category,
                    provider, state, queued_at, sent_at, opened_at, clicked_at)
                VALUES (:e, :node_id, :visit, :id, :w, :c, 'marketing', 'outbox', :state, :at, :sent_at, :opened_at,
                    :clicked_at)"""),
            {**w, **mail, "e": enrollment_id if visit == 0 else new_id(), "visit": visit, "id": new_id(), "at": NOW},
        )
    for model, value in person["scores"].items():
        await session.execute(
            text("INSERT INTO scores (contact_id, model, workspace_id, value) VALUES (:c, :model, :w, :value)"),
            {**w, "model": model, "value": Decimal(str(value))},
        )
    for segment in person["segments"]:
        await session.execute(
            text("INSERT INTO segment_members (segment_id, contact_id, workspace_id) VALUES (:s, :c, :w)"),
            {**w, "s": segment},
        )
    for topic, state in person["consents"].items():
        await session.execute(
            text("""INSERT INTO consents (contact_id, channel, topic, workspace_id, state, source)
                VALUES (:c, 'email', :topic, :w, :state, 'test')"""),
            {**w, "topic": topic, "state": state},
        )
    return contact_id, enrollment_id


async def by_sql(session: AsyncSession, rule: Any, params: SqlParams, ids: Sequence[UUID] = ()) -> set[UUID]:
    """Return the contacts that match, and check that the expression is never null."""
    matched = compile_sql(rule, params)
    joins = params.tally.joins("CAST(:w AS uuid)", "CAST(:ids AS uuid[])") if params.tally else ""
    rows = await session.execute(
        text(f"""SELECT c.id, {matched} AS matched
            FROM contacts c JOIN enrollments e ON e.contact_id = c.id {joins} WHERE c.workspace_id = :w"""),
        {"w": params.workspace_id, "ids": list(ids), **params.values},
    )
    found = list(rows)
    assert all(matched is not None for _, matched in found)
    return {contact_id for contact_id, matched in found if matched}


async def clauses(session: AsyncSession, rule: Any, params: SqlParams) -> dict[UUID, str]:
    """Return for each contact the clause that decided, as a trace would say it."""
    rows = await session.execute(
        text(f"""SELECT c.id, {deciding_sql(rule, params)} ->> 'clause'
            FROM contacts c JOIN enrollments e ON e.contact_id = c.id WHERE c.workspace_id = :w"""),
        {"w": params.workspace_id, **params.values},
    )
    return dict(rows.all())


def by_python(rule: Any, facts: dict[UUID, Facts]) -> set[UUID]:
    return {contact_id for contact_id, known in facts.items() if evaluate(rule, known).matched}


check = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@check
@given(people=st.lists(people, min_size=1, max_size=4), data=st.lists(rules(refer=True), min_size=6, max_size=6))
async def test_both_evaluators_agree_on_enrollments(
    session: AsyncSession, workspace_id: UUID, people: list[dict[str, Any]], data: list[dict[str, Any]]
) -> None:
    async with session.begin_nested() as savepoint:
        ids = [(*await insert(session, workspace_id, person), person["payload"]) for person in people]
        for rule in map(parse_rule, data):
            loaded = await load_facts(session, workspace_id, [contact_id for contact_id, _, _ in ids], rule, NOW)
            facts = {
                contact_id: Facts(**{**vars(loaded[contact_id]), "payload": payload, "enrollment_id": enrollment_id})
                for contact_id, enrollment_id, payload in ids
            }
            params = SqlParams(workspace_id, NOW, enrollment="e")
            assert await by_sql(session, rule, params) == by_python(rule, facts)
            decided = {contact_id: evaluate(rule, known).deciding.path for contact_id, known in facts.items()}
            assert await clauses(session, rule, SqlParams(workspace_id, NOW, enrollment="e")) == decided
        await savepoint.rollback()


@check
@given(people=st.lists(people, min_size=1, max_size=4), data=st.lists(rules(refer=False), min_size=6, max_size=6))
async def test_every_form_of_sql_agrees_with_python_on_contacts(
    session: AsyncSession, workspace_id: UUID, people: list[dict[str, Any]], data: list[dict[str, Any]]
) -> None:
    async with session.begin_nested() as savepoint:
        ids = [(await insert(session, workspace_id, person))[0] for person in people]
        for rule in map(parse_rule, data):
            expected = by_python(rule, await load_facts(session, workspace_id, ids, rule, NOW))
            assert await by_sql(session, rule, SqlParams(workspace_id, NOW)) == expected
            assert await by_sql(session, rule, SqlParams(workspace_id, NOW, whole=True)) == expected
            assert await by_sql(session, rule, SqlParams(workspace_id, NOW, tally=Tally()), ids) == expected
        await savepoint.rollback()


def test_an_empty_all_is_everyone() -> None:
    assert compile_sql(EVERYONE, SqlParams(new_id(), NOW)) == "(TRUE)"
    assert evaluate(All(all=[]), Facts(now=NOW)).matched


def test_an_event_rule_without_conditions_reads_the_roll_up() -> None:
    rule = parse_rule({"event": "Signed Up"})
    assert isinstance(rule, EventRule)
    assert "contact_event_stats" in compile_sql(rule, SqlParams(new_id(), NOW))
