"""The send ledger in SQL: claim a chunk, record what became of it, find what a dead attempt left open.

A claim is one statement that decides, for a chunk of a batch, who gets the mail and why others do not (see policy.py:
both must agree), and writes a row for each before anything is sent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.connectors.base import Outcome
from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.db.ids import first_id_of, new_ids
from journeys.db.json import to_json
from journeys.messaging.limits import DEFAULT_PRIORITY, Guard

OUTLET_SQL = """CASE WHEN m.state IN ('sent', 'delivered') THEN 'sent' WHEN m.state = 'skipped' THEN 'skipped'
    WHEN m.state IN ('failed', 'bounced', 'unknown') THEN 'failed' ELSE 'retry' END"""
"""By which outlet a ledger row `m` lets its enrollment out."""

DUE_SQL = "m.due_at"
"""When a ledger row `m` that is to be tried again is due; NULL leaves that to the stage."""

HELD_SQL = "m.reason IN ('quiet_hours', 'capped')"
"""Whether a row that is to be tried again was held back by a rule of ours, which its trace should tell."""

TOLD_SQL = "m.state IN ('sent', 'delivered') AND m.sent_at IS NOT NULL AND m.reason IS NULL"
"""Whether a ledger row `m` tells by itself that its enrollment left by `sent`: the view `trace` reads it there."""


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
    tag: str | None = None
    guard: Guard | None = None
    """What else may hold the mail back; None for mail that only consent and suppression stop."""
    zones: Sequence[Mapping[str, Any]] = ()
    """The local times of the batch's time zones, for the guard."""


