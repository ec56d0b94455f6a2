"""A key or an invitation is made in the very moment in which its maker loses the right to it."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.keys import add_key
from journeys.auth.links import invite
from journeys.auth.models import ApiKey, SignInLink, User
from journeys.auth.roles import Principal
from journeys.auth.users import add_member, change_role
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.errors import Forbidden
from tests.conftest import make_workspace
from tests.races.test_who_wins import one_waits_for

HandOut = Callable[[AsyncSession, Principal], Awaitable[object]]


async def make_key(session: AsyncSession, maker: Principal) -> None:
    await add_key(session, maker.workspace_id, "api", "developer", "server", maker.person_id)


async def make_invitation(session: AsyncSession, maker: Principal) -> None:
    await invite(session, maker, "friend@example.com", "owner")


each_thing = pytest.mark.parametrize("hand_out", [make_key, make_invitation])


@pytest.fixture
async def owners(fresh_database: Database) -> tuple[Principal, Principal]:
    """Two owners of one workspace; the second is about to become an analyst."""
    workspace_id = await make_workspace(fresh_database)

    async def owner(session: AsyncSession) -> Principal:
        person: UUID = new_id()
        session.add(User(id=person, email=f"{person}@example.com", name="Owner", password_hash="-"))
        await session.flush()
        await add_member(session, workspace_id, person, "owner")
        return Principal("user", person, "Owner", workspace_id, "owner", person_id=person)

    async with fresh_database.engine() as session:
        return await owner(session), await owner(session)


async def in_force(database: Database) -> int:
    """Count the keys and invitations that work."""
    async with database.engine() as session:
        keys = await session.scalar(select(func.count()).where(ApiKey.revoked_at.is_(None)))
        links = await session.scalar(select(func.count()).where(SignInLink.used_at.is_(None)))
        return int((keys or 0) + (links or 0))


@each_thing
async def test_what_comes_after_the_demotion_is_refused(
    fresh_database: Database, owners: tuple[Principal, Principal], hand_out: HandOut
) -> None:
    owner, other = owners

    async def make() -> None:
        async with fresh_database.engine() as session:
            await hand_out(session, other)

    async with fresh_database.engine() as session:
        await change_role(session, owner, other.id, "analyst")
        async with one_waits_for(fresh_database):
            making = asyncio.create_task(make())
    with pytest.raises(Forbidden):
        await making
    assert await in_force(fresh_database) == 0


@each_thing
async def test_what_comes_before_the_demotion_is_taken_back_by_it(
    fresh_database: Database, owners: tuple[Principal, Principal], hand_out: HandOut
) -> None:
    owner, other = owners

    async def demote() -> None:
        async with fresh_database.engine() as session:
            await change_role(session, owner, other.id, "analyst")

    async with fresh_database.engine() as session:
        await hand_out(session, other)
        async with one_waits_for(fresh_database):
            demoting = asyncio.create_task(demote())
    await demoting
    assert await in_force(fresh_database) == 0
