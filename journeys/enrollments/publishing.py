"""Publish a journey and deal with the people inside; let contacts in by request; archive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.addresses import normalize_address
from journeys.db.ids import new_id
from journeys.enrollments.entry import Party, enter, give_run
from journeys.enrollments.intake import create_intake, point_intakes
from journeys.enrollments.moving import WaitPolicy, start_move
from journeys.enrollments.pausing import end_everyone
from journeys.errors import Conflict, Fault, InvalidInput
from journeys.graph import versions
from journeys.graph.approvals import require_approvals
from journeys.graph.drafts import ensure_revision, lock_journey, note_editor
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.graph.models import Journey, JourneyVersion
from journeys.nodes.ops import Trigger

InFlight = Literal["finish", "move", "exit"]
"""What becomes of those inside an older version: they finish on it, go on in the new one, or their passage ends."""

DIRECT = 1_000
"""Up to this many contacts are enrolled within the request; more are taken in by the router, batch by batch."""


@dataclass(frozen=True)
class Publication:
    """How to publish: for whom, which revision of the draft they saw, and what becomes of those inside."""

    by: str | None = None
    publisher_id: UUID | None = None
    revision: int | None = None
    in_flight: InFlight = "finish"
    node_map: Mapping[str, str | None] = field(default_factory=dict)
    waits: WaitPolicy = "keep"


async def publish_journey(
    session: AsyncSession, workspace_id: UUID, journey_id: UUID, publication: Publication
) -> JourneyVersion:
    """Publish the draft, take in whom its new segment triggers already find, and deal with those inside.

    Raises:
        PreconditionFailed: the draft was saved since the publisher saw it.
        Conflict: too few have approved it.
    """
    journey = await lock_journey(session, workspace_id, journey_id)
    ensure_revision(journey, publication.revision)
    return await _publish(session, journey, publication)


async def republish(
    session: AsyncSession, workspace_id: UUID, journey_id: UUID, number: int, publication: Publication
) -> JourneyVersion:
    """Go back to what an older version said: it becomes the draft, and the draft a new version.

    Raises:
        PreconditionFailed: the draft was saved since the publisher saw it.
        Conflict: it has changes that were never published, and the publisher does not say that they saw them.
    """
    journey = await lock_journey(session, workspace_id, journey_id)
    ensure_revision(journey, publication.revision)
    old = await versions.get_version(session, workspace_id, journey_id, number)
    if publication.revision is None and await versions.has_unpublished_changes(session, journey):
        raise Conflict("the draft has changes that were never published; send its ETag as If-Match to replace them")
    journey.graph, journey.settings = old.graph, old.settings
    journey.draft_revision += 1
    if publication.publisher_id:
        note_editor(journey, publication.publisher_id)
    await session.flush()
    return await _publish(session, journey, publication)


async def _publish(session: AsyncSession, journey: Journey, publication: Publication) -> JourneyVersion:
    workspace_id, journey_id = journey.workspace_id, journey.id
    await require_approvals(session, workspace_id, journey_id, publication.publisher_id)
    before = await get_plan(session, journey.live_version_id) if journey.live_version_id else None
    version = await versions.publish(session, workspace_id, journey_id, publication.by)
    plan = await get_plan(session, version.id)
    if before is None or before.version_id != version.id:
        await point_intakes(session, plan)
        await _take_in_existing(session, before, plan)
        if publication.in_flight == "exit":
            reason = "a new version was published"
            await end_everyone(session, workspace_id, journey_id, reason, but_version=version.id)
    if publication.in_flight == "move":
        await start_move(session, plan, publication.node_map, publication.waits)
    return version


async def _take_in_existing(session: AsyncSession, before: LoadedPlan | None, plan: LoadedPlan) -> None:
    """Take in the members of segments whose triggers are new in this version; others have had their turn."""
    known = _segments_of(before) if before else {}
    for trigger_id, segment_id in _segments_of(plan).items():
        if known.get(trigger_id) != segment_id:
            await create_intake(session, plan, trigger_id, segment_id=segment_id)


def _segments_of(plan: LoadedPlan) -> dict[str, UUID]:
    """Return the segments whose members a plan takes in at once, by trigger."""
    ops = {trigger_id: plan.plan.nodes[trigger_id].op for trigger_id in plan.plan.triggers}
    return {
        trigger_id: op.segment_id
        for trigger_id, op in ops.items()
        if isinstance(op, Trigger) and op.source == "segment" and op.existing and op.segment_id is not None
    }


async def archive_journey(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> int:
    """End everyone's passage and put the journey away; its history stays. Return how many were inside."""
    await lock_journey(session, workspace_id, journey_id)
    await session.execute(
        text("UPDATE journeys SET state = 'archived', archived_at = now(), updated_at = now() WHERE id = :id"),
        {"id": journey_id},
    )
    await session.execute(text("DELETE FROM watched_attributes WHERE journey_id = :id"), {"id": journey_id})
    return await end_everyone(session, workspace_id, journey_id, "the journey was archived")


