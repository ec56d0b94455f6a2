"""Journeys: drafts, versions, what runs, who is inside."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import PlainTextResponse

from api.announcer import Announce
from api.deps import Editor, Publisher, Reader, Session, SettingsDep
from api.idempotency import IdempotentRoute
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.journeys import (
    ApprovalRead,
    Approvals,
    Archived,
    Enroll,
    Enrolled,
    EnrollmentRead,
    GraphProblem,
    InFlight,
    IntakeRead,
    JourneyCounts,
    JourneyCreate,
    JourneyEntries,
    JourneyImport,
    JourneyRead,
    JourneyRow,
    JourneyStatus,
    JourneyUpdate,
    MoveRead,
    PeopleAt,
    Publish,
    Resume,
    Retried,
    Validation,
    VersionDetail,
    VersionRead,
)
from api.shapes import enrollment_read, journey_status
from journeys.auth.audit import record_change
from journeys.enrollments import intake, moving, pausing, publishing
from journeys.enrollments.queries import count_by_journey, count_entries, get_status, list_enrollments
from journeys.errors import InvalidInput
from journeys.graph import approvals, drafts, versions
from journeys.graph.files import export_journey, import_journey
from journeys.graph.models import Journey, JourneyVersion

router = APIRouter(prefix="/api/journeys", tags=["journeys"], route_class=IdempotentRoute)

IfMatch = Annotated[str | None, Header(description="The draft's ETag; refused with 412 when someone saved since.")]


@router.get("")
async def list_journeys(
    session: Session,
    reader: Reader,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    state: Literal["draft", "live", "paused", "archived"] | None = None,
    tag: Annotated[str | None, Query(max_length=60)] = None,
) -> Page[JourneyRow]:
    """Return journeys with their counts, the newest first; archived ones only when asked for."""
    rows = await drafts.list_journeys(session, reader.workspace_id, limit + 1, decode_cursor(cursor), state, tag)
    numbers = await versions.live_numbers(session, [row.live_version_id for row in rows if row.live_version_id])
    counts = await count_by_journey(session, reader.workspace_id, [row.id for row in rows])
    return page(rows, limit, lambda row: row.id, lambda row: _row(row, numbers, counts))


def _row(journey: Journey, numbers: dict[UUID, int], counts: dict[UUID, dict[str, int]]) -> JourneyRow:
    return JourneyRow(
        id=journey.id,
        name=journey.name,
        slug=journey.slug,
        tags=journey.tags,
        state=journey.state,
        version=numbers.get(journey.live_version_id) if journey.live_version_id else None,
        created_at=journey.created_at,
        updated_at=journey.updated_at,
        counts=JourneyCounts(**counts.get(journey.id, {})),
    )


@router.post("", status_code=201)
async def create_journey(body: JourneyCreate, session: Session, actor: Editor, response: Response) -> JourneyRead:
    """Make a journey with a first draft; the draft may have faults until it is published."""
    graph, settings = drafts.parse_graph(body.graph), drafts.parse_settings(body.settings)
    journey = await drafts.create_journey(
        session, actor.workspace_id, body.name, graph, settings, body.slug, by=actor.person_id
    )
    await record_change(session, actor, "created", "journey", journey.id, {"name": journey.name})
    return await _read(session, journey, response)


@router.post("/import", status_code=201)
async def import_journey_file(body: JourneyImport, session: Session, actor: Editor, response: Response) -> JourneyRead:
    """Make a journey from a file; its slug, when taken, gets a number."""
    file = await asyncio.to_thread(import_journey, body.content)
    name = body.name or file.name
    journey = await drafts.create_journey(
        session, actor.workspace_id, name, file.graph, file.settings, by=actor.person_id
    )
    journey.tags = file.tags
    await record_change(session, actor, "imported", "journey", journey.id, {"name": journey.name})
    return await _read(session, journey, response)


@router.get("/entries")
async def list_journey_entries(
    session: Session, reader: Reader, days: Annotated[int, Query(ge=1, le=90)] = 14
) -> Page[JourneyEntries]:
    """Return how many entered each journey on each of the last days; a journey that nobody entered is left out."""
    entries = await count_entries(session, reader.workspace_id, days)
    return Page(items=[JourneyEntries(journey_id=journey_id, days=counts) for journey_id, counts in entries.items()])


@router.get("/{journey_id}")
async def read_journey(journey_id: UUID, session: Session, reader: Reader, response: Response) -> JourneyRead:
    """Return a journey with its draft."""
    return await _read(session, await drafts.get_journey(session, reader.workspace_id, journey_id), response)


async def _read(session: Session, journey: Journey, response: Response) -> JourneyRead:
    live = await session.get(JourneyVersion, journey.live_version_id) if journey.live_version_id else None
    counts = await count_by_journey(session, journey.workspace_id, [journey.id])
    response.headers["ETag"] = f'"{journey.draft_revision}"'
    row = _row(journey, {live.id: live.number} if live else {}, counts)
    return JourneyRead(
        **row.model_dump(),
        graph=journey.graph,
        settings=journey.settings,
        draft_revision=journey.draft_revision,
        has_unpublished_changes=await versions.has_unpublished_changes(session, journey),
    )


@router.patch("/{journey_id}")
async def update_journey(
    journey_id: UUID,
    body: JourneyUpdate,
    session: Session,
    actor: Editor,
    response: Response,
    if_match: IfMatch = None,
) -> JourneyRead:
    """Save the draft; with `If-Match`, only if nobody else has saved since."""
    journey = await drafts.update_draft(
        session,
        actor.workspace_id,
        journey_id,
        revision=_revision(if_match),
        name=body.name,
        tags=body.tags,
        graph=drafts.parse_graph(body.graph) if body.graph is not None else None,
        settings=drafts.parse_settings(body.settings) if body.settings is not None else None,
        by=actor.person_id,
    )
    changed = {name: True for name in body.model_fields_set if name != "name"}
    await record_change(session, actor, "saved", "journey", journey.id, {"name": journey.name, **changed})
    return await _read(session, journey, response)


def _revision(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    value = if_match.removeprefix("W/").strip('"')
    if not value.isdecimal():
        raise InvalidInput("If-Match takes the ETag of the draft.")
    return int(value)


@router.delete("/{journey_id}", status_code=204)
async def delete_journey(journey_id: UUID, session: Session, actor: Editor) -> None:
    """Delete a draft that was never published; a published journey is archived instead."""
    await drafts.delete_draft(session, actor.workspace_id, journey_id)
    await record_change(session, actor, "deleted", "journey", journey_id)


@router.post("/{journey_id}/duplicate", status_code=201)
async def duplicate_journey(journey_id: UUID, session: Session, actor: Editor, response: Response) -> JourneyRead:
    """Make a new draft that says the same."""
    copy = await drafts.copy_journey(session, actor.workspace_id, journey_id, by=actor.person_id)
    await record_change(session, actor, "created", "journey", copy.id, {"name": copy.name, "copy_of": str(journey_id)})
    return await _read(session, copy, response)


@router.post("/{journey_id}/validate")
async def validate_journey(journey_id: UUID, session: Session, reader: Reader) -> Validation:
    """Return every fault of the draft, by node, and what is legal but odd."""
    checked = await drafts.check_draft(session, reader.workspace_id, journey_id)
    return Validation(
        valid=not checked.errors,
        errors=[GraphProblem.model_validate(each) for each in checked.errors],
        warnings=[GraphProblem.model_validate(each) for each in checked.warnings],
    )


@router.post("/{journey_id}/publish")
async def publish_journey(
    journey_id: UUID,
    session: Session,
    actor: Publisher,
    announce: Announce,
    body: Publish | None = None,
    if_match: IfMatch = None,
) -> VersionRead:
    """Publish the draft as the next version, and let contacts in by it from now on."""
    wish = _publication(actor, body, if_match)
    version = await publishing.publish_journey(session, actor.workspace_id, journey_id, wish)
    return await _published(session, actor, announce, version, wish, "published")


@router.post("/{journey_id}/versions/{number}/publish")
async def republish_version(
    journey_id: UUID,
    number: int,
    session: Session,
    actor: Publisher,
    announce: Announce,
    body: Publish | None = None,
    if_match: IfMatch = None,
) -> VersionRead:
    """Go back to an older version: it becomes the draft, and is published again as the next version.

    A draft with changes that were never published is replaced only where `If-Match` names it.
    """
    wish = _publication(actor, body, if_match)
    version = await publishing.republish(session, actor.workspace_id, journey_id, number, wish)
    return await _published(session, actor, announce, version, wish, "rolled back")


def _publication(actor: Publisher, body: Publish | None, if_match: str | None) -> publishing.Publication:
    wish = body or Publish()
    return publishing.Publication(
        by=actor.name,
        publisher_id=actor.person_id,
        revision=_revision(if_match),
        in_flight=wish.in_flight,
        node_map=wish.node_map,
        waits=wish.waits,
    )


async def _published(
    session: Session,
    actor: Publisher,
    announce: Announce,
    version: JourneyVersion,
    wish: publishing.Publication,
    verb: str,
) -> VersionRead:
    what = {"version": version.number, "in_flight": wish.in_flight}
    await record_change(session, actor, verb, "journey", version.journey_id, what)
    announce.journey_changed(actor.workspace_id, version.journey_id)
    return _version(version)


@router.get("/{journey_id}/approvals")
async def list_approvals(journey_id: UUID, session: Session, reader: Reader) -> Approvals:
    """Return who approved the draft as it is now; an edit voids every approval."""
    rows = await approvals.list_approvals(session, reader.workspace_id, journey_id)
    return Approvals(
        needed=await approvals.count_needed(session, reader.workspace_id),
        approvals=[ApprovalRead.model_validate(row) for row in rows],
        refusal=await approvals.find_refusal(session, reader, journey_id),
    )


@router.post("/{journey_id}/approve")
async def approve_journey(journey_id: UUID, session: Session, actor: Publisher) -> Approvals:
    """Agree to the draft as it is now: in person, and not to one's own changes."""
    await approvals.approve(session, actor, journey_id)
    await record_change(session, actor, "approved", "journey", journey_id)
    return await list_approvals(journey_id, session, actor)


