"""From rows and findings of the engine to the shapes of the API, where several routes answer with the same."""

from typing import Any
from urllib.parse import quote

from api.schemas.journeys import EnrollmentRead, JourneyStatus
from journeys.settings import Settings


def enrollment_read(row: Any) -> EnrollmentRead:
    """Return an enrollment as the API shows it."""
    named = " ".join(part for part in (row.first_name, row.last_name) if part)
    fields = {name: getattr(row, name) for name in EnrollmentRead.model_fields if not name.startswith("contact_")}
    return EnrollmentRead(**fields, contact_id=row.contact_id, contact_email=row.email, contact_name=named or None)


def journey_status(status: dict[str, Any], settings: Settings) -> JourneyStatus:
    """Return a journey's status, with where ops see its runs in Temporal UI."""
    base = temporal_ui(settings)
    slug = status.pop("slug")
    runs = [
        {**run, "temporal_ui_url": base and f"{base}/{quote(run['workflow_id'], safe='')}"} for run in status["runs"]
    ]
    query = quote(f'SojournJourney="{slug}"')
    return JourneyStatus(**{**status, "runs": runs}, temporal_ui_url=base and f"{base}?query={query}")


def temporal_ui(settings: Settings) -> str | None:
    """Return the address of the list of workflows in Temporal UI, where there is one."""
    if not settings.temporal_ui_url:
        return None
    return f"{settings.temporal_ui_url.rstrip('/')}/namespaces/{settings.temporal_namespace}/workflows"