@dataclass(frozen=True)
class Enrolled:
    """What came of a request to enroll: how many entered and were refused, or the intake that is under way."""

    entered: int = 0
    refused: int = 0
    intake_id: UUID | None = None


async def enroll(
    session: AsyncSession,
    workspace_id: UUID,
    journey_id: UUID,
    *,
    contact_ids: Sequence[UUID] | None = None,
    emails: Sequence[str] | None = None,
    segment_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
    key: str | None = None,
) -> Enrolled:
    """Let contacts into a live journey, through its API trigger where it has one."""
    journey = await lock_journey(session, workspace_id, journey_id)
    if journey.state != "live" or journey.live_version_id is None:
        raise Conflict("only a live journey takes contacts in")
    plan = await get_plan(session, journey.live_version_id)
    trigger_id = plan.plan.door
    if plan.plan.settings.re_entry == "per_key" and key is None:
        raise InvalidInput("this journey is keyed", [Fault("/key", "say for which key the contacts enter")])
    _check_payload(plan, payload or {})
    if segment_id is not None:
        return Enrolled(
            intake_id=await create_intake(session, plan, trigger_id, segment_id=segment_id, payload=payload, key=key)
        )
    ids = list(dict.fromkeys([*(contact_ids or []), *await _ids_of(session, workspace_id, emails or [])]))
    if len(ids) > DIRECT:
        return Enrolled(
            intake_id=await create_intake(session, plan, trigger_id, contact_ids=ids, payload=payload, key=key)
        )
    request_id, run_id = new_id(), new_id()
    entered = await enter(session, plan, trigger_id, Party(ids, f"api:{request_id}", key, payload), run_id)
    if entered.token:
        await give_run(session, plan, run_id, [entered.token], contact_id=ids[0] if len(ids) == 1 else None)
    return Enrolled(entered.n, entered.refused)


def _check_payload(plan: LoadedPlan, payload: Mapping[str, Any]) -> None:
    """Refuse a payload that lacks what the trigger asks for.

    Raises:
        InvalidInput: naming every value at fault.
    """
    op = plan.plan.nodes[plan.plan.door].op
    fields = op.payload if isinstance(op, Trigger) else []
    misfits = ((field.name, field.misfit(payload)) for field in fields)
    faults = [Fault(f"/payload/{name}", misfit) for name, misfit in misfits if misfit]
    if faults:
        raise InvalidInput("the payload is not what this journey asks for", faults)


async def _ids_of(session: AsyncSession, workspace_id: UUID, emails: Sequence[str]) -> list[UUID]:
    """Return the contacts with these addresses.

    Raises:
        InvalidInput: naming every address that no contact has.
    """
    addresses = [normalize_address(each) or each for each in emails]
    rows = await session.execute(
        text("SELECT email, id FROM contacts WHERE workspace_id = :w AND email = ANY(CAST(:emails AS text[]))"),
        {"w": workspace_id, "emails": addresses},
    )
    known: dict[str, UUID] = dict(rows.all())
    missing = [
        Fault(f"/emails/{n}", "no contact has this address") for n, each in enumerate(addresses) if each not in known
    ]
    if missing:
        raise InvalidInput("some of these are no contacts yet", missing)
    return [known[each] for each in addresses]