class Claimed(NamedTuple):
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
         WHEN t.policy = 'opt_in' AND k.state IS DISTINCT FROM 'subscribed' THEN 'no_consent'"""
"""Why a contact may get no mail at all, or none of this topic; the CASE stays open for what else holds mail back."""

_JOINS = """
    LEFT JOIN contacts c ON c.id = m.contact_id
    LEFT JOIN suppressions s ON s.workspace_id = :workspace_id AND s.channel = 'email' AND s.address = c.email
    LEFT JOIN consents k ON k.contact_id = m.contact_id AND k.channel = 'email' AND k.topic = :topic
    CROSS JOIN (SELECT (SELECT policy FROM topics WHERE workspace_id = :workspace_id AND key = :topic) AS policy) t"""


_MEMBERS_TO_CLAIM = """
    SELECT e.id, e.visit, e.contact_id, e.payload, row_number() OVER (ORDER BY e.id) AS place, now() AS first_at,
           x.id IS NOT NULL AS known
    FROM enrollments e LEFT JOIN LATERAL (
        SELECT id FROM messages WHERE enrollment_id = e.id AND node_id = :node_id AND visit = e.visit LIMIT 1) x ON true
    WHERE e.batch_id = :batch_id AND e.state = 'active' AND (CAST(:after AS uuid) IS NULL OR e.id > :after)
    ORDER BY e.id LIMIT :size"""

_MEMBERS_TO_RECLAIM = """
    SELECT m.enrollment_id AS id, m.visit, m.contact_id, e.payload, m.id AS message_id, m.queued_at AS first_at
    FROM messages m JOIN enrollments e ON e.id = m.enrollment_id AND e.visit = m.visit AND e.state = 'active'
    WHERE m.enrollment_id = ANY(CAST(:ids AS uuid[])) AND m.node_id = :node_id
      AND ((m.state = 'deferred' AND (m.due_at IS NULL OR m.due_at <= now()))
           OR (m.state = 'sending' AND m.lease_until <= now()))
    FOR UPDATE OF m"""

_STATE = """CASE WHEN d.reason IS NULL THEN 'sending' WHEN d.due_at IS NOT NULL THEN 'deferred' ELSE 'skipped' END"""
_LEASE = "CASE WHEN d.reason IS NULL THEN now() + CAST(:lease AS interval) END"


async def claim_chunk(session: AsyncSession, claim: Claim, after: UUID | None, size: int) -> list[Claimed]:
    """Claim the next enrollments of a batch in id order; those that the ledger holds already come without message id.

    The caller holds the lock of the batch, so that no other attempt claims at the same time.
    """
    names, columns = _columns(claim.attributes)
    message_ids = new_ids(size)
    values = {**_params(claim), "after": after, "size": size, "ids": message_ids}
    await _lock_capped(session, claim, _MEMBERS_TO_CLAIM, values)
    # To look first and then insert costs less than ON CONFLICT, which writes every row and its log twice.
    rows = await session.execute(
        text(f"""
            WITH members AS MATERIALIZED ({_MEMBERS_TO_CLAIM}),
            decided AS MATERIALIZED ({_decide(claim, columns)}),
            claimed AS (
                INSERT INTO messages (id, enrollment_id, node_id, visit, workspace_id, journey_id, version_id, contact_id,
                    template_version_id, category, topic, tag, priority, provider, connection_id, to_address, state,
                    reason, due_at, claim_id, lease_until)
                SELECT (CAST(:ids AS uuid[]))[place], id, :node_id, visit, :workspace_id, :journey_id, :version_id,
                    contact_id, :template_version_id, :category, :topic, :tag, :message_priority, :provider,
                    :connection_id, email, {_STATE}, reason, due_at, :claim_id, {_LEASE}
                FROM decided d WHERE NOT known ORDER BY id)
            SELECT d.id, d.visit, CASE WHEN NOT d.known THEN d.place END, d.email, d.reason,
                d.payload{"".join(f", d.a{n}" for n in range(len(names)))}
            FROM decided d ORDER BY d.id
        """),
        values,
    )
    return _claimed(rows, names, dict(enumerate(message_ids, start=1)).get)


async def reclaim(
    session: AsyncSession, claim: Claim, enrollment_ids: Sequence[UUID], *, checked: bool
) -> list[Claimed]:
    """Claim rows again that are due or whose attempt died unsent; `checked` decides anew whether they may go."""
    names, columns = _columns(claim.attributes)
    values = {**_params(claim), "ids": list(enrollment_ids)}
    if checked:
        await _lock_capped(session, claim, _MEMBERS_TO_RECLAIM, values)
    rows = await session.execute(
        text(f"""
            WITH members AS MATERIALIZED ({_MEMBERS_TO_RECLAIM}),
            decided AS MATERIALIZED ({_decide(claim, columns, checked=checked)}),
            claimed AS (
                UPDATE messages m SET claim_id = :claim_id, to_address = d.email, reason = d.reason, due_at = d.due_at,
                    attempts = CASE WHEN d.reason IS NULL THEN attempts + 1 ELSE attempts END, state = {_STATE},
                    lease_until = {_LEASE}
                FROM decided d WHERE m.enrollment_id = d.id AND m.node_id = :node_id AND m.visit = d.visit)
            SELECT d.id, d.visit, d.message_id, d.email, d.reason, d.payload{"".join(f", d.a{n}" for n in range(len(names)))}
            FROM decided d ORDER BY d.id
        """),
        values,
    )
    return _claimed(rows, names)


def _decide(claim: Claim, columns: str, *, checked: bool = True) -> str:
    """Return the SQL that gives each member its contact, the reason why it gets no mail now, and when it is tried again."""
    guard = claim.guard if checked else None
    if guard is None:
        reason, due = f"{REASON_SQL} END" if checked else "CAST(NULL AS text)", "CAST(NULL AS timestamptz)"
        return f"SELECT m.*, c.email, {reason} AS reason, {due} AS due_at, {columns} FROM members m {_JOINS}"
    nth = "SELECT members.*, row_number() OVER (PARTITION BY contact_id ORDER BY id) - 1 AS nth FROM members"
    counted = f"({nth})" if guard.caps else "members"
    return f"""
        SELECT x.*, CASE WHEN x.reason IN ('quiet_hours', 'capped') THEN x.held_until END AS due_at FROM (
            SELECT m.*, c.email, {REASON_SQL} {guard.reason_sql()} END AS reason, {guard.due_sql("m.first_at")} AS held_until,
                {columns}
            FROM {counted} m {_JOINS} {guard.join_sql()}) x"""


async def _lock_capped(session: AsyncSession, claim: Claim, members: str, values: Mapping[str, Any]) -> None:
    """Where caps count a contact's mails, let one journey after the other do so."""
    if claim.guard is None or not claim.guard.caps:
        return
    sql = f"""
        WITH members AS MATERIALIZED ({members})
        SELECT 1 FROM contacts WHERE id IN (SELECT contact_id FROM members) ORDER BY id FOR NO KEY UPDATE"""
    await session.execute(text(sql), values)


async def list_zones(session: AsyncSession, batch_id: UUID, workspace_zone: str) -> list[str]:
    """Return the time zones of a batch's contacts."""
    zones = await session.scalars(
        text("""
            SELECT DISTINCT coalesce(c.time_zone, :workspace_zone) FROM enrollments e
            LEFT JOIN contacts c ON c.id = e.contact_id WHERE e.batch_id = :batch_id AND e.state = 'active'
        """),
        {"batch_id": batch_id, "workspace_zone": workspace_zone},
    )
    return list(zones)


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


def _claimed(
    rows: Iterable[Sequence[Any]], names: Sequence[str], id_of: Callable[[Any], UUID | None] = lambda told: told
) -> list[Claimed]:
    """Read rows; `id_of` gives the message id that the third column stands for."""
    whole = names == [""]
    return [
        Claimed(
            enrollment_id,
            visit,
            id_of(told),
            address,
            reason,
            (values[0] or {}) if whole else dict(zip(names, values, strict=True)),
            payload or {},
        )
        for enrollment_id, visit, told, address, reason, payload, *values in rows
    ]


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
        "tag": claim.tag,
        "message_priority": claim.guard.priority if claim.guard else DEFAULT_PRIORITY,
        "zones": to_json(list(claim.zones)),
        "zone_names": [row["zone"] for row in claim.zones],
        **(claim.guard.params() if claim.guard else {}),
    }


