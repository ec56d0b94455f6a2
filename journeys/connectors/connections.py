"""A workspace's connections: settings as stored, opened to a provider."""

from collections.abc import Mapping
from typing import Any

from journeys.connectors.base import MailProvider
from journeys.connectors.registry import make_provider, unseal_config
from journeys.connectors.secrets import SecretBox
from journeys.settings import Settings


def open_provider(
    connector: str, config: Mapping[str, Any], sealed: bytes | None, settings: Settings, secret: bytes
) -> MailProvider:
    """Return the provider of a stored connection; it connects with its first mail."""
    return make_provider(connector, unseal_config(connector, config, sealed, SecretBox(secret)), settings)
