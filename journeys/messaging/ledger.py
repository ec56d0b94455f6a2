"""The send ledger in SQL: claim a chunk, record what became of it, find what a dead attempt left open.

A claim is one statement that decides, for a chunk of a batch, who gets the mail and why others do not (see policy.py:
both must agree), and writes a row for each before anything is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.connectors.base import Outcome
from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.db.ids import new_ids
from journeys.db.json import to_json

OUTLET_SQL = """CASE WHEN m.state IN ('sent', 'delivered') THEN 'sent' WHEN m.state = 'skipped' THEN 'skipped'
    WHEN m.state IN ('failed', 'bounced', 'unknown') THEN 'failed' ELSE 'retry' END"""
"""By which outlet a ledger row `m` lets its enrollment out."""


@dataclass(frozen=True)
class Claim:
    """Which batch, at which node, sends what, by which attempt."""

    workspace_id: UUID
    journey_id: UUID
    version_id: UUID
    batch_id: UUID
    node_id: str
    template_version_id: UUID
    category: str
    topic: str | None
    provider: str
    connection_id: UUID | None
    claim_id: UUID
    lease: timedelta
    attributes: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """One enrollment of a chunk. `message_id` is None when the ledger held it before."""

    enrollment_id: UUID
    visit: int
    message_id: UUID | None
    address: str | None
    reason: str | None
    contact: Mapping[str, Any]
    payload: Mapping[str, Any]

    def key(self, node_id: str) -> str:
        """Return the key of the effect."""
        return f"{self.enrollment_id}:{node_id}:{self.visit}"


Recorded: TypeAlias = tuple[UUID, UUID, str, int, Outcome]
"""What became of a mail, with its message id, enrollment id, node id and visit."""

REASON_SQL = """
    CASE WHEN c.id IS NULL OR c.erased_at IS NOT NULL THEN 'erased'
         WHEN c.email IS NULL THEN 'no_address'
         WHEN s.reason IN ('bounced', 'complained') THEN s.reason
         WHEN s.scope = 'all' THEN 'suppressed'
         WHEN :category = 'transactional' THEN NULL
         WHEN s.scope = 'marketing' THEN CASE WHEN s.reason = 'unsubscribed' THEN 'unsubscribed' ELSE 'suppressed' END
         WHEN k.state = 'unsubscribed' THEN 'unsubscribed'
         WHEN t.policy = 'opt_in' AND k.state IS DISTINCT FROM 'subscribed' THEN 'no_consent' END"""

_JOINS = """
    LEFT JOIN contacts c ON c.id = m.contact_id
    LEFT JOIN suppressions s ON s.workspace_id = :workspace_id AND s.channel = 'email' AND s.address = c.email
    LEFT JOIN consents k ON k.contact_id = m.contact_id AND k.channel = 'email' AND k.topic = :topic
    LEFT JOIN topics t ON t.workspace_id = :workspace_id AND t.key = :topic"""


async def claim_chunk(session: AsyncSession, claim: Claim, after: UUID | None, size: int) -> list[Claimed]:
    """Claim the next enrollments of a batch in id order; those that the ledger holds already come without message id."""
    names, columns = _columns(claim.attributes)
    # IN hashes what was claimed; a join would compare every row with every other, for the planner expects one row.
    rows = await session.execute(
        text(f"""
            WITH members AS MATERIALIZED (
                SELECT e.id, e.visit, e.contact_id, e.payload, row_number() OVER (ORDER BY e.id) AS place
                FROM enrollments e
                WHERE e.batch_id = :batch_id AND e.state = 'active' AND (CAST(:after AS uuid) IS NULL OR e.id > :after)
                ORDER BY e.id LIMIT :size),
            decided AS MATERIALIZED (
                SELECT m.*, c.email, {REASON_SQL} AS reason, {columns} FROM members m {_JOINS}),
            claimed AS (
                INSERT INTO messages (id, enrollment_id, node_id, visit, workspace_id, journey_id, version_id, contact_id,
                    template_version_id, category, topic, provider, connection_id, to_address, state, reason, claim_id,
                    lease_until)
                SELECT (CAST(:ids AS uuid[]))[place], id, :node_id, visit, :workspace_id, :journey_id, :version_id,
                    contact_id, :template_version_id, :category, :topic, :provider, :connection_id, email,
                    CASE WHEN reason IS NULL THEN 'sending' ELSE 'skipped' END, reason, :claim_id,
                    CASE WHEN reason IS NULL THEN now() + CAST(:lease AS interval) END
                FROM decided ORDER BY id
                ON CONFLICT (enrollment_id, node_id, visit) DO NOTHING RETURNING enrollment_id)
            SELECT d.id, d.visit,
                CASE WHEN d.id IN (SELECT enrollment_id FROM claimed) THEN (CAST(:ids AS uuid[]))[d.place] END,
                d.email, d.reason, d.payload{"".join(f", d.a{n}" for n in range(len(names)))}
            FROM decided d ORDER BY d.id
        """),
        {**_params(claim), "after": after, "size": size, "ids": new_ids(size)},
    )
    return [_claimed(row, names) for row in rows]


async def reclaim(
    session: AsyncSession, claim: Claim, enrollment_ids: Sequence[UUID], *, checked: bool
) -> list[Claimed]:
    """Claim rows again that were deferred or whose attempt died unsent; `checked` decides anew whether they may go."""
    names, columns = _columns(claim.attributes)
    reason = REASON_SQL if checked else "CAST(NULL AS text)"
    rows = await session.execute(
        text(f"""
            WITH decided AS MATERIALIZED (
                SELECT m.enrollment_id AS id, m.visit, m.id AS message_id, m.contact_id, e.payload, c.email,
                    {reason} AS reason, {columns}
                FROM messages m
                JOIN enrollments e ON e.id = m.enrollment_id AND e.visit = m.visit AND e.state = 'active' {_JOINS}
                WHERE m.enrollment_id = ANY(CAST(:ids AS uuid[])) AND m.node_id = :node_id
                  AND (m.state = 'deferred' OR (m.state = 'sending' AND m.lease_until <= now()))
                FOR UPDATE OF m),
            claimed AS (
                UPDATE messages m SET claim_id = :claim_id, attempts = attempts + 1, to_address = d.email,
                    reason = d.reason, state = CASE WHEN d.reason IS NULL THEN 'sending' ELSE 'skipped' END,
                    lease_until = CASE WHEN d.reason IS NULL THEN now() + CAST(:lease AS interval) END
                FROM decided d WHERE m.enrollment_id = d.id AND m.node_id = :node_id AND m.visit = d.visit)
            SELECT d.id, d.visit, d.message_id, d.email, d.reason, d.payload{"".join(f", d.a{n}" for n in range(len(names)))}
            FROM decided d ORDER BY d.id
        """),
        {**_params(claim), "ids": list(enrollment_ids)},
    )
    return [_claimed(row, names) for row in rows]


def _columns(attributes: Sequence[str] | None) -> tuple[list[str], str]:
    """Return the names to fetch and their select list; a lone empty name stands for the whole contact."""
    if attributes is None:
        return [""], "to_jsonb(c) - 'attributes' || c.attributes AS a0"
    names = list(dict.fromkeys(each.split(".")[0] for each in attributes))
    parts = []
    for index, name in enumerate(names):
        if name in (*STANDARD_ATTRIBUTES, "id", "tags", "created_at"):
            parts.append(f"c.{name} AS a{index}")
        else:
            quoted = name.replace("'", "''").replace(":", "\\:")
            parts.append(f"c.attributes -> '{quoted}' AS a{index}")
    return names, ", ".join(parts) or "1"


def _claimed(row: Sequence[Any], names: Sequence[str]) -> Claimed:
    values = row[6:]
    contact = (values[0] or {}) if list(names) == [""] else dict(zip(names, values, strict=True))
    return Claimed(row[0], row[1], row[2], row[3], row[4], contact, row[5] or {})


def _params(claim: Claim) -> dict[str, Any]:
    return {
        "workspace_id": claim.workspace_id,
        "journey_id": claim.journey_id,
        "version_id": claim.version_id,
        "batch_id": claim.batch_id,
        "node_id": claim.node_id,
        "template_version_id": claim.template_version_id,
        "category": claim.category,
        "topic": claim.topic,
        "provider": claim.provider,
        "connection_id": claim.connection_id,
        "claim_id": claim.claim_id,
        "lease": claim.lease,
    }


async def record_outcomes(session: AsyncSession, claim_id: UUID, outcomes: Sequence[Recorded]) -> None:
    """Record outcomes; only rows that this claim still holds change."""
    plain = [each for each in outcomes if each[4].state == "sent" and each[4].provider_message_id is None]
    if plain:
        await session.execute(
            text("""
                UPDATE messages SET state = 'sent', sent_at = now(), lease_until = NULL
                WHERE enrollment_id = ANY(CAST(:ids AS uuid[])) AND node_id = :node_id AND claim_id = :claim_id
                  AND state = 'sending'
            """),
            {"ids": [each[1] for each in plain], "node_id": plain[0][2], "claim_id": claim_id},
        )
    others = [each for each in outcomes if each[4].state != "sent" or each[4].provider_message_id is not None]
    if others:
        rows = [
            {"id": e, "node_id": n, "visit": v, "state": o.state, "reason": o.reason, "ref": o.provider_message_id}
            for _, e, n, v, o in others
        ]
        await session.execute(_RECORD_EACH, {"rows": to_json(rows), "claim_id": claim_id, "last": LAST_ATTEMPT})


async def give_back(session: AsyncSession, claim: Claim, enrollment_ids: Sequence[UUID], reason: str) -> None:
    """Free a chunk of which the provider took nothing; that counts as no attempt, however long the provider is away."""
    await session.execute(
        text("""
            UPDATE messages SET state = 'deferred', reason = :reason, lease_until = NULL, attempts = attempts - 1
            WHERE enrollment_id = ANY(CAST(:ids AS uuid[])) AND node_id = :node_id AND claim_id = :claim_id
              AND state = 'sending'
        """),
        {"ids": list(enrollment_ids), "node_id": claim.node_id, "claim_id": claim.claim_id, "reason": reason[:300]},
    )


LAST_ATTEMPT = 6
"""A mail that was deferred this often has failed."""

_RECORD_EACH = text("""
    UPDATE messages m SET
        state = CASE WHEN x.state = 'deferred' AND m.attempts >= :last THEN 'failed' ELSE x.state END,
        reason = x.reason, provider_message_id = coalesce(x.ref, m.provider_message_id), lease_until = NULL,
        sent_at = CASE WHEN x.state = 'sent' THEN now() END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, node_id text, visit int, state text, reason text, ref text)
    WHERE m.enrollment_id = x.id AND m.node_id = x.node_id AND m.visit = x.visit AND m.claim_id = :claim_id
      AND m.state = 'sending'
