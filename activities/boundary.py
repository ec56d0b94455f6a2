"""The one place that decides which errors Temporal retries: temporary ones as they are, permanent ones never."""

from datetime import timedelta

from temporalio.exceptions import ApplicationError

from journeys.connectors.errors import ProviderRefused
from journeys.errors import InvalidInput, NotFound, SojournError

PERMANENT = (InvalidInput, NotFound, ProviderRefused)


def translate(error: Exception) -> Exception:
    """Return the error as Temporal should see it."""
    if isinstance(error, PERMANENT):
        return ApplicationError(error.detail, type=type(error).__name__, non_retryable=True)
    delay = getattr(error, "retry_after_seconds", None)
    if isinstance(error, SojournError):
        later = timedelta(seconds=min(float(delay), 300)) if delay else None
        return ApplicationError(error.detail, type=type(error).__name__, next_retry_delay=later)
    return error
