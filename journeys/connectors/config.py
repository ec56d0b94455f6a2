"""What the settings of every mail connection have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Address = Annotated[str, Field(pattern=r"^[^\s@<>(),;:\"\\\[\]]+@[a-zA-Z0-9.-]+$", max_length=254)]


_LIMITS = ("per_second", "at_once")


def _put_limits_last(schema: dict[str, Any]) -> None:
    """Let a form that is drawn from the schema ask for what a vendor needs before it asks for limits."""
    fields = schema["properties"]
    for name in _LIMITS:
        fields[name] = fields.pop(name)


class MailConfig(BaseModel):
    """Who the mails are from. Fields of type `SecretStr` are sealed before they are stored."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_put_limits_last)

    sender: Address | None = Field(None, title="From address", description="The address that mails are sent from.")
    sender_name: str = Field("", title="From name", max_length=200)
    per_second: float | None = Field(
        None, title="Mails per second", ge=0.1, le=100_000, description="What the provider allows; empty for no limit."
    )
    at_once: int | None = Field(
        None, title="Requests at once", ge=1, le=1_000, description="How many may be under way; empty for no limit."
    )
