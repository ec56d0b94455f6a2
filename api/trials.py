"""Sending a template once to try it: read, send with no transaction open, record."""

from uuid import UUID

from api.deps import DatabaseDep, SettingsDep, TokensDep
from api.schemas.templates import SendTest, Sent
from journeys.auth.audit import record_change
from journeys.auth.roles import Principal
from journeys.auth.secret_key import load_secret_key
from journeys.connectors.base import Mail, Outcome
from journeys.connectors.connections import open_provider
from journeys.connectors.errors import ProviderError
from journeys.connectors.models import Connection
from journeys.connectors.store import get_connection, get_default
from journeys.db.ids import new_id
from journeys.messaging.compose import RenderedMessage, compile_message
from journeys.messaging.preview import Trial, links_of, load_context, record_trial
from journeys.messaging.templates import get_template, source_of

DEFAULT_SENDER = "journeys@sojourn.localhost"


class TrialSender:
    """Sends one mail of a template."""

    def __init__(self, database: DatabaseDep, settings: SettingsDep, tokens: TokensDep) -> None:
        self.database, self.settings, self.tokens = database, settings, tokens

    async def send(self, actor: Principal, template_id: UUID, order: SendTest) -> Sent:
        """Render, send and record."""
        message_id = new_id()
        async with self.database.workspace(actor.workspace_id) as session:
            version = (await get_template(session, actor.workspace_id, template_id)).version
            context = await load_context(session, actor.workspace_id, order.contact_id)
            if order.connection_id:
                connection = await get_connection(session, actor.workspace_id, order.connection_id)
            else:
                connection = await get_default(session, actor.workspace_id)
        links = links_of(self.tokens, self.settings.public_url, actor.workspace_id, message_id)
        rendered = compile_message(source_of(version), tracked=False).render(context, links)
        outcome = await self._send(connection, _mail(actor.workspace_id, message_id, order.to, rendered, connection))
        trial = Trial(
            message_id,
            actor.workspace_id,
            order.contact_id or message_id,
            order.to,
            version.id,
            connection.id,
            connection.connector,
        )
        async with self.database.workspace(actor.workspace_id) as session:
            await record_trial(session, trial, outcome)
            await record_change(session, actor, "tried", "template", template_id, {"state": outcome.state})
        return Sent(message_id=message_id, state=outcome.state, reason=outcome.reason)

    async def _send(self, connection: Connection, mail: Mail) -> Outcome:
        secret = load_secret_key(self.settings)
        provider = open_provider(connection.connector, connection.config, connection.sealed, self.settings, secret)
        try:
            [outcome] = await provider.send([mail])
        except ProviderError as error:
            return Outcome("failed", reason=error.detail)
        finally:
            await provider.close()
        return outcome


def _mail(workspace_id: UUID, message_id: UUID, to: str, rendered: RenderedMessage, connection: Connection) -> Mail:
    return Mail(
        key=f"{message_id}:trial:1",
        workspace_id=workspace_id,
        message_id=message_id,
        sender=connection.config.get("sender") or DEFAULT_SENDER,
        sender_name=connection.config.get("sender_name") or "",
        to=to,
        to_name="",
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        headers={},
    )
