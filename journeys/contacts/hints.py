"""The attributes that contacts have, for those who write rules."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.db.field_hints import FieldHint, list_field_hints

_RECENT = 2_000
_COLUMNS = ", ".join(f"'{name}', {name}" for name in STANDARD_ATTRIBUTES)
_DOCUMENTS = f"""
    SELECT attributes || jsonb_build_object('tags', to_jsonb(tags), {_COLUMNS}) AS document
    FROM contacts WHERE workspace_id = :workspace_id AND erased_at IS NULL ORDER BY id DESC LIMIT {_RECENT}
"""


async def list_attributes(session: AsyncSession, workspace_id: UUID) -> list[FieldHint]:
    """Return the attributes of the newest contacts; the standard ones are there even when nobody has them."""
    found = await list_field_hints(session, _DOCUMENTS, {"workspace_id": workspace_id})
    missing = {*STANDARD_ATTRIBUTES, "tags"} - {each.name for each in found}
    blank = [FieldHint(name, "list" if name == "tags" else "text", []) for name in sorted(missing)]
    return [*found, *blank]
