"""Call a URL of another system."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, JsonValue, field_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import CallWebhook


class WebhookConfig(NodeConfig):
    """What to call. URL, header values and all texts in the body may be Liquid."""

    url: str = Field(
        max_length=2_000, pattern=r"^https?://[^\s/{]+", title="URL", description="What to call; the path may be Liquid"
    )
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = Field("POST", description="HTTP method")
    headers: dict[str, str] = Field(default_factory=dict, max_length=30, description="Values may be Liquid")
    body: JsonValue = Field(None, description="A text, or JSON whose texts may be Liquid")
    timeout_seconds: float = Field(10, gt=0, le=30, title="Time-out in seconds", description="How long to wait")

    @field_validator("headers")
    @classmethod
    def _cannot_break_out(cls, headers: dict[str, str]) -> dict[str, str]:
        if any("\n" in part or "\r" in part for header in headers.items() for part in header):
            raise ValueError("a header has one line")
        return headers


class Webhook(NodeKind[WebhookConfig]):
    """See the module."""

    kind = "webhook"
    config = WebhookConfig
    may_end = True
    possible_outlets = ("done", "failed")
    falls_to: ClassVar = {"failed": "done"}
    described = Described("Webhook", "outside", "webhook", "Calls a URL of another system")

    def compile(self, config: WebhookConfig, context: CompileContext) -> CallWebhook:
        """Hand it all over."""
        return CallWebhook(
            url=config.url,
            method=config.method,
            headers=config.headers,
            body=config.body,
            timeout_seconds=config.timeout_seconds,
        )

    def summary(self, config: WebhookConfig) -> str:
        """Name method and host."""
        return f"{config.method} {config.url.split('/')[2]}"

    def references(self, config: WebhookConfig) -> References:
        """Return everything that may be Liquid."""
        headers = ((f"headers.{name}", value) for name, value in config.headers.items())
        return References(texts=(("url", config.url), *headers, *texts_of("body", config.body)))


def texts_of(field: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    """Yield every text in a value, with where it stands."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts_of(f"{field}.{name}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts_of(f"{field}.{index}", inner)