async def record_outcomes(session: AsyncSession, claim_id: UUID, outcomes: Sequence[Recorded]) -> int:
    """Record outcomes; only rows that this claim still holds change. Return how many did."""
    changed = 0
    plain = [each for each in outcomes if each[4].state == "sent" and each[4].provider_message_id is None]
    if plain:
        values = {"ids": [each[1] for each in plain], "node_id": plain[0][2], "claim_id": claim_id}
        changed += await _count_changed(session, _RECORD_SENT, values)
    others = [each for each in outcomes if each[4].state != "sent" or each[4].provider_message_id is not None]
    if others:
        rows = [
            {
                "id": e,
                "node_id": n,
                "visit": v,
                "state": o.state,
                "reason": o.reason,
                "ref": o.provider_message_id,
                "free": o.free,
            }
            for _, e, n, v, o in others
        ]
        values = {"rows": to_json(rows), "claim_id": claim_id, "last": LAST_ATTEMPT, "retry_in": RETRY_IN}
        changed += await _count_changed(session, _RECORD_EACH, values)
    return changed


async def _count_changed(session: AsyncSession, statement: TextClause, values: Mapping[str, Any]) -> int:
    result = await session.execute(statement, values)
    count: int = result.rowcount  # type: ignore[attr-defined]  # an UPDATE gives a cursor's result
    return count


async def give_back(session: AsyncSession, claim: Claim, enrollment_ids: Sequence[UUID], reason: str) -> None:
    """Free a chunk of which the provider took nothing; that counts as no attempt, however long the provider is away."""
    await session.execute(
        text("""
            UPDATE messages SET state = 'deferred', reason = :reason, due_at = NULL, lease_until = NULL,
                attempts = attempts - 1
            WHERE enrollment_id = ANY(CAST(:ids AS uuid[])) AND node_id = :node_id AND claim_id = :claim_id
              AND state = 'sending'
        """),
        {"ids": list(enrollment_ids), "node_id": claim.node_id, "claim_id": claim.claim_id, "reason": reason[:300]},
    )


RETRY_IN = timedelta(minutes=2)
"""When mails that the provider put off (a greylist, a full mailbox) are tried again."""

LAST_ATTEMPT = 6
"""A mail that was deferred this often has failed."""

_RECORD_SENT = text("""
    UPDATE messages SET state = 'sent', sent_at = now(), lease_until = NULL
    WHERE enrollment_id = ANY(CAST(:ids AS uuid[])) AND node_id = :node_id AND claim_id = :claim_id
      AND state = 'sending'
""")

_RECORD_EACH = text("""
    UPDATE messages m SET
        state = CASE WHEN x.state = 'deferred' AND m.attempts >= :last AND NOT x.free THEN 'failed' ELSE x.state END,
        attempts = m.attempts - CASE WHEN x.free THEN 1 ELSE 0 END,
        reason = x.reason, provider_message_id = coalesce(x.ref, m.provider_message_id), lease_until = NULL,
        due_at = CASE WHEN x.state = 'deferred' THEN date_trunc('minute', now() + CAST(:retry_in AS interval)) END,
        sent_at = CASE WHEN x.state = 'sent' THEN now() END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS x(id uuid, node_id text, visit int, state text, reason text, ref text, free boolean)
    WHERE m.enrollment_id = x.id AND m.node_id = x.node_id AND m.visit = x.visit AND m.claim_id = :claim_id
      AND m.state = 'sending'
""")


@dataclass(frozen=True)
class OpenRow:
    """A row that an earlier attempt left: deferred and due, or `sending` with `alive_for` seconds of its lease to go."""

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
              AND (state = 'sending' OR (state = 'deferred' AND (due_at IS NULL OR due_at <= now())))
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


ABANDONED = "the attempt that was sending it died, and the contact has left the journey; it may have been sent"


async def settle_abandoned(session: AsyncSession) -> int:
    """Settle what was being sent, or put off, for people who have left meanwhile; return how many mails that is.

    What a dead attempt left in `sending` is unknown. For those who are still inside the next attempt at their stage settles it.
    """
    rows = await session.execute(
        text("""
            UPDATE messages m SET state = 'unknown', reason = :reason, lease_until = NULL FROM workspaces w
            WHERE m.workspace_id = w.id AND m.id > :since AND m.state = 'sending'
              AND m.lease_until < now() - interval '10 minutes'
              AND NOT EXISTS (SELECT 1 FROM enrollments e
                              WHERE e.id = m.enrollment_id AND e.visit = m.visit AND e.state = 'active')
            RETURNING 1
        """),
        {"reason": ABANDONED, "since": first_id_of(datetime.now(UTC) - timedelta(days=2))},
    )
    held = await session.execute(
        text("""
            UPDATE messages m SET state = 'skipped', reason = 'left the journey', due_at = NULL FROM workspaces w
            WHERE m.workspace_id = w.id AND m.id > :since AND m.state = 'deferred'
              AND NOT EXISTS (SELECT 1 FROM enrollments e
                              WHERE e.id = m.enrollment_id AND e.visit = m.visit AND e.state = 'active')
            RETURNING 1
        """),
        {"since": first_id_of(datetime.now(UTC) - timedelta(days=15))},
    )
    return len(rows.all()) + len(held.all())