@router.delete("/{journey_id}/approve", status_code=204)
async def withdraw_approval(journey_id: UUID, session: Session, actor: Publisher) -> None:
    """Take one's approval back."""
    await approvals.withdraw(session, actor.workspace_id, journey_id, actor.id)
    await record_change(session, actor, "withdrew approval of", "journey", journey_id)


@router.get("/{journey_id}/in-flight")
async def read_in_flight(journey_id: UUID, session: Session, reader: Reader, version: int | None = None) -> InFlight:
    """Return who is inside, node by node, and where each would go in the draft, or in an older version."""
    journey = await drafts.get_journey(session, reader.workspace_id, journey_id)
    graph = journey.graph
    if version is not None:
        graph = (await versions.get_version(session, reader.workspace_id, journey_id, version)).graph
    nodes = {node["id"]: node for node in graph.get("nodes", [])}
    places = await moving.find_places(session, reader.workspace_id, journey_id, nodes)
    return InFlight(
        contacts=sum(place.contacts for place in places),
        nodes=[PeopleAt.model_validate(place) for place in places],
    )


@router.get("/{journey_id}/moves")
async def list_moves(journey_id: UUID, session: Session, reader: Reader) -> list[MoveRead]:
    """Return how people were moved between versions, the newest first."""
    await drafts.get_journey(session, reader.workspace_id, journey_id)
    rows = await moving.list_moves(session, reader.workspace_id, journey_id)
    return [MoveRead.model_validate(row) for row in rows]


