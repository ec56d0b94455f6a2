"""The peers' pattern, written as well as we can: one workflow per contact, an activity per step, the same SQL and mails.

Run as a program it is both the worker and what starts the workflows, so that starts may be eager.
"""

import asyncio
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import redis.asyncio as redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

with workflow.unsafe.imports_passed_through():
    from journeys.connectors.base import Mail
    from journeys.db.ids import new_id
    from journeys.db.session import Database
    from journeys.enrollments.sending import unsubscribe_headers
    from journeys.graph.loading import LoadedPlan, get_plan
    from journeys.messaging import ledger
    from journeys.messaging.compose import CompiledMessage
    from journeys.messaging.ledger import Claim
    from journeys.messaging.links import MessageLinks, TrackingTokens
    from journeys.nodes.ops import SendEmail
    from journeys.settings import Settings
    from tests.bench.children import say_and_wait
    from tests.bench.recorders import NoOpProvider
    from tests.bench.world import WAIT_SECONDS
    from worker.mailroom import WorkspaceMailroom
    from worker.process import spare_collector

QUEUE = "per-contact"
STARTS_AT_ONCE = 20
STEP_TIMEOUT = timedelta(minutes=1)


@dataclass
class Passage:
    """One contact on its way."""

    enrollment_id: UUID
    batch_id: UUID
    local: bool


@dataclass
class Step:
    """What an activity is to do: for whom, at which node."""

    passage: Passage
    node_id: str


@workflow.defn
class PerContactWorkflow:
    """Mail, wait, branch, mail, end."""

    @workflow.run
    async def run(self, passage: Passage) -> None:
        await _step("send_mail", Step(passage, "first"))
        await workflow.sleep(WAIT_SECONDS)
        await _step("branch", Step(passage, "fork"))
        await _step("send_mail", Step(passage, "second"))
        await _step("end", Step(passage, "end"))


async def _step(name: str, step: Step) -> None:
    if step.passage.local:
        await workflow.execute_local_activity(name, step, start_to_close_timeout=STEP_TIMEOUT)
    else:
        await workflow.execute_activity(name, step, start_to_close_timeout=STEP_TIMEOUT)


class Steps:
    """The activities: single rows, through the same ledger and renderer as the engine's."""

    def __init__(self, database: Database, plan: LoadedPlan, mail: CompiledMessage) -> None:
        self._database, self._plan, self._mail = database, plan, mail
        self._provider = NoOpProvider()
        self._tokens = TrackingTokens(b"bench")

    @activity.defn
    async def send_mail(self, step: Step) -> None:
        """Claim, render, send, record."""
        claim = self._claim(step)
        async with self._database.workspace(self._plan.workspace_id) as session:
            [claimed] = await ledger.claim_chunk(session, claim, None, 1)
        assert claimed.message_id is not None
        links = MessageLinks.of(self._tokens, "http://localhost:8000", self._plan.workspace_id, claimed.message_id)
        rendered = self._mail.render({"contact": claimed.contact, "event": claimed.payload}, links)
        mail = Mail(
            key=claimed.key(step.node_id),
            workspace_id=self._plan.workspace_id,
            message_id=claimed.message_id,
            sender="shop@example.com",
            sender_name="Shop",
            to=claimed.address or "",
            to_name="",
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            headers=unsubscribe_headers(links),
        )
        [outcome] = await self._provider.send([mail])
        row = (claimed.message_id, claimed.enrollment_id, step.node_id, claimed.visit, outcome)
        async with self._database.workspace(self._plan.workspace_id) as session:
            await ledger.record_outcomes(session, claim.claim_id, [row])

    @activity.defn
    async def branch(self, step: Step) -> str:
        """Look at the contact and say which way it goes."""
        async with self._database.workspace(self._plan.workspace_id) as session:
            is_pro = await session.scalar(_IS_PRO, {"id": step.passage.enrollment_id})
            outlet = "pro" if is_pro else "else"
            await _note(session, step, outlet)
        return outlet

    @activity.defn
    async def end(self, step: Step) -> None:
        """Complete the passage."""
        async with self._database.workspace(self._plan.workspace_id) as session:
            await session.execute(_END, {"id": step.passage.enrollment_id, "node_id": step.node_id})

    async def enroll(self, contact_id: UUID, local: bool) -> Passage:
        """Let one contact in."""
        passage = Passage(new_id(), new_id(), local)
        plan = self._plan
        values = {"journey_id": plan.journey_id, "version_id": plan.version_id, "workspace_id": plan.workspace_id}
        async with self._database.workspace(plan.workspace_id) as session:
            await session.execute(
                _ENROLL,
                {"id": passage.enrollment_id, "batch_id": passage.batch_id, "contact_id": contact_id, **values},
            )
        return passage

    def _claim(self, step: Step) -> Claim:
        op = self._plan.plan.nodes[step.node_id].op
        assert isinstance(op, SendEmail)
        return Claim(
            workspace_id=self._plan.workspace_id,
            journey_id=self._plan.journey_id,
            version_id=self._plan.version_id,
            batch_id=step.passage.batch_id,
            node_id=step.node_id,
            template_version_id=op.template_version_id,
            category=op.category,
            topic="marketing",
            provider=self._provider.name,
            connection_id=None,
            claim_id=new_id(),
            lease=timedelta(seconds=10),
            attributes=op.attributes,
        )


