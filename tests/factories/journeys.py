"""Make workspaces with contacts and published journeys from hand-written plans, for tests of the engine."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from journeys.db.ids import new_id, new_ids
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.graph.plan import Plan, PlanNode
from journeys.graph.settings import JourneySettings
from journeys.nodes.ops import Hold, Op, SendEmail, Trigger
from tests.conftest import make_workspace


def node(name: str, op: Op, *, closes_loop: Sequence[str] = (), **outlets: Any) -> PlanNode:
    """Return a plan node; outlets by name."""
    return PlanNode(
        id=name,
        kind=op.op,
        title=name.replace("_", " ").capitalize(),
        op=op,
        next={outlet.removesuffix("_"): target for outlet, target in outlets.items()},
        closes_loop=list(closes_loop),
    )


def trigger(target: str | None, event: str = "Signed Up", **config: Any) -> PlanNode:
    """Return an event trigger that leads to a node."""
    return node("start", Trigger(source="event", event=event, **config), next=target)


async def publish_plan(
    database: Database, workspace_id: UUID, nodes: Sequence[PlanNode], *, state: str = "live", **settings: Any
) -> LoadedPlan:
    """Store a journey whose live version has this plan."""
    plan = Plan(
        nodes={each.id: each for each in nodes},
        triggers=[each.id for each in nodes if each.is_trigger],
        stages={},
        settings=JourneySettings(**settings),
    )
    journey_id, version_id = new_id(), new_id()
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO journeys (id, workspace_id, name, slug, state, live_version_id)
                VALUES (:id, :workspace_id, 'Welcome', :slug, :state, :version_id)
            """),
            {
                "id": journey_id,
                "workspace_id": workspace_id,
                "slug": f"welcome-{journey_id.hex[-6:]}",
                "state": state,
                "version_id": version_id,
            },
        )
        await session.execute(
            text("""
                INSERT INTO journey_versions (id, workspace_id, journey_id, number, hash, graph, settings, plan)
                VALUES (:id, :workspace_id, :journey_id, 1, 'h', '{}', '{}', CAST(:plan AS jsonb))
            """),
            {
                "id": version_id,
                "workspace_id": workspace_id,
                "journey_id": journey_id,
                "plan": to_json(plan.model_dump(mode="json")),
            },
        )
        return await get_plan(session, version_id)


async def make_contacts(database: Database, workspace_id: UUID, n: int, **columns: Any) -> list[UUID]:
    """Insert contacts person0@example.com and on; return their ids in order."""
    ids = new_ids(n)
    rows = [
        {"id": each, "email": f"person{index}@example.com", "first_name": f"P{index}", **columns}
        for index, each in enumerate(ids)
    ]
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO contacts (id, workspace_id, email, first_name, country, time_zone, attributes)
                SELECT id, :workspace_id, email, first_name, country, time_zone, coalesce(attributes, '{}')
                FROM jsonb_to_recordset(CAST(:rows AS jsonb))
                     AS x(id uuid, email text, first_name text, country text, time_zone text, attributes jsonb)
            """),
            {"workspace_id": workspace_id, "rows": to_json(rows)},
        )
    return ids


async def make_mail(database: Database, workspace_id: UUID, subject: str = "Hello {{ contact.first_name }}") -> UUID:
    """Insert a template version and return its id."""
    version_id = new_id()
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO template_versions (id, workspace_id, content_hash, subject, html)
                VALUES (:id, :workspace_id, :hash, :subject, :html)
            """),
            {
                "id": version_id,
                "workspace_id": workspace_id,
                "hash": version_id.hex,
                "subject": subject,
                "html": '<html><body><p>Hi {{ contact.first_name }}</p><a href="{{ unsubscribe_url }}">out</a></body></html>',
            },
        )
    return version_id


def send(version_id: UUID, **config: Any) -> SendEmail:
    """Return the op of a marketing mail."""
    return SendEmail(
        template_version_id=version_id, **{"category": "marketing", "attributes": ["first_name"], **config}
    )


async def publish_two_mails(database: Database, pause_seconds: int) -> LoadedPlan:
    """Publish, in a workspace of its own, a journey of two mails with a pause between them."""
    workspace_id = await make_workspace(database)
    mail = await make_mail(database, workspace_id)
    return await publish_plan(
        database,
        workspace_id,
        [
            trigger("hello"),
            node("hello", send(mail), sent="pause", skipped="pause", failed="pause"),
            node("pause", Hold(seconds=pause_seconds), next="again"),
            node("again", send(mail), sent=None, skipped=None, failed=None),
        ],
    )
