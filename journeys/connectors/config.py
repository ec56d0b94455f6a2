"""What the settings of every mail connection have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Address = Annotated[str, Field(pattern=r"^[^\s@<>(),;:\"\\\[\]]+@[a-zA-Z0-9.-]+$", max_length=254)]


class MailConfig(BaseModel):
    """Who the mails are from. Fields of type `SecretStr` are sealed before they are stored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sender: Address | None = Field(None, title="From address", description="The address that mails are sent from.")
    sender_name: str = Field("", title="From name", max_length=200)
