"""Shapes: signing in, the one-time links, who is signed in."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Address, Name, Schema, TimeZone
from journeys.auth.passwords import LONGEST, SHORTEST
from journeys.auth.roles import Role

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]
LinkSecret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Config(Schema):
    """What the web app must know before anybody signs in."""

    auth: Literal["local", "clerk"] = "local"
    publishable_key: str | None = None
    temporal_ui_url: str | None
    version: str
    needs_setup: bool


class SignIn(Schema):
    """An attempt to sign in."""

    email: Annotated[str, StringConstraints(max_length=320)]
    password: Annotated[str, StringConstraints(max_length=LONGEST)]


class Setup(Schema):
    """What a one-time link needs: from the first owner all of it, from an invited person name and password."""

    token: LinkSecret
    name: Name
    password: Password
    email: Address | None = None
    workspace_name: Name | None = None
    time_zone: TimeZone = "UTC"


class PasswordChange(Schema):
    """Another password for the one that the person knows."""

    current_password: Annotated[str, StringConstraints(max_length=LONGEST)]
    new_password: Password


class LinkLookup(Schema):
    """A one-time link to look at without using it."""

    token: LinkSecret


class LinkInfo(Schema):
    """What a one-time link is for."""

    purpose: Literal["first_owner", "invite"]
    email: str | None
    role: Role | None
    workspace_name: str | None


class UserInfo(Schema):
    """A person."""

    id: UUID
    email: str | None
    name: str


class WorkspaceInfo(Schema):
    """A workspace, in short."""

    id: UUID
    name: str
    slug: str
    time_zone: str


class Me(Schema):
    """Who is signed in, where, and the token that changes must carry. With an API key, `user` is the key."""

    user: UserInfo
    workspace: WorkspaceInfo
    role: Role
    csrf_token: str | None


class KeyCreate(Schema):
    """A key to make: `api` with a role, or `write`, which may only send events."""

    name: Name
    kind: Literal["api", "write"] = "api"
    role: Role | None = None


class KeyRead(Schema):
    """A key, without its secret."""

    id: UUID
    kind: Literal["api", "write"]
    name: str
    prefix: str
    role: Role | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyCreated(KeyRead):
    """A new key, with its secret, which is never shown again."""

    key: str


class MemberRead(Schema):
    """A person in this workspace."""

    id: UUID
    email: str
    name: str
    role: Role
    disabled: bool = False
    created_at: datetime


class Invite(Schema):
    """A person to invite."""

    email: Address
    role: Role


class Invited(Schema):
    """The link to hand to the person: shown once, good for seven days."""

    email: str
    role: Role
    link: str


class InvitationRead(Schema):
    """An invitation that waits for the person to use it."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


class MemberUpdate(Schema):
    """A person's new role."""

    role: Role


class AuditRead(Schema):
    """Who changed what, and when."""

    id: UUID
    at: datetime = Field(validation_alias="created_at")
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    entity: str
    entity_id: str
    diff: dict[str, Any]
