"""The kinds of connection: what each is called, its settings, and how it is opened. A new vendor is a row here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr, ValidationError

from journeys.connectors.base import MailProvider
from journeys.connectors.config import MailConfig
from journeys.connectors.http_mail.provider import HttpMailConfig, HttpMailProvider
from journeys.connectors.outbox.provider import OutboxConfig, OutboxProvider
from journeys.connectors.outside import Reach
from journeys.connectors.secrets import SecretBox
from journeys.connectors.smtp.provider import SmtpConfig, SmtpProvider
from journeys.errors import Fault, InvalidInput, NotFound
from journeys.settings import Settings

OpenProvider = Callable[[Any, Settings], MailProvider]


@dataclass(frozen=True)
class ConnectorKind:
    """A vendor: its name, the model of its settings, and what makes a provider from them and the operator's."""

    kind: str
    title: str
    description: str
    config: type[MailConfig]
    open: OpenProvider

    def config_schema(self) -> dict[str, Any]:
        """Return the JSON Schema that the settings form is drawn from; secrets have the format `password`."""
        return self.config.model_json_schema()


CONNECTOR_KINDS: dict[str, ConnectorKind] = {
    row.kind: row
    for row in (
        ConnectorKind(
            "outbox",
            "Outbox",
            "Keeps every mail here instead of sending it: for trying things out.",
            OutboxConfig,
            lambda config, settings: OutboxProvider(settings.home / "outbox"),
        ),
        ConnectorKind(
            "smtp",
            "SMTP",
            "Sends through any mail server, with pooled connections, STARTTLS or TLS, and sign-in.",
            SmtpConfig,
            lambda config, settings: SmtpProvider(config, reach=Reach.of(settings)),
        ),
        ConnectorKind(
            "http_mail",
            "HTTP mail gateway",
            "Posts mails as JSON, up to 1,000 at a time, to a gateway of your own.",
            HttpMailConfig,
            lambda config, settings: HttpMailProvider(config, Reach.of(settings).transport()),
        ),
    )
}


def register_kind(row: ConnectorKind) -> None:
    """Add a kind, for tests, benchmarks and installations with a vendor of their own."""
    CONNECTOR_KINDS[row.kind] = row


def get_kind(kind: str) -> ConnectorKind:
    """Return a kind of connection by name."""
    try:
        return CONNECTOR_KINDS[kind]
    except KeyError:
        raise NotFound(f"there is no connector called {kind!r}; there are {', '.join(CONNECTOR_KINDS)}") from None


def parse_config(kind: str, values: Mapping[str, Any]) -> MailConfig:
    """Return checked settings.

    Raises:
        InvalidInput: naming every field at fault.
    """
    try:
        return get_kind(kind).config.model_validate(values)
    except ValidationError as error:
        faults = [
            Fault("/" + "/".join(str(part) for part in fault["loc"]), fault["msg"])
            for fault in error.errors(include_input=False, include_url=False)
        ]
        raise InvalidInput(f"the settings of this {kind} connection are not valid", faults) from None


def make_provider(kind: str, config: MailConfig, settings: Settings) -> MailProvider:
    """Open a provider; nothing is connected before the first mail."""
    return get_kind(kind).open(config, settings)


def seal_config(kind: str, config: MailConfig, box: SecretBox) -> tuple[dict[str, Any], bytes | None]:
    """Split settings into what may be shown and what must be sealed."""
    secret_names = {name for name in type(config).model_fields if isinstance(getattr(config, name), SecretStr)}
    shown = config.model_dump(mode="json", exclude=secret_names)
    secrets = {name: getattr(config, name).get_secret_value() for name in sorted(secret_names)}
    return shown, box.seal(secrets, kind) if secrets else None


def unseal_config(kind: str, shown: Mapping[str, Any], sealed: bytes | None, box: SecretBox) -> MailConfig:
    """Put settings together again."""
    return parse_config(kind, {**shown, **(box.open(sealed, kind) if sealed else {})})
