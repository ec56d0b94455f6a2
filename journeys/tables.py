"""Every table of the product, imported in one place so that migrations and tests see the whole schema."""

import journeys.auth.models
import journeys.connectors.models
import journeys.contacts.models
import journeys.enrollments.models
import journeys.events.models
import journeys.graph.models
import journeys.messaging.models
import journeys.scoring.models
import journeys.segments.models
import journeys.simulation.models
from journeys.db.base import Base

metadata = Base.metadata

__all__ = ["journeys", "metadata"]
