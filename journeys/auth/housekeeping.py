"""Forget what is over: sessions and links."""

from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.models import SignInLink, UserSession

LINKS_KEPT = timedelta(days=30)


async def forget_expired(session: AsyncSession) -> None:
    """Delete expired rows of every workspace. Needs an engine session; run hourly."""
    await session.execute(delete(UserSession).where(UserSession.expires_at < func.now()))
    await session.execute(delete(SignInLink).where(SignInLink.expires_at < func.now() - LINKS_KEPT))
