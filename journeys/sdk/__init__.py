"""What a developer imports to write an activity of their own: a typed function that becomes a node in the palette."""

from journeys.sdk.context import ActivityContext, BatchContext
from journeys.sdk.definition import ActivityDefinition, journey_activity
from journeys.sdk.values import ActivityError, ConfigurationError, Contact, Outcome, PermanentError, RetryLater

__all__ = [
    "ActivityContext",
    "ActivityDefinition",
    "ActivityError",
    "BatchContext",
    "ConfigurationError",
    "Contact",
    "Outcome",
    "PermanentError",
    "RetryLater",
    "journey_activity",
]
