"""Stand-ins for everything outside: mails and calls are kept, answered by assumption, and no socket is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import httpx
from sqlalchemy import text

from journeys.connectors.base import EarlierAttempt, Mail, Outcome, SentQuery
from journeys.db.session import Database
from journeys.enrollments.custom import ActivityMissing
from journeys.enrollments.sending import Channel
from journeys.enrollments.stages import Opened
from journeys.graph.plan import Plan
from journeys.messaging.compose import CompiledMessage, TemplateSource, compile_message
from journeys.messaging.links import TrackingTokens
from journeys.nodes.ops import CallActivity
from journeys.sdk.wire import Answer, Facts, Request
from journeys.simulation.assumptions import Assumptions

SECRET = b"links of a simulation lead nowhere"
BASE_URL = "https://simulation.invalid"
REFUSED = "the provider refused it, as assumed"


@dataclass
class MailRecorder:
    """Takes every mail."""

    assumptions: Assumptions
    seed: int
    name: str = "simulation"
    max_per_request: int = 1_000
    honours_keys: bool = True
    timeout_seconds: float = 60.0
    mails: dict[UUID, Mail] = field(default_factory=dict)
    fresh: list[UUID] = field(default_factory=list)

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        """Keep what the assumptions let through."""
        return [self._take(mail) for mail in mails]

    def _take(self, mail: Mail) -> Outcome:
        _, node_id, visit = mail.key.split(":", 2)
        assumed = self.assumptions.of_mail(node_id).failure_rate
        if assumed and Random(f"{self.seed}:{mail.to}:{node_id}:{visit}:failure").random() < assumed:
            return Outcome("failed", reason=REFUSED)
        self.mails[mail.message_id] = mail
        self.fresh.append(mail.message_id)
        return Outcome("sent")

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        """Tell of earlier attempts: there are none."""
        return {}

    async def check(self) -> None:
        """Work."""

    async def close(self) -> None:
        """Hold nothing."""


class SimulatedMailroom:
    """Implements journeys.enrollments.sending.Mailroom: every connection leads to the recorder."""

    chunk_size = 200

    def __init__(self, database: Database, recorder: MailRecorder) -> None:
        self._database, self._recorder = database, recorder
        self.tokens = TrackingTokens(SECRET)
        self._mails: dict[UUID, CompiledMessage] = {}
        self._names: dict[str, object] = {}

    async def channel(self, workspace_id: UUID, connection: str | None, *, bulk: bool = False) -> Channel:
        """Return the recorder."""
        return Channel(self._recorder, None, "simulation@example.com", "Simulation", BASE_URL)

    async def mail(self, workspace_id: UUID, template_version_id: UUID) -> CompiledMessage:
        """Return a template version, compiled once."""
        if template_version_id not in self._mails:
            async with self._database.workspace(workspace_id) as session:
                row = (await session.execute(_SOURCE, {"id": template_version_id})).one()
            self._mails[template_version_id] = compile_message(TemplateSource(**row._mapping))
        return self._mails[template_version_id]

    async def globals(self, opened: Opened) -> dict[str, object]:
        """Return the names of journey and workspace."""
        if not self._names:
            async with self._database.workspace(opened.place.workspace_id) as session:
                row = (await session.execute(_NAMES, {"id": opened.place.journey_id})).one()
            self._names = {
                "journey": {"name": row.name, "slug": row.slug},
                "workspace": {"name": row.workspace, "postal_address": row.postal_address},
            }
        return self._names


_SOURCE = text("SELECT subject, preheader, html, mjml, text FROM template_versions WHERE id = :id")
_NAMES = text("""
    SELECT j.name, j.slug, w.name AS workspace, w.settings ->> 'postal_address' AS postal_address
    FROM journeys j JOIN workspaces w ON w.id = j.workspace_id WHERE j.id = :id
""")


@dataclass(frozen=True)
class RecordedCall:
    """A call that would have been made: its effect's key, and the request."""

    key: str
    method: str
    url: str
    body: str


@dataclass
class CallRecorder:
    """Answers every call."""

    failure_rate: float
    seed: int
    calls: list[RecordedCall] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        """Return a client that reaches nobody else."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        key = request.headers.get("Idempotency-Key", "")
        self.calls.append(RecordedCall(key, request.method, str(request.url), request.content.decode(errors="replace")))
        fails = self.failure_rate and Random(f"{self.seed}:{len(self.calls)}:call").random() < self.failure_rate
        return httpx.Response(410 if fails else 200)


@dataclass(frozen=True)
class ActivityRecorder:
    """Implements journeys.enrollments.custom.ActivityRunner: no activity runs, and the outlets are as assumed."""

    plan: Plan
    assumptions: Assumptions
    seed: int

    async def prepare(self, request: Request) -> Facts:
        """Return what the published node says of its activity."""
        return Facts(request.activity, self._op(request).outlets, 60.0, 1, None, batch=True, idempotent=True)

    async def call(self, request: Request, *, alone: bool = False) -> Sequence[Answer]:
        """Answer for each contact; without an assumption, by the usual outlet."""
        shares = self.assumptions.outlets.get(request.node_id, {})
        usual = self._op(request).outlets[0]
        return [
            Answer("done", outlet=self._draw(shares, usual, f"{request.node_id}:{call.contact.get('id')}"))
            for call in request.calls
        ]

    def _op(self, request: Request) -> CallActivity:
        op = self.plan.nodes[request.node_id].op
        if not isinstance(op, CallActivity):
            raise ActivityMissing(f"{request.node_id} runs no activity")
        return op

    def _draw(self, shares: Mapping[str, float], usual: str, place: str) -> str:
        left = Random(f"{self.seed}:{place}:outlet").random()
        for outlet, share in shares.items():
            left -= share
            if left < 0:
                return outlet
        return usual