def _version(version: JourneyVersion) -> VersionRead:
    return VersionRead(
        id=version.id,
        version=version.number,
        hash=version.hash,
        published_at=version.created_at,
        published_by=version.published_by,
    )


@router.get("/{journey_id}/versions")
async def list_versions(journey_id: UUID, session: Session, reader: Reader) -> Page[VersionRead]:
    """Return the published versions, the newest first."""
    await drafts.get_journey(session, reader.workspace_id, journey_id)
    rows = await versions.list_versions(session, reader.workspace_id, journey_id)
    return Page(items=[_version(row) for row in rows])


@router.get("/{journey_id}/versions/{number}")
async def read_version(journey_id: UUID, number: int, session: Session, reader: Reader) -> VersionDetail:
    """Return one version with what was published."""
    version = await versions.get_version(session, reader.workspace_id, journey_id, number)
    return VersionDetail(**_version(version).model_dump(), graph=version.graph, settings=version.settings)


@router.post("/{journey_id}/pause", status_code=204)
async def pause_journey(journey_id: UUID, session: Session, actor: Publisher, announce: Announce) -> None:
    """Let nobody in and send nothing until the journey is resumed; exits and goals go on."""
    await drafts.get_journey(session, actor.workspace_id, journey_id)
    await pausing.pause(session, actor.workspace_id, journey_id)
    await record_change(session, actor, "paused", "journey", journey_id)
    announce.journey_changed(actor.workspace_id, journey_id)


