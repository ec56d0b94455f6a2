"""What mails may say of the workspace: its name, where it is, and its brand. `{{ workspace.color }}` and the like."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"'<>]+$", max_length=500)]


class Brand(BaseModel):
    """How the workspace's mails look alike."""

    model_config = ConfigDict(extra="forbid")

    color: Color | None = None
    logo_url: Link | None = None
    website: Link | None = None


def workspace_facts(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `workspace` of the Liquid context, from the workspace's name and settings."""
    brand = Brand.model_validate(settings.get("brand") or {})
    return {"name": name, "postal_address": settings.get("postal_address"), **brand.model_dump()}
