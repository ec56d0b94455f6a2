"""The engine in earnest, but for the clock: real tables, roles, queue and leases; tokens are carried by hand.

It shares nothing with a simulation but the stage code. Its clock runs as time does, and jumps ahead when nothing is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy import create_engine, text

from journeys import clock
from journeys.contracts import RunInput, StageOrder, Token
from journeys.db.ids import new_id
from journeys.db.session import APP_ROLE, ENGINE_ROLE, Database, async_url
from journeys.db.timeseries import maintain
from journeys.enrollments.dispatches import acknowledge, take_dispatches
from journeys.enrollments.routing import route_window
from journeys.enrollments.running import StageRunner
from journeys.events.record import NewEvent, record_events
from journeys.messaging.engagement import find_message, record_choice, record_engagement
from journeys.simulation.assumptions import FixedBehaviour
from tests.fakes.engine import BareMailroom
from tests.fakes.provider import RecordingProvider
from worker.leases import claim_partitions

HOOKS = httpx.MockTransport(lambda _: httpx.Response(200))
"""Whom webhooks call."""

_CLOCK = f"""
    CREATE SCHEMA ahead;
    GRANT USAGE ON SCHEMA ahead TO {APP_ROLE}, {ENGINE_ROLE};
    CREATE TABLE ahead.by (span interval NOT NULL);
    GRANT SELECT ON ahead.by TO {APP_ROLE}, {ENGINE_ROLE};
    INSERT INTO ahead.by VALUES ('0');
    CREATE FUNCTION ahead.now() RETURNS timestamptz LANGUAGE sql STABLE AS
      $$ SELECT pg_catalog.now() + span FROM ahead.by $$;
    CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
      $$ SELECT pg_catalog.clock_timestamp() + span FROM ahead.by $$;
    DO $$ DECLARE source record; BEGIN
      FOR source IN
        SELECT c.relname AS name, a.attname AS column_name,
               substring(pg_get_expr(d.adbin, c.oid) from '(now|clock_timestamp)\\(\\)$') AS called
        FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
        WHERE c.relnamespace = 'public'::regnamespace AND pg_get_expr(d.adbin, c.oid) ~ '(now|clock_timestamp)\\(\\)$'
      LOOP
        EXECUTE format('ALTER TABLE public.%I ALTER %I SET DEFAULT ahead.%I()', source.name, source.column_name,
                       source.called);
      END LOOP;
      EXECUTE format('ALTER DATABASE %I SET search_path = ahead, pg_catalog, public', current_database());
    END $$