_ENROLL = text("""
    WITH entered AS (
        INSERT INTO entries (journey_id, contact_id, key, workspace_id)
        VALUES (:journey_id, :contact_id, '', :workspace_id))
    INSERT INTO enrollments (id, workspace_id, journey_id, version_id, contact_id, batch_id, entry_node_id, cause)
    VALUES (:id, :workspace_id, :journey_id, :version_id, :contact_id, :batch_id, 'start', 'bench')
""")
_IS_PRO = text("""
    SELECT c.attributes ->> 'plan' = 'pro' FROM enrollments e JOIN contacts c ON c.id = e.contact_id WHERE e.id = :id
""")
_END = text("""
    UPDATE enrollments SET state = 'completed', ended_at = now(), end_node_id = :node_id
    WHERE id = :id AND state = 'active'
""")
_NOTE = text("""
    INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet)
    SELECT id, now(), :node_id, workspace_id, visit, :outlet FROM enrollments WHERE id = :id
""")


async def _note(session: AsyncSession, step: Step, outlet: str) -> None:
    values = {"id": step.passage.enrollment_id, "node_id": step.node_id, "outlet": outlet}
    await session.execute(_NOTE, values)


async def _carry(client: Client, steps: Steps, contact_ids: Sequence[UUID], *, local: bool, eager: bool) -> None:
    """Start a workflow for every contact, a few at once, and wait for all of them."""
    gate = asyncio.Semaphore(STARTS_AT_ONCE)

    async def carry(contact_id: UUID) -> None:
        async with gate:
            passage = await steps.enroll(contact_id, local)
            handle = await client.start_workflow(
                PerContactWorkflow.run,
                passage,
                id=str(passage.enrollment_id),
                task_queue=QUEUE,
                request_eager_start=eager,
            )
        await handle.result()

    await asyncio.gather(*(carry(each) for each in contact_ids))


async def main(version_id: UUID, segment_id: UUID, warm_up: int, variant: str) -> None:
    """Be ready after a warm-up; carry a segment when told to; then wait to be stopped."""
    settings = Settings()
    assert settings.database_url
    database = Database(settings.database_url, pool_size=10)
    async with database.engine() as session:
        plan = await get_plan(session, version_id)
        query = text("SELECT contact_id FROM segment_members WHERE segment_id = :id ORDER BY contact_id")
        contact_ids = list(await session.scalars(query, {"id": segment_id}))
    op = plan.plan.nodes["first"].op
    assert isinstance(op, SendEmail)
    mailroom = WorkspaceMailroom(settings, database, redis.Redis.from_url(settings.redis_url or ""))
    mail = await mailroom.mail(plan.workspace_id, op.template_version_id)
    steps = Steps(database, plan, mail)
    client = await Client.connect(settings.temporal_address or "", data_converter=pydantic_data_converter)
    worker = Worker(
        client,
        task_queue=QUEUE,
        workflows=[PerContactWorkflow],
        activities=[steps.send_mail, steps.branch, steps.end],
        workflow_runner=UnsandboxedWorkflowRunner(),
        workflow_task_executor=ThreadPoolExecutor(4),
        max_concurrent_activities=100,
        max_concurrent_local_activities=100,
        max_cached_workflows=20_000,
    )
    local, eager = variant == "best", variant == "best"
    spare_collector()
    async with worker:
        await _carry(client, steps, contact_ids[:warm_up], local=local, eager=eager)
        await say_and_wait("ready")
        await _carry(client, steps, contact_ids[warm_up:], local=local, eager=eager)
        await say_and_wait("done")


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
