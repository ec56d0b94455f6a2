"""Journeys that together take every way through a run, each carried to its end by real workers on a real server."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from temporalio.client import Client, WorkflowHandle

from journeys.connectors.base import Mail, Outcome
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.pausing import pause, resume
from journeys.enrollments.routing import route_window
from journeys.errors import InvalidInput
from journeys.graph.loading import LoadedPlan
from journeys.graph.plan import PlanNode
from journeys.nodes.ops import (
    Await,
    AwaitCondition,
    CallActivity,
    CallWebhook,
    Change,
    End,
    Hold,
    HoldUntil,
    Mark,
    Route,
    RoutePath,
    Score,
    SendEmail,
    Share,
    Split,
    StartJourney,
    Subscribe,
    Window,
)
from journeys.rules.language import parse_rule
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.provider import RecordingProvider
from tests.journeys.enrollments.test_hooks import receiver
from tests.journeys.enrollments.test_routing import happen
from tests.until import until
from worker.leases import claim_partitions, release_partitions

DAY = 86_400
PEOPLE = 4


@dataclass
class Stage:
    """Where a shape is played: servers, a workspace, and a provider whose answers it may choose."""

    client: Client
    database: Database
    provider: RecordingProvider
    workspace_id: UUID
    contact_ids: list[UUID] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    """The operations of the plans published here."""
    node_kinds: set[str] = field(default_factory=set)
    """The kinds of node that are drawn here."""
    _router: UUID = field(default_factory=new_id)

    async def publish(self, nodes: Sequence[PlanNode], **settings: Any) -> LoadedPlan:
        """Publish a plan and let some people in."""
        self.kinds |= {each.op.op for each in nodes}
        plan = await publish_plan(self.database, self.workspace_id, nodes, **settings)
        self.contact_ids = await make_contacts(self.database, self.workspace_id, PEOPLE)
        await self.happen("Signed Up", *self.contact_ids)
        return plan

    async def mail(self) -> SendEmail:
        """Return the op of a mail."""
        return send(await make_mail(self.database, self.workspace_id))

    async def happen(self, event: str, *contact_ids: UUID) -> None:
        """Record an event of each contact and route it."""
        for each in contact_ids:
            await happen(self.database, self.workspace_id, each, event)
        async with self.database.engine() as session:
            lease = await claim_partitions(session, self._router)
        async with self.database.engine() as session:
            await route_window(session, lease, 1_000)
            await release_partitions(session, self._router)

    async def handles(self) -> list[WorkflowHandle[object, object]]:
        """Return the runs of this workspace in the order of their start."""
        async with self.database.engine() as session:
            names = await session.scalars(
                text("SELECT workflow_id FROM runs WHERE workspace_id = :id ORDER BY id"), {"id": self.workspace_id}
            )
        return [self.client.get_workflow_handle(name) for name in names]

    async def until_rows(self, sql: str, n: int) -> None:
        """Wait until a count in this workspace is n."""

        async def counted() -> bool:
            async with self.database.engine() as session:
                return bool(await session.scalar(text(sql), {"id": self.workspace_id}) == n)

        await until(counted)

    async def until_ended(self) -> None:
        """Wait until every run was started and is over."""
        await self.until_rows(UNSTARTED, 0)
        handles = await self.handles()
        assert handles
        for handle in handles:
            await handle.result()


UNSTARTED = "SELECT count(*) FROM dispatches WHERE workspace_id = :id"
WAITS = "SELECT count(*) FROM waits WHERE workspace_id = :id"
ASLEEP = "SELECT count(*) FROM batches WHERE workspace_id = :id AND active AND wake_at IS NOT NULL"
PARKED = "SELECT count(*) FROM batches WHERE workspace_id = :id AND active AND parked IS NOT NULL"
STATES = text("SELECT state FROM enrollments WHERE workspace_id = :id")


def halves(a: str, b: str) -> PlanNode:
    """Return a split that parts the people of a workspace in two."""
    return node("halves", Split(salt="s", shares=[Share(outlet="a", upto=0.5), Share(outlet="b", upto=1)]), a=a, b=b)


async def send_wait_branch_send(stage: Stage) -> None:
    mail = await stage.mail()
    known = RoutePath(outlet="known", rule=parse_rule({"attribute": "first_name", "op": "eq", "value": "P1"}))
    await stage.publish(
        [
            trigger("hello"),
            node("hello", mail, sent="pause", skipped="pause", failed="pause"),
            node("pause", Hold(seconds=1), next="which"),
            node("which", Route(paths=[known], else_outlet="other"), known="again", other=None),
            node("again", mail, sent=None, skipped=None, failed=None),
        ]
    )
    await stage.until_ended()


async def split(stage: Stage) -> None:
    mail = await stage.mail()
    await stage.publish(
        [
            trigger("halves"),
            halves("short", "long"),
            node("short", Hold(seconds=1), next="mail"),
            node("long", Hold(seconds=2), next="mail"),
            node("mail", mail, sent=None, skipped=None, failed=None),
        ]
    )
    await stage.until_ended()


async def await_released(stage: Stage) -> None:
    mail = await stage.mail()
    await stage.publish(
        [
            trigger("order"),
            node("order", Await(event="Order Completed", timeout_seconds=DAY), happened="thanks", timed_out=None),
            node("thanks", mail, sent=None, skipped=None, failed=None),
        ]
    )
    await stage.until_rows(WAITS, PEOPLE)
    await stage.happen("Order Completed", stage.contact_ids[0])
    await stage.happen("Order Completed", *stage.contact_ids[1:])
    await stage.until_ended()


async def await_timed_out(stage: Stage) -> None:
    mail = await stage.mail()
    await stage.publish(
        [
            trigger("order"),
            node("order", Await(event="Order Completed", timeout_seconds=1), happened=None, timed_out="remind"),
            node("remind", mail, sent=None, skipped=None, failed=None),
        ]
    )
    await stage.until_ended()


async def loop(stage: Stage) -> None:
    done = RoutePath(outlet="done", rule=parse_rule({"attribute": "laps", "op": "eq", "value": "xxx"}))
    await stage.publish(
        [
            trigger("pause"),
            node("pause", Hold(seconds=1), next="lap"),
            node("lap", Change(set={"laps": "{{ contact.laps }}x"}), next="enough"),
            node("enough", Route(paths=[done], else_outlet="again"), closes_loop=["again"], done=None, again="pause"),
        ]
    )
    await stage.until_ended()


async def exit_by_nudge(stage: Stage) -> None:
    await stage.publish(
        [trigger("pause"), node("pause", Hold(seconds=30 * DAY), next=None)],
        exit_on=[{"event": "Order Completed"}],
    )
    await stage.until_rows(ASLEEP, 1)
    await stage.happen("Order Completed", *stage.contact_ids)
    await stage.until_ended()


async def parked_and_retried(stage: Stage) -> None:
    """Let a send fail for good, mend what was wrong, and have it tried again from outside."""

    async def refuse(mails: Sequence[Mail]) -> list[Outcome]:
        raise InvalidInput("the connection is not set up")

    stage.provider.answer = refuse
    mail = await stage.mail()
    await stage.publish([trigger("hello"), node("hello", mail, sent=None, skipped=None, failed=None)])
    [run] = await stage.handles()
    await stage.until_rows(PARKED, 1)
    stage.provider.answer = None

    async def retried() -> bool:
        return bool(await run.execute_update("retry_parked") == 1)

    await until(retried)
    await stage.until_ended()


async def paused_and_resumed(stage: Stage) -> None:
    plan = await stage.publish(
        [trigger("pause"), node("pause", Hold(seconds=1), next="on"), node("on", Hold(seconds=1), next=None)]
    )
    await stage.until_rows(ASLEEP, 1)
    async with stage.database.engine() as session:
        await pause(session, stage.workspace_id, plan.journey_id)
    await stage.until_rows(PARKED, 1)
    async with stage.database.engine() as session:
        await resume(session, stage.workspace_id, plan.journey_id, "keep")
    await stage.until_ended()


async def continued(stage: Stage) -> None:
    """Go on long enough for a server with a low limit to ask for a new history while two batches sleep."""
    first = parse_rule({"attribute": "first_name", "op": "eq", "value": "P0"})
    await stage.publish(
        [
            trigger("who"),
            node("who", Route(paths=[RoutePath(outlet="first", rule=first)]), first="long", else_="one"),
            node("one", Hold(seconds=1), next="two"),
            node("two", Hold(seconds=1), next="three"),
            node("three", Hold(seconds=1), next=None),
            node("long", Hold(seconds=4), next=None),
        ]
    )
    await stage.until_ended()


async def clock_waits(stage: Stage) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)
    await stage.publish(
        [
            trigger("soon"),
            node("soon", HoldUntil(at=soon, has_past=True), next="window", past="window"),
            node("window", Window(start="00:00", end="00:00"), next="end"),
            node("end", End(), next=None),
        ]
    )
    await stage.until_ended()


async def condition_met(stage: Stage) -> None:
    bought = parse_rule({"event": "Order Completed"})
    await stage.publish(
        [
            trigger("bought"),
            node("bought", AwaitCondition(rule=bought, timeout_seconds=DAY), met="goal", timed_out=None),
            node("goal", Mark(), next=None),
        ]
    )
    await stage.until_rows(ASLEEP, 1)
    await stage.happen("Order Completed", *stage.contact_ids)
    await stage.until_ended()


async def contact_changes(stage: Stage) -> None:
    other = await publish_plan(
        stage.database, stage.workspace_id, [trigger("again", "Never"), node("again", Hold(seconds=1), next=None)]
    )
    await stage.publish(
        [
            trigger("topic"),
            node("topic", Subscribe(topic="marketing"), next="score"),
            node("score", Score(model="leads", action="add", points=1, reason="signed up"), next="other"),
            node("other", StartJourney(journey_id=other.journey_id), next=None),
        ]
    )
    await stage.until_ended()


async def webhook(stage: Stage) -> None:
    async with receiver() as (url, _):
        await stage.publish([trigger("call"), node("call", CallWebhook(url=url), done=None, failed=None)])
        await stage.until_ended()


async def custom_activity(stage: Stage) -> None:
    op = CallActivity(activity="sync_audience", outlets=["synced", "failed"])
    await stage.publish([trigger("sync"), node("sync", op, synced=None, failed=None)])
    await stage.until_ended()


Shape = Callable[[Stage], Coroutine[Any, Any, None]]

SHAPES: Sequence[Shape] = (
    send_wait_branch_send,
    split,
    await_released,
    await_timed_out,
    loop,
    exit_by_nudge,
    parked_and_retried,
    paused_and_resumed,
    continued,
    clock_waits,
    condition_met,
    contact_changes,
    webhook,
    custom_activity,
)
