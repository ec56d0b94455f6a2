"""Telling sockets about a change, once it is committed and answered: who is told earlier would fetch the old state."""

from typing import Annotated
from uuid import UUID

from fastapi import BackgroundTasks, Depends

from api.deps import RedisDep
from journeys.live.publish import publish


class Announcer:
    """Collects what to tell; it goes out after the answer."""

    def __init__(self, background: BackgroundTasks, redis: RedisDep) -> None:
        self._background, self._redis = background, redis

    def journey_changed(self, workspace_id: UUID, journey_id: UUID) -> None:
        """Say that a journey changed, to those who look at it and to the dashboard."""
        for topic, data in ((f"journey:{journey_id}", {}), ("dashboard", {"journey_id": journey_id})):
            self._background.add_task(publish, self._redis, workspace_id, topic, "changed", data)


Announce = Annotated[Announcer, Depends(Announcer)]
