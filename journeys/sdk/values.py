"""What an activity is given and gives back: a contact, an outcome, and the errors that it may raise."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

DETAIL_LENGTH = 500
REASON_LENGTH = 200
ATTRIBUTES_AT_MOST = 50


class Contact(BaseModel):
    """A person as they are when the activity runs. Any field may be missing: `get` reads them all alike."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    email: str | None = None
    external_id: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    country: str | None = None
    city: str | None = None
    time_zone: str | None = None
    language: str | None = None
    lifecycle: str | None = None
    tags: list[str] = Field(default_factory=list)
    attributes: dict[str, Any] = Field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field or an attribute, or the default where the contact has none."""
        value = getattr(self, name) if name in type(self).model_fields else self.attributes.get(name)
        return default if value is None else value


class Outcome(BaseModel):
    """How an activity ended for one contact.

    `outlet` is the way out. `attributes` are written to the contact (null removes one), and mails that follow may read
    them. `detail` is shown in the contact's trace.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outlet: str
    attributes: dict[str, JsonValue] = Field(default_factory=dict, max_length=ATTRIBUTES_AT_MOST)
    detail: str | None = Field(None, max_length=DETAIL_LENGTH)

    def __init__(self, outlet: str, /, **values: Any) -> None:
        super().__init__(outlet=outlet, **values)


class ActivityError(Exception):
    """Base of what an activity may raise on purpose."""


class PermanentError(ActivityError):
    """This contact fails for good, and leaves by `failed`; the text is the reason that people read and count."""


class RetryLater(ActivityError):
    """Nothing was done; try this contact again, after some time if the vendor said one."""

    def __init__(self, reason: str = "asked to try again later", *, after: timedelta | float | None = None) -> None:
        super().__init__(reason)
        self.after_seconds = after.total_seconds() if isinstance(after, timedelta) else after


class ConfigurationError(ActivityError):
    """The activity cannot work for anyone until somebody mends its set-up: the batch is parked with this reason."""
