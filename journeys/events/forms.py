"""Forms on other people's pages: which fields they have, and what a submission means as events."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator
from pydantic import ValidationError as PydanticError
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys import clock
from journeys.contacts.addresses import normalize_address
from journeys.db.ids import new_id
from journeys.db.room import ensure_room
from journeys.db.uses import refuse_while_used
from journeys.errors import Fault, InvalidInput, NotFound
from journeys.events.models import Form
from journeys.events.normalize import Incoming
from journeys.events.traits import Traits, read_traits

SUBMITTED = "Form Submitted"
EMAIL = "email"
VISITOR = "anonymous_id"
"""A hidden field by which a page may say which visitor it is."""

LONGEST_VALUE = 5_000
MOST_FIELDS = 50


class FormField(BaseModel):
    """An input of a form. Its value becomes an attribute of the contact, unless `attribute` is empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")
    label: str | None = Field(None, max_length=200)
    required: bool = False
    attribute: str | None = Field(None, max_length=100)

    @field_validator("name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name in (VISITOR, "form"):
            raise ValueError(f"{name} has a meaning of its own")
        return name

    @property
    def target(self) -> str | None:
        """The attribute that takes the value: named after the field if nothing is said."""
        return self.name if self.attribute is None else self.attribute or None


_FIELDS: TypeAdapter[list[FormField]] = TypeAdapter(list[FormField])


def parse_fields(data: object) -> list[FormField]:
    """Return the fields of a form; one is the address.

    Raises:
        InvalidInput: they are none, or no field is the address.
    """
    try:
        fields = _FIELDS.validate_python(data)
    except PydanticError as error:
        faults = [
            Fault("/fields/" + "/".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, "))
            for each in error.errors()
        ]
        raise InvalidInput("these are no fields of a form", faults) from error
    names = [field.name for field in fields]
    if EMAIL not in names:
        raise InvalidInput("a form needs the field email", [Fault("/fields", "add the field email")])
    if len(set(names)) < len(names) or len(names) > MOST_FIELDS:
        raise InvalidInput(f"a form has at most {MOST_FIELDS} fields, each with a name of its own")
    return fields


async def create_form(session: AsyncSession, workspace_id: UUID, name: str, fields: object, **options: Any) -> Form:
    """Make a form; its key is what pages send to, so nobody can guess it."""
    dumped = [field.model_dump(exclude_unset=True) for field in parse_fields(fields)]
    await ensure_room(session, workspace_id, Form)
    form = Form(workspace_id=workspace_id, key=secrets.token_urlsafe(12), name=name, fields=dumped, **options)
    session.add(form)
    await session.flush()
    await session.refresh(form)
    return form


async def update_form(session: AsyncSession, workspace_id: UUID, form_id: UUID, changes: Mapping[str, Any]) -> Form:
    """Change what is named of a form; `disabled` closes it or opens it again."""
    form = await get_form(session, workspace_id, form_id)
    for name, value in changes.items():
        if name == "fields":
            form.fields = [field.model_dump(exclude_unset=True) for field in parse_fields(value)]
        elif name == "disabled":
            form.disabled_at = clock.now() if value else None
        else:
            setattr(form, name, value)
    await session.flush()
    return form


async def delete_form(session: AsyncSession, workspace_id: UUID, form_id: UUID) -> Form:
    """Forget a form; who sent it and what they sent stay.

    Raises:
        Conflict: a live journey or a segment looks at it.
    """
    form = await get_form(session, workspace_id, form_id)
    await refuse_while_used(session, workspace_id, form.name, form.key)
    await session.delete(form)
    await session.flush()
    return form


async def list_forms(session: AsyncSession, workspace_id: UUID) -> Sequence[Form]:
    """Return the forms of a workspace, the oldest first."""
    query = select(Form).where(Form.workspace_id == workspace_id).order_by(Form.id)
    return (await session.scalars(query)).all()


async def get_form(session: AsyncSession, workspace_id: UUID, form_id: UUID) -> Form:
    """Return one form.

    Raises:
        NotFound: there is none with this id.
    """
    form = await session.scalar(select(Form).where(Form.workspace_id == workspace_id, Form.id == form_id))
    if form is None:
        raise NotFound("There is no such form.")
    return form


async def find_open_form(session: AsyncSession, key: str) -> Form:
    """Return the form that a page sends to.

    Raises:
        NotFound: there is none, or it is closed.
    """
    form = await session.scalar(select(Form).where(Form.key == key, Form.disabled_at.is_(None)))
    if form is None:
        raise NotFound("There is no such form, or it is closed.")
    return form


async def read_submission(session: AsyncSession, form: Form, data: Mapping[str, Any]) -> list[Incoming]:
    """Return the events that a submission means; none when a robot filled in what people cannot see.

    Whoever sends a form is not known to be who they say. So the form tells only the event of a contact who has a userId,
    and changes nothing of them.

    Raises:
        InvalidInput: a field is missing or wrong.
    """
    if data.get(form.honeypot):
        return []
    values = _values(parse_fields(form.fields), data)
    address = values[EMAIL]
    user_id = await session.scalar(_USER, {"workspace_id": form.workspace_id, "email": address})
    named = {field.name: field.target for field in parse_fields(form.fields)}
    traits = {target: values[name] for name, target in named.items() if target and name in values and name != EMAIL}
    visitor = data.get(VISITOR)
    common: dict[str, Any] = {
        "workspace_id": form.workspace_id,
        "occurred_at": datetime.now(UTC),
        "user_id": user_id,
        "anonymous_id": None if user_id or not isinstance(visitor, str) else visitor[:255] or None,
    }
    submitted = Incoming(
        type="track",
        name=SUBMITTED,
        properties={**values, "form": form.key, "form_name": form.name},
        message_key=f"form:{new_id()}",
        **common,
    )
    if user_id:
        return [submitted]
    submitted.traits = Traits(columns={EMAIL: address})
    known = read_traits({**traits, EMAIL: address})
    return [
        Incoming(type="identify", name="Identified", properties={**traits, EMAIL: address}, traits=known, **common),
        submitted,
    ]


_USER = text("SELECT external_id FROM contacts WHERE workspace_id = :workspace_id AND email = :email")


def _values(fields: Sequence[FormField], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was filled in, field by field; what no field is called is left out."""
    values: dict[str, Any] = {}
    faults = []
    for field in fields:
        value = data.get(field.name)
        value = value.strip() if isinstance(value, str) else value
        if value in (None, "", []):
            if field.required or field.name == EMAIL:
                faults.append(Fault(f"/{field.name}", "Fill this in."))
        elif not _is_plain(value):
            faults.append(
                Fault(f"/{field.name}", f"A text of at most {LONGEST_VALUE:,} characters, a number or yes or no.")
            )
        else:
            values[field.name] = value
    if EMAIL in values:
        address = normalize_address(str(values[EMAIL]))
        if address is None:
            faults.append(Fault(f"/{EMAIL}", "This is not an email address."))
        values[EMAIL] = address
    if faults:
        raise InvalidInput("Some fields are missing or wrong.", faults)
    return values


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= MOST_FIELDS and all(isinstance(each, str) and _is_plain(each) for each in value)
    if isinstance(value, str):
        return len(value) <= LONGEST_VALUE and "\x00" not in value
    return isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 2**63)
