"""What an activity is told besides the contact and its config."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from journeys.sdk.values import ConfigurationError

SECRET_PREFIX = "SOJOURN_ACTIVITY_SECRET_"


@dataclass(frozen=True)
class _Context:
    workspace_id: UUID
    journey_id: UUID
    node_id: str
    timeout_seconds: float
    """How long the function has, from its start."""
    http: httpx.AsyncClient
    """Kept open from call to call; its time-out is the activity's own."""
    log: logging.Logger
    """Write ids, never addresses."""

    def secret(self, name: str) -> str:
        """Return the secret that the operator set as `SOJOURN_ACTIVITY_SECRET_<NAME>`.

        Raises:
            ConfigurationError: it is not set; the batch is parked until it is.
        """
        try:
            return os.environ[SECRET_PREFIX + name]
        except KeyError:
            raise ConfigurationError(f"the secret {SECRET_PREFIX}{name} is not set") from None


@dataclass(frozen=True)
class ActivityContext(_Context):
    """About one call for one contact."""

    key: str = ""
    """`enrollment:node:visit`: the same whenever this call is repeated. Give it to the vendor as idempotency key."""
    attempt: int = 1
    event: Mapping[str, Any] = field(default_factory=dict)
    """The properties of the event that let the contact in."""


@dataclass(frozen=True)
class BatchContext(_Context):
    """About one call for many contacts; `keys`, `attempts` and `events` are in the order of the contacts."""

    keys: Sequence[str] = ()
    attempts: Sequence[int] = ()
    events: Sequence[Mapping[str, Any]] = ()
