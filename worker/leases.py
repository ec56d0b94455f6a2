"""Leases on the partitions of the event queue: each partition is routed by one router at a time, with a fence."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.enrollments.routing import Lease
from journeys.events.models import ROUTER_PARTITIONS

LEASE = timedelta(seconds=10)


async def claim_partitions(session: AsyncSession, owner: UUID, routers: int = 1) -> Lease:
    """Prolong what this router holds and take what is free, up to its share; a partition taken gets the next fence."""
    await session.execute(
        text("""
            INSERT INTO router_leases (partition) SELECT n FROM generate_series(0, :last) AS n ON CONFLICT DO NOTHING
        """),
        {"last": ROUTER_PARTITIONS - 1},
    )
    rows = await session.execute(
        text("""
            WITH live AS (SELECT count(DISTINCT owner) AS n FROM router_leases
                          WHERE expires_at > clock_timestamp() AND owner <> :owner),
            ranked AS (SELECT partition, row_number() OVER (PARTITION BY owner ORDER BY partition) AS nth
                       FROM router_leases),
            surplus AS (SELECT partition FROM ranked, live WHERE nth > ceil(:partitions / (live.n + 1.0))),
            mine AS (
                SELECT partition, owner = :owner AND expires_at > clock_timestamp() AS held FROM router_leases
                WHERE owner = :owner OR owner IS NULL OR expires_at <= clock_timestamp()
                   OR partition IN (SELECT partition FROM surplus)
                ORDER BY (owner = :owner) DESC NULLS LAST, partition
                LIMIT (SELECT ceil(:partitions / (n + 1.0)) FROM live) FOR UPDATE SKIP LOCKED)
            UPDATE router_leases l SET owner = :owner, expires_at = clock_timestamp() + :lease,
                fence = l.fence + CASE WHEN mine.held THEN 0 ELSE 1 END
            FROM mine WHERE l.partition = mine.partition RETURNING l.partition, l.fence
        """),
        {"owner": owner, "lease": LEASE, "partitions": ROUTER_PARTITIONS},
    )
    return Lease(owner, dict(rows.all()))


async def release_partitions(session: AsyncSession, owner: UUID) -> None:
    """Give back what this router holds, so that another need not wait for the lease to run out."""
    await session.execute(
        text("UPDATE router_leases SET owner = NULL, expires_at = clock_timestamp() WHERE owner = :owner"),
        {"owner": owner},
    )