@router.post("/{journey_id}/resume", status_code=204)
async def resume_journey(
    journey_id: UUID, session: Session, actor: Publisher, announce: Announce, body: Resume | None = None
) -> None:
    """Go on: with waits longer by the pause, by the clock as it was, or ended where they are overdue."""
    policy = (body or Resume()).waits
    await drafts.get_journey(session, actor.workspace_id, journey_id)
    await pausing.resume(session, actor.workspace_id, journey_id, policy)
    await record_change(session, actor, "resumed", "journey", journey_id, {"waits": policy})
    announce.journey_changed(actor.workspace_id, journey_id)


@router.post("/{journey_id}/retry")
async def retry_journey(journey_id: UUID, session: Session, actor: Publisher) -> Retried:
    """Try again what is parked because a step failed for good, such as a mail connection that was gone.

    People who were on their way in, or to a newer version, when that failed for good go on, too.
    """
    await drafts.get_journey(session, actor.workspace_id, journey_id)
    batches = await pausing.retry_parked(session, actor.workspace_id, journey_id)
    intakes = await intake.retry_intakes(session, actor.workspace_id, journey_id)
    moves = await moving.retry_moves(session, actor.workspace_id, journey_id)
    tried = Retried(batches=batches, intakes=intakes, moves=moves)
    await record_change(session, actor, "retried", "journey", journey_id, tried.model_dump())
    return tried


@router.get("/{journey_id}/intakes")
async def list_journey_intakes(journey_id: UUID, session: Session, reader: Reader) -> list[IntakeRead]:
    """Return the segments and lists that were let in, the newest first, and how far each is."""
    await drafts.get_journey(session, reader.workspace_id, journey_id)
    rows = await intake.list_intakes(session, reader.workspace_id, journey_id)
    return [IntakeRead.model_validate(row) for row in rows]


@router.post("/{journey_id}/archive")
async def archive_journey(journey_id: UUID, session: Session, actor: Publisher, announce: Announce) -> Archived:
    """End everyone's passage and put the journey away; its history stays."""
    ended = await publishing.archive_journey(session, actor.workspace_id, journey_id)
    await record_change(session, actor, "archived", "journey", journey_id, {"ended": ended})
    announce.journey_changed(actor.workspace_id, journey_id)
    return Archived(ended=ended)


@router.get("/{journey_id}/status")
async def read_status(journey_id: UUID, session: Session, reader: Reader, settings: SettingsDep) -> JourneyStatus:
    """Return counts of the journey and of each node, and the runs that carry contacts now."""
    return journey_status(await get_status(session, reader.workspace_id, journey_id), settings)


@router.post("/{journey_id}/enroll")
async def enroll_contacts(
    journey_id: UUID, body: Enroll, session: Session, actor: Publisher, announce: Announce
) -> Enrolled:
    """Let contacts in, as the journey's re-entry rule allows."""
    enrolled = await publishing.enroll(
        session,
        actor.workspace_id,
        journey_id,
        contact_ids=body.contact_ids,
        emails=body.emails,
        segment_id=body.segment_id,
        payload=body.payload,
        key=body.key,
    )
    await record_change(session, actor, "enrolled", "journey", journey_id, {"entered": enrolled.entered})
    announce.journey_changed(actor.workspace_id, journey_id)
    return Enrolled.model_validate(enrolled)


@router.get("/{journey_id}/enrollments")
async def list_journey_enrollments(
    journey_id: UUID,
    session: Session,
    reader: Reader,
    limit: Limit = PAGE,
    cursor: Cursor = None,
    contact: UUID | None = None,
    node: Annotated[str | None, Query(max_length=100)] = None,
    state: Literal["active", "completed", "exited", "failed"] | None = None,
    converted: bool = False,
) -> Page[EnrollmentRead]:
    """Return who is or was inside, the newest first; of those who reached the goal only, if asked."""
    await drafts.get_journey(session, reader.workspace_id, journey_id)
    rows = await list_enrollments(
        session,
        reader.workspace_id,
        journey_id=journey_id,
        contact_id=contact,
        node_id=node,
        state=state,
        converted=converted,
        before=decode_cursor(cursor),
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: row.id, enrollment_read)


@router.get("/{journey_id}/export", response_class=PlainTextResponse)
async def export_journey_file(journey_id: UUID, session: Session, reader: Reader) -> PlainTextResponse:
    """Return the draft as a file whose differences are easy to review."""
    journey = await drafts.get_journey(session, reader.workspace_id, journey_id)
    graph, settings = drafts.parse_graph(journey.graph), drafts.parse_settings(journey.settings)
    headers = {"Content-Disposition": f'attachment; filename="{journey.slug}.yaml"'}
    content = export_journey(journey.name, journey.slug, graph, settings)
    return PlainTextResponse(content, headers=headers, media_type="application/yaml")
