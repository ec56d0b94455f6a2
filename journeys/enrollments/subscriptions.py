"""Subscribe the contacts of a batch to a topic, or unsubscribe them."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.events.queue import partition_sql
from journeys.graph.plan import PlanNode
from journeys.nodes.ops import Subscribe

if TYPE_CHECKING:
    from journeys.enrollments.walk import Place

KEPT = "they unsubscribed before, and stay so"

_WRITE = text("""
    WITH members AS MATERIALIZED (
        SELECT DISTINCT contact_id, workspace_id FROM enrollments WHERE batch_id = :batch_id AND state = 'active'),
    written AS (
        INSERT INTO consents AS k (contact_id, channel, topic, workspace_id, state, source)
        SELECT contact_id, 'email', :topic, workspace_id, :state, :source FROM members ORDER BY contact_id
        ON CONFLICT (contact_id, channel, topic) DO UPDATE SET state = excluded.state, source = excluded.source, at = now()
            WHERE k.state <> excluded.state AND (:forced OR k.state = 'subscribed')
        RETURNING contact_id)
    SELECT e.id FROM enrollments e JOIN consents k ON k.contact_id = e.contact_id AND k.channel = 'email' AND k.topic = :topic
    WHERE e.batch_id = :batch_id AND e.state = 'active' AND k.state = 'unsubscribed' AND :state = 'subscribed'
      AND NOT :forced
""")

# Rules may look at subscriptions, so the router looks at the contacts again.
_REQUEUE = text(f"""
    INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at)
    SELECT DISTINCT {partition_sql("contact_id")}, gen_random_uuid(), workspace_id, contact_id, 'profile', '', now()
    FROM enrollments WHERE batch_id = :batch_id AND state = 'active'
""")


async def apply(
    session: AsyncSession, batch_id: UUID, place: "Place", node: PlanNode, op: Subscribe
) -> dict[UUID, str]:
    """Write down what a node says about a topic; return the enrollments for which it may not, with the reason."""
    kept = await session.scalars(
        _WRITE,
        {
            "batch_id": batch_id,
            "topic": op.topic,
            "state": "subscribed" if op.on else "unsubscribed",
            "source": f"journey:{place.journey_id}:{node.id}",
            "forced": op.again or not op.on,
        },
    )
    reasons = dict.fromkeys(kept, KEPT)
    await session.execute(_REQUEUE, {"batch_id": batch_id})
    return reasons
