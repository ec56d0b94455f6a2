"""Make, change and list scoring models, and read what a contact has."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys import clock
from journeys.db.room import ensure_room
from journeys.db.uses import refuse_while_used
from journeys.errors import Conflict, NotFound
from journeys.scoring.language import dump_points, parse_points
from journeys.scoring.models import ScoringModel
from journeys.scoring.scores import forget_scores, rescore


async def list_models(session: AsyncSession, workspace_id: UUID) -> list[ScoringModel]:
    """Return the scoring models of a workspace, the oldest first."""
    query = select(ScoringModel).where(ScoringModel.workspace_id == workspace_id).order_by(ScoringModel.id)
    return list(await session.scalars(query))


async def get_model(session: AsyncSession, workspace_id: UUID, slug: str) -> ScoringModel:
    """Return a model by its slug.

    Raises:
        NotFound: there is none.
    """
    query = select(ScoringModel).where(ScoringModel.workspace_id == workspace_id, ScoringModel.slug == slug)
    model = await session.scalar(query)
    if model is None:
        raise NotFound("There is no such scoring model.")
    return model


async def create_model(session: AsyncSession, workspace_id: UUID, slug: str, name: str, rules: object) -> ScoringModel:
    """Make a model and score every contact.

    Raises:
        InvalidInput: the rules are none.
        Conflict: the slug is taken.
    """
    await ensure_room(session, workspace_id, ScoringModel)
    values = {"workspace_id": workspace_id, "slug": slug, "name": name, "rules": dump_points(parse_points(rules))}
    made: ScoringModel | None = await session.scalar(
        insert(ScoringModel).values(values).on_conflict_do_nothing().returning(ScoringModel)
    )
    if made is None:
        raise Conflict(f"There is a scoring model {slug!r} already.")
    await rescore(session, workspace_id, slug, "the model is new")
    return made


async def update_model(
    session: AsyncSession, workspace_id: UUID, slug: str, *, name: str | None = None, rules: object = None
) -> ScoringModel:
    """Rename a model or change its rules, and then score every contact again."""
    model = await get_model(session, workspace_id, slug)
    model.name = name or model.name
    model.updated_at = clock.now()
    if rules is not None:
        model.rules = dump_points(parse_points(rules))
    await session.flush()
    if rules is not None:
        await rescore(session, workspace_id, slug, "the model changed")
    return model


async def delete_model(session: AsyncSession, workspace_id: UUID, slug: str) -> ScoringModel:
    """Forget a model and its scores; their history stays, and ends with this.

    Raises:
        Conflict: a live journey or a segment looks at it.
    """
    model = await get_model(session, workspace_id, slug)
    await refuse_while_used(session, workspace_id, model.name, slug, at="$.**.model")
    await forget_scores(session, workspace_id, slug, "the model was deleted")
    await session.delete(model)
    await session.flush()
    return model


async def list_scores_of(session: AsyncSession, contact_id: UUID) -> Sequence[Row[Any]]:
    """Return a contact's scores by model."""
    result = await session.execute(
        text("""
            SELECT s.model, coalesce(m.name, s.model) AS name, s.value, s.given, s.updated_at
            FROM scores s LEFT JOIN scoring_models m ON m.workspace_id = s.workspace_id AND m.slug = s.model
            WHERE s.contact_id = :id ORDER BY s.model
        """),
        {"id": contact_id},
    )
    return result.all()


async def list_changes_of(
    session: AsyncSession, contact_id: UUID, model: str, limit: int = 50, before: int | None = None
) -> Sequence[Row[Any]]:
    """Return how a contact's score came about, the newest change first."""
    result = await session.execute(
        text("""
            SELECT seq, at, before, after, reason FROM score_changes
            WHERE contact_id = :id AND model = :model AND (CAST(:before AS bigint) IS NULL OR seq < :before)
            ORDER BY seq DESC LIMIT :limit
        """),
        {"id": contact_id, "model": model, "before": before, "limit": limit},
    )
    return result.all()