""")


@dataclass(frozen=True)
class OpenRow:
    """A row that an earlier attempt left: deferred, or `sending` with `alive_for` seconds of its lease to go."""

    enrollment_id: UUID
    visit: int
    message_id: UUID
    state: str
    alive_for: float


async def list_open(session: AsyncSession, node_id: str, enrollment_ids: Sequence[UUID]) -> list[OpenRow]:
    """Return those of the rows held before that are not settled."""
    rows = await session.execute(
        text("""
            SELECT enrollment_id, visit, id, state,
                   coalesce(extract(epoch FROM lease_until - now()), 0)::float8 AS alive_for
            FROM messages WHERE enrollment_id = ANY(CAST(:ids AS uuid[])) AND node_id = :node_id
              AND state IN ('sending', 'deferred')
        """),
        {"ids": list(enrollment_ids), "node_id": node_id},
    )
    return [OpenRow(*row) for row in rows]


async def settle(
    session: AsyncSession, node_id: str, enrollment_ids: Sequence[UUID], state: str, reason: str | None
) -> None:
    """Settle rows of a dead attempt by what the provider could tell: `sent`, or `unknown` when nothing can."""
    await session.execute(
        text("""
            UPDATE messages SET state = :state, reason = :reason, lease_until = NULL,
                sent_at = CASE WHEN :state = 'sent' THEN coalesce(sent_at, now()) END
            WHERE enrollment_id = ANY(CAST(:ids AS uuid[])) AND node_id = :node_id AND state = 'sending'
              AND lease_until <= now()
        """),
        {"ids": list(enrollment_ids), "node_id": node_id, "state": state, "reason": reason},
    )