"""


def set_clock_apart(database_url: str, until: datetime) -> None:
    """Give a database a clock that can be set ahead, and partitions up to a time."""
    engine = create_engine(async_url(database_url))
    with engine.begin() as connection:
        now = datetime.now(UTC)
        while now < until:
            now += timedelta(weeks=4)
            maintain(connection, now=now)
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute(_CLOCK)
    engine.dispose()


@dataclass
class Reader:
    """What somebody does after a mail reached them."""

    contact_id: UUID
    behaviour: FixedBehaviour


@dataclass
class Earnest:
    """Runs everything that is due, jumps to what comes next, and goes on."""

    database: Database
    workspace_id: UUID
    provider: RecordingProvider = field(default_factory=RecordingProvider)
    ahead: timedelta = timedelta(0)
    deeds: list[tuple[datetime, UUID, FixedBehaviour, UUID | None]] = field(default_factory=list)
    readers: dict[tuple[UUID, str], list[FixedBehaviour]] = field(default_factory=dict)
    _owner: UUID = field(default_factory=new_id)
    _tokens: dict[UUID, tuple[RunInput, Token]] = field(default_factory=dict)
    _mails_seen: int = 0
    _stages: StageRunner = field(init=False)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def jump(self, at: datetime) -> None:
        """Set the clock ahead; it never goes back."""
        self.ahead = max(at - datetime.now(UTC), self.ahead)
        async with self.database.engine() as session:
            await session.execute(text("RESET ROLE"))
            await session.execute(text("UPDATE ahead.by SET span = :span"), {"span": self.ahead})
            await session.execute(text(f"SET ROLE {ENGINE_ROLE}"))

    async def live(self, until: datetime) -> None:
        """Let time pass up to a moment."""
        clock.CLOCK.set(self.now)
        async with httpx.AsyncClient(transport=HOOKS) as http:
            self._stages = StageRunner(self.database, BareMailroom(self.database, self.provider), http)
            await self._pass_time(until)

    async def _pass_time(self, until: datetime) -> None:
        while True:
            await self._settle()
            at = min([*await self._wakes(), *(at for at, *_ in self.deeds)], default=None)
            if at is None or at > until:
                return
            await self.jump(at)
            await self._act()

    async def _wakes(self) -> list[datetime]:
        """Return when batches wake."""
        return [token.wake_at for _, token in self._tokens.values() if token.wake_at]

    async def _settle(self) -> None:
        """Do all that is due."""
        while True:
            moved = await self._route()
            due = [each for each in self._tokens.values() if each[1].wake_at is None or each[1].wake_at <= self.now()]
            for run, token in due:
                order = StageOrder(
                    run_id=run.run_id,
                    workspace_id=run.workspace_id,
                    journey_id=run.journey_id,
                    version_id=run.version_id,
                    token=token,
                )
                del self._tokens[token.batch_id]
                for each in await self._stages.run(order):
                    self._tokens[each.batch_id] = (run, each)
            await self._read_mails()
            if not due and not moved:
                return

    async def _route_events(self) -> bool:
        async with self.database.engine() as session:
            lease = await claim_partitions(session, self._owner)
        async with self.database.engine() as session:
            return bool((await route_window(session, lease, 2_000)).taken)

    async def _route(self) -> bool:
        taken = await self._route_events()
        async with self.database.engine() as session:
            rows = await take_dispatches(session, 2_000)
            await acknowledge(session, [row.seq for row in rows])
        for row in rows:
            if row.kind == "start_run":
                run = RunInput.model_validate(row.payload["run"])
                self._tokens |= {token.batch_id: (run, token) for token in run.tokens}
            else:
                for batch_id in row.payload["empty"]:
                    self._tokens.pop(UUID(batch_id), None)
        return taken or bool(rows)

    async def _read_mails(self) -> None:
        """Plan what readers do with the mails that have come."""
        fresh, self._mails_seen = self.provider.mails[self._mails_seen :], len(self.provider.mails)
        for mail in fresh:
            _, node_id, visit = mail.key.split(":")
            async with self.database.workspace(self.workspace_id) as session:
                found = await find_message(session, self.workspace_id, mail.message_id)
            assert found is not None
            if visit == "1":
                for each in self.readers.get((found.contact_id, node_id), ()):
                    at = self.now() + timedelta(minutes=each.minutes)
                    self.deeds.append((at, found.contact_id, each, mail.message_id))

    async def _act(self) -> None:
        now = self.now()
        due = [each for each in self.deeds if each[0] <= now]
        self.deeds = [each for each in self.deeds if each[0] > now]
        for _, contact_id, behaviour, message_id in sorted(due, key=lambda each: each[0]):
            async with self.database.workspace(self.workspace_id) as session:
                if behaviour.action == "event":
                    properties = behaviour.properties or None
                    event = NewEvent(self.workspace_id, contact_id, behaviour.event or "", properties=properties)
                    await record_events(session, [event])
                    continue
                assert message_id is not None
                message = await find_message(session, self.workspace_id, message_id)
                assert message is not None
                if behaviour.action == "unsubscribe":
                    await record_choice(session, message, message.topic, "unsubscribed", how="test")
                else:
                    await record_engagement(session, message, "opened" if behaviour.action == "open" else "clicked")

    def plan(
        self, start_at: datetime, contact_ids: Sequence[UUID], event: str, fixed: Sequence[FixedBehaviour]
    ) -> None:
        """Let contacts come by an event at the start, and do what is fixed."""
        arrival = FixedBehaviour(contact="", action="event", event=event)
        self.deeds += [(start_at, each, arrival, None) for each in contact_ids]
        for each in fixed:
            contact_id = UUID(each.contact)
            if each.node_id is not None:
                self.readers.setdefault((contact_id, each.node_id), []).append(each)
            else:
                self.deeds.append((start_at + timedelta(minutes=each.minutes), contact_id, each, None))
