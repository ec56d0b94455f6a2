"""Run journeys on real Postgres without Temporal: stages are called as the run would, on a clock that the test turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import httpx
from sqlalchemy import text

from journeys.connectors.base import MailProvider
from journeys.contracts import MAX_TOKENS, StageOrder, Token
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.custom import ActivityRunner, NoActivities
from journeys.enrollments.entry import Candidate, enter, give_run
from journeys.enrollments.running import StageRunner
from journeys.enrollments.sending import Channel
from journeys.enrollments.stages import Opened
from journeys.graph.loading import LoadedPlan
from journeys.messaging.compose import CompiledMessage, TemplateSource, compile_message
from journeys.messaging.links import TrackingTokens


@dataclass
class BareMailroom:
    """One channel for everyone, but for connections that are named."""

    database: Database
    provider: MailProvider
    named: Mapping[str, MailProvider] = field(default_factory=dict)
    tokens: TrackingTokens = field(default_factory=lambda: TrackingTokens(b"test secret"))
    chunk_size: int = 1_000

    async def channel(self, workspace_id: UUID, connection: str | None, *, bulk: bool = False) -> Channel:
        return Channel(
            self.named.get(connection or "", self.provider), None, "shop@example.com", "Shop", "http://localhost:8000"
        )

    async def mail(self, workspace_id: UUID, template_version_id: UUID) -> CompiledMessage:
        async with self.database.workspace(workspace_id) as session:
            row = (
                await session.execute(
                    text("SELECT subject, preheader, html, mjml, text FROM template_versions WHERE id = :id"),
                    {"id": template_version_id},
                )
            ).one()
        return compile_message(TemplateSource(**row._mapping))

    async def globals(self, opened: Opened) -> dict[str, object]:
        return {"journey": {"name": "Welcome"}, "workspace": {"name": "Test"}}


@dataclass
class Engine:
    """Carries tokens by hand."""

    database: Database
    plan: LoadedPlan
    mailroom: BareMailroom
    activities: ActivityRunner = field(default_factory=NoActivities)
    run_id: UUID | None = None
    room: int = MAX_TOKENS

    async def enroll(self, contact_ids: list[UUID], trigger_id: str = "start", **candidate: object) -> list[Token]:
        """Let contacts in as one batch with a run; return its first token."""
        async with self.database.engine() as session:
            candidates = [Candidate(each, f"test:{each}", **candidate) for each in contact_ids]  # type: ignore[arg-type]
            run_id = new_id()
            entered = await enter(session, self.plan, trigger_id, candidates, run_id)
            if entered.token is None:
                return []
            self.run_id = run_id
            await give_run(session, self.plan, run_id, [entered.token])
        return [entered.token]

    def order(self, token: Token) -> StageOrder:
        assert self.run_id is not None
        plan = self.plan
        return StageOrder(
            run_id=self.run_id,
            workspace_id=plan.workspace_id,
            journey_id=plan.journey_id,
            version_id=plan.version_id,
            token=token,
            room=self.room,
        )

    async def stage(self, token: Token) -> list[Token]:
        """Run one stage."""
        async with httpx.AsyncClient() as http:
            runner = StageRunner(self.database, self.mailroom, http, self.activities)
            return await runner.run(self.order(token))

    async def run(self, tokens: list[Token]) -> list[Token]:
        """Run what is due until every token waits; return the waiting ones."""
        waiting = []
        while tokens:
            token = tokens.pop(0)
            if token.wake_at is not None:
                waiting.append(token)
            else:
                tokens += await self.stage(token)
        return waiting

    async def wake(self, tokens: list[Token]) -> list[Token]:
        """Let the batches' time come, as far as Postgres is concerned, and run on."""
        async with self.database.engine() as session:
            await session.execute(
                text("UPDATE batches SET wake_at = now() - interval '1 second' WHERE id = ANY(:ids)"),
                {"ids": [token.batch_id for token in tokens]},
            )
            await session.execute(
                text("UPDATE waits SET deadline_at = now() - interval '1 second' WHERE batch_id = ANY(:ids)"),
                {"ids": [token.batch_id for token in tokens]},
            )
        return await self.run([token.model_copy(update={"wake_at": None}) for token in tokens])

    async def states(self) -> dict[str, int]:
        """Count enrollments by state."""
        rows = await self._rows("SELECT state, count(*) FROM enrollments WHERE version_id = :v GROUP BY 1")
        return dict(rows)

    async def steps(self, contact_id: UUID) -> list[tuple[str, str | None]]:
        """Return (node, outlet) of a contact's steps in order."""
        rows = await self._rows(
            "SELECT s.node_id, s.outlet FROM trace s JOIN enrollments e ON e.id = s.enrollment_id "
            "WHERE e.version_id = :v AND e.contact_id = :c ORDER BY s.at",
            c=contact_id,
        )
        return [(node_id, outlet) for node_id, outlet in rows]

    async def messages(self) -> dict[str, int]:
        """Count ledger rows by state and reason."""
        rows = await self._rows(
            "SELECT state || coalesce(': ' || reason, ''), count(*) FROM messages WHERE version_id = :v GROUP BY 1"
        )
        return dict(rows)

    async def now(self) -> datetime:
        """Return the database's clock."""
        return (await self._rows("SELECT now(), CAST(:v AS uuid)"))[0][0]  # type: ignore[no-any-return]

    async def _rows(self, sql: str, **params: object) -> list[tuple]:  # type: ignore[type-arg]
        async with self.database.engine() as session:
            result = await session.execute(text(sql), {"v": self.plan.version_id, **params})
            return [tuple(row) for row in result]
