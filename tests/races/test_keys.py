"""A key is made in the very moment in which its maker loses the right to it."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from journeys.auth.keys import add_key
from journeys.auth.models import ApiKey, User
from journeys.auth.roles import Principal, Role
from journeys.auth.users import add_member, change_role
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.errors import Forbidden
from tests.conftest import make_workspace
from tests.races.test_who_wins import one_waits_for


@pytest.fixture
async def shop(fresh_database: Database) -> tuple[Principal, UUID]:
    """An owner, and a developer who is about to become an analyst."""
    workspace_id, owner, developer = await make_workspace(fresh_database), new_id(), new_id()
    async with fresh_database.engine() as session:
        people: list[tuple[UUID, Role]] = [(owner, "owner"), (developer, "developer")]
        for person, role in people:
            session.add(User(id=person, email=f"{person}@example.com", name=role, password_hash="-"))
            await session.flush()
            await add_member(session, workspace_id, person, role)
    return Principal("user", owner, "owner", workspace_id, "owner", person_id=owner), developer


async def live_keys(database: Database) -> int:
    async with database.engine() as session:
        return int(await session.scalar(select(func.count()).where(ApiKey.revoked_at.is_(None))) or 0)


async def test_a_key_that_comes_after_the_demotion_is_refused(
    fresh_database: Database, shop: tuple[Principal, UUID]
) -> None:
    owner, developer = shop

    async def make() -> None:
        async with fresh_database.workspace(owner.workspace_id) as session:
            await add_key(session, owner.workspace_id, "api", "developer", "late", developer)

    async with fresh_database.engine() as session:
        await change_role(session, owner, developer, "analyst")
        async with one_waits_for(fresh_database):
            making = asyncio.create_task(make())
    with pytest.raises(Forbidden):
        await making
    assert await live_keys(fresh_database) == 0


async def test_a_key_that_comes_before_the_demotion_is_revoked_by_it(
    fresh_database: Database, shop: tuple[Principal, UUID]
) -> None:
    owner, developer = shop

    async def demote() -> None:
        async with fresh_database.engine() as session:
            await change_role(session, owner, developer, "analyst")

    async with fresh_database.workspace(owner.workspace_id) as session:
        await add_key(session, owner.workspace_id, "api", "developer", "early", developer)
        async with one_waits_for(fresh_database):
            demoting = asyncio.create_task(demote())
    await demoting
    assert await live_keys(fresh_database) == 0
