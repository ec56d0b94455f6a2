"""Scoring models: rules that give points, and the history of a contact's score."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import Editor, Reader, Session
from api.idempotency import IdempotentRoute
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.scoring import ScoreChangeRead, ScoringModelCreate, ScoringModelRead, ScoringModelUpdate
from journeys.auth.audit import record_change
from journeys.contacts.queries import get_contact
from journeys.scoring import queries

router = APIRouter(prefix="/api/scoring/models", tags=["scoring"], route_class=IdempotentRoute)


@router.get("")
async def list_scoring_models(session: Session, reader: Reader) -> Page[ScoringModelRead]:
    """Return every scoring model."""
    models = await queries.list_models(session, reader.workspace_id)
    return Page(items=[ScoringModelRead.model_validate(model) for model in models])


@router.post("", status_code=201)
async def create_scoring_model(body: ScoringModelCreate, session: Session, actor: Editor) -> ScoringModelRead:
    """Make a model and score every contact."""
    model = await queries.create_model(session, actor.workspace_id, body.slug, body.name, body.rules)
    await record_change(session, actor, "created", "scoring model", model.slug, body.model_dump())
    return ScoringModelRead.model_validate(model)


@router.get("/{slug}")
async def read_scoring_model(slug: str, session: Session, reader: Reader) -> ScoringModelRead:
    """Return one model."""
    return ScoringModelRead.model_validate(await queries.get_model(session, reader.workspace_id, slug))


@router.patch("/{slug}")
async def update_scoring_model(
    slug: str, body: ScoringModelUpdate, session: Session, actor: Editor
) -> ScoringModelRead:
    """Rename a model, or change its rules and score every contact again."""
    model = await queries.update_model(session, actor.workspace_id, slug, name=body.name, rules=body.rules)
    await record_change(session, actor, "changed", "scoring model", slug, body.model_dump(exclude_unset=True))
    return ScoringModelRead.model_validate(model)


@router.delete("/{slug}", status_code=204)
async def delete_scoring_model(slug: str, session: Session, actor: Editor) -> None:
    """Forget a model that nothing uses, and everyone's score in it."""
    model = await queries.delete_model(session, actor.workspace_id, slug)
    await record_change(session, actor, "deleted", "scoring model", slug, {"name": model.name})


@router.get("/{slug}/history")
async def list_score_changes(
    slug: str, contact: UUID, session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[ScoreChangeRead]:
    """Return how a contact's score came about, the newest change first."""
    await queries.get_model(session, reader.workspace_id, slug)
    await get_contact(session, reader.workspace_id, contact)
    rows = await queries.list_changes_of(session, contact, slug, limit + 1, decode_cursor(cursor, int))
    return page(rows, limit, lambda row: row.seq, _change)


def _change(row: object) -> ScoreChangeRead:
    return ScoreChangeRead.model_validate(row)
