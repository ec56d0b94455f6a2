"""Topics: what contacts may hear about."""

from fastapi import APIRouter

from api.deps import Editor, Reader, Session
from api.idempotency import IdempotentRoute
from api.schemas.base import Page
from api.schemas.contacts import TopicCreate, TopicRead, TopicUpdate
from journeys.auth.audit import record_change
from journeys.contacts import consent

router = APIRouter(prefix="/api/topics", tags=["topics"], route_class=IdempotentRoute)


@router.get("")
async def list_topics(session: Session, reader: Reader) -> Page[TopicRead]:
    """Return every topic."""
    topics = await consent.list_topics(session, reader.workspace_id)
    return Page(items=[TopicRead.model_validate(topic) for topic in topics])


@router.post("", status_code=201)
async def create_topic(body: TopicCreate, session: Session, actor: Editor) -> TopicRead:
    """Make a topic."""
    topic = await consent.create_topic(session, actor.workspace_id, body.key, body.name, body.policy)
    await record_change(session, actor, "created", "topic", topic.key, body.model_dump())
    return TopicRead.model_validate(topic)


@router.patch("/{key}")
async def update_topic(key: str, body: TopicUpdate, session: Session, actor: Editor) -> TopicRead:
    """Change a topic's name or policy."""
    topic = await consent.get_topic(session, actor.workspace_id, key)
    topic.name, topic.policy = body.name or topic.name, body.policy or topic.policy
    await session.flush()
    await record_change(session, actor, "changed", "topic", key, body.model_dump(exclude_unset=True))
    return TopicRead.model_validate(topic)


@router.delete("/{key}", status_code=204)
async def delete_topic(key: str, session: Session, actor: Editor) -> None:
    """Remove a topic; what people said about it stays."""
    await consent.delete_topic(session, actor.workspace_id, key)
    await record_change(session, actor, "removed", "topic", key)
