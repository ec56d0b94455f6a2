"""The people of a workspace."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import EngineSession, Owner, Reader, Session, SettingsDep
from api.schemas.auth import InvitationRead, Invite, Invited, MemberRead, MemberUpdate
from api.schemas.base import Page
from journeys.auth import links, users
from journeys.auth.audit import record_change
from journeys.auth.users import Member

router = APIRouter(prefix="/api/users", tags=["users"])


@router.get("")
async def list_users(session: Session, reader: Reader) -> Page[MemberRead]:
    """Return the people of the workspace."""
    return Page(items=[_read(member) for member in await users.list_members(session, reader.workspace_id)])


@router.post("", status_code=201)
async def invite_user(body: Invite, actor: Owner, session: EngineSession, settings: SettingsDep) -> Invited:
    """Make a link that lets a person join; hand it to them yourself. A new one replaces the one before."""
    secret = await links.invite(session, actor, body.email, body.role)
    await record_change(session, actor, "invited", "user", body.email, {"role": body.role})
    return Invited(email=body.email, role=body.role, link=links.link_url(settings.public_url, secret))


@router.get("/invitations")
async def list_invitations(actor: Owner, session: EngineSession) -> Page[InvitationRead]:
    """Return the invitations that nobody has used and that still work; their links were shown once."""
    rows = await links.list_invitations(session, actor.workspace_id)
    return Page(items=[InvitationRead.model_validate(row) for row in rows])


@router.delete("/invitations/{invitation_id}", status_code=204)
async def withdraw_invitation(invitation_id: UUID, actor: Owner, session: EngineSession) -> None:
    """Let an invitation that nobody used work no more."""
    link = await links.withdraw_invitation(session, actor.workspace_id, invitation_id)
    await record_change(session, actor, "withdrew", "invitation", link.email)


@router.patch("/{user_id}")
async def change_user_role(user_id: UUID, body: MemberUpdate, actor: Owner, session: EngineSession) -> MemberRead:
    """Give a person another role; their API keys that may do more are revoked, and their invitations withdrawn."""
    before = await users.get_member(session, actor.workspace_id, user_id)
    await users.change_role(session, actor, user_id, body.role)
    await record_change(session, actor, "changed", "user", user_id, {"role": [before.role, body.role]})
    return _read(before._replace(role=body.role))


@router.delete("/{user_id}", status_code=204)
async def remove_user(user_id: UUID, actor: Owner, session: EngineSession) -> None:
    """Take a person out of the workspace, sign them out, revoke their API keys and withdraw their invitations."""
    await users.remove_member(session, actor, user_id)
    await record_change(session, actor, "removed", "user", user_id)


def _read(member: Member) -> MemberRead:
    user, role = member
    return MemberRead(
        id=user.id,
        email=user.email,
        name=user.name,
        role=role,
        disabled=user.disabled_at is not None,
        created_at=user.created_at,
    )
