"""Run whatever stage a token stands before: the one place that knows which code carries out which kind of effect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from journeys.contracts import StageOrder, Token
from journeys.db.session import Database
from journeys.enrollments.custom import ActivityRunner, ActivityStage, NoActivities
from journeys.enrollments.hooks import HookStage
from journeys.enrollments.sending import Mailroom, SendStage
from journeys.enrollments.stages import find_op, hold_mail, run_waiting_or_pure
from journeys.nodes.ops import CallActivity, CallWebhook, SendEmail


@dataclass(frozen=True)
class StageRunner:
    """What stages need of the process: its database, its mailroom, its way to call other systems."""

    database: Database
    mailroom: Mailroom
    http: httpx.AsyncClient
    activities: ActivityRunner = field(default_factory=NoActivities)

    async def find_way(self, order: StageOrder) -> tuple[UUID, str] | None:
        """Return what a stage leans on outside: a connection, an address or an activity; None for one that calls nothing."""
        if not order.token.effect:
            return None
        match await find_op(self.database, order):
            case SendEmail(connection=name):
                return order.workspace_id, f"mail connection {name or 'of the workspace'}"
            case CallWebhook(url=url):
                return order.workspace_id, f"webhook {url}"
            case CallActivity(activity=name):
                return order.workspace_id, f"activity {name}"
            case other:
                raise TypeError(f"{order.token.node_id} is no effect: {other}")

    async def run(self, order: StageOrder, stopping: Callable[[], bool] = lambda: False) -> list[Token]:
        """Carry a batch to its next wait or effect; return the tokens that follow."""
        if not order.token.effect:
            async with self.database.workspace(order.workspace_id) as session:
                return await run_waiting_or_pure(session, order)
        match await find_op(self.database, order):
            case SendEmail() as op:
                if op.send_time is not None:
                    async with self.database.workspace(order.workspace_id) as session:
                        held = await hold_mail(session, order, op.send_time)
                    if held is not None:
                        return held
                return await SendStage(self.database, self.mailroom, order, stopping).run()
            case CallWebhook():
                return await HookStage(self.database, self.http, order, stopping).run()
            case CallActivity():
                return await ActivityStage(self.database, self.activities, order, stopping).run()
            case other:
                raise TypeError(f"{order.token.node_id} is no effect: {other}")
