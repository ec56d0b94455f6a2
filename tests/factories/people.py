"""People who work in a workspace, each in a browser of their own."""

from uuid import UUID

from api.deps import COOKIE, CSRF_HEADER
from journeys.auth.models import User
from journeys.auth.roles import Role
from journeys.auth.sessions import start_session
from journeys.auth.users import add_member
from journeys.db.ids import new_id
from journeys.db.session import Database


async def sign_in_as(database: Database, workspace_id: UUID, name: str, role: Role = "marketer") -> dict[str, str]:
    """Make a person and return the headers that their browser sends."""
    async with database.engine() as session:
        user = User(id=new_id(), email=f"{new_id().hex}@example.com", name=name)
        session.add(user)
        await session.flush()
        await add_member(session, workspace_id, user.id, role)
        started = await start_session(session, user.id, workspace_id)
    return {"Cookie": f"{COOKIE}={started.cookie}", CSRF_HEADER: started.csrf_token}
