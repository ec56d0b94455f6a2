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


def ink_on(color: Color) -> str:
    """Return black or white, whichever is easier to read on a colour. Source: WCAG 2.2, relative luminance."""
    shares = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"
