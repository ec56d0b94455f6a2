"""Send a mail: a template, or one written in the node itself."""

import hashlib
import json
from typing import Annotated, ClassVar, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, model_validator

from journeys.nodes.base import CompileContext, Described, Mail, NodeConfig, NodeKind, References
from journeys.nodes.clock_fields import TIME_OF_DAY
from journeys.nodes.ops import SendEmail as SendEmailOp

DEFAULT_TOPIC = "marketing"


class InlineMail(BaseModel):
    """A mail written in the node: a subject and a body in HTML or MJML, with Liquid."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(max_length=500, description="May be Liquid")
    preheader: str = Field("", max_length=500, description="What inboxes show beside the subject")
    html: str | None = Field(None, title="HTML", description="The body; either this or MJML")
    mjml: str | None = Field(None, title="MJML", description="The body as MJML, which fits every mail client")
    text: str | None = Field(None, description="The body for clients that show no HTML; made from it if unset")

    @property
    def content_hash(self) -> str:
        """The same for the same mail, whoever sends it."""
        return hashlib.sha256(json.dumps(self.model_dump(), sort_keys=True).encode()).hexdigest()


class SendEmailConfig(NodeConfig):
    """Which mail, and what kind of mail it is."""

    template_id: str | None = Field(None, min_length=1, description="A template's id or slug")
    inline: InlineMail | None = Field(None, description="A mail written here, instead of a template")
    category: Literal["marketing", "transactional"] = Field(
        "marketing", description="Marketing needs consent and offers a way out; transactional is what they asked for"
    )
    topic: str | None = Field(None, min_length=1, description="What the contact must want to hear about")
    provider: str | None = Field(
        None, min_length=1, description="Name of a connection; the workspace's default if unset"
    )

    send_time: Annotated[str, Field(pattern=rf"^(best|{TIME_OF_DAY})$")] | None = Field(
        None,
        description="Hold the mail until a time of the contact's day, such as 09:30, or `best`: when they open mail",
    )

    tag: str | None = Field(
        None, min_length=1, max_length=50, description="What kind of mail this is, for frequency caps on that kind"
    )
    if_capped: Literal["skip", "wait", "send"] = Field(
        "skip", description="When the contact had as many mails as the workspace allows: skip this one, wait, or send"
    )
    wait_hours: int = Field(
        72, ge=1, le=168, description="How long a mail that waits for room may wait before it is skipped"
    )

    @model_validator(mode="after")
    def _is_one_mail(self) -> "SendEmailConfig":
        if (self.template_id is None) == (self.inline is None):
            raise ValueError("name a template or write the mail inline, one of the two")
        return self


class SendEmail(NodeKind[SendEmailConfig]):
    """See the module."""

    kind = "send_email"
    config = SendEmailConfig
    may_end = True
    possible_outlets = ("sent", "skipped", "failed")
    falls_to: ClassVar = {"skipped": "sent", "failed": "sent"}
    described = Described("Send email", "message", "mail", "Sends a mail, if the contact may get it")

    def compile(self, config: SendEmailConfig, context: CompileContext) -> SendEmailOp:
        """Pin the content, so that a version always sends the same mail."""
        if config.inline:
            version_id = inline_version_id(context.workspace_id, config.inline)
        else:
            version_id = context.templates[config.template_id or ""]
        topic = config.topic or (DEFAULT_TOPIC if config.category == "marketing" else None)
        return SendEmailOp(
            template_version_id=version_id,
            category=config.category,
            topic=topic,
            connection=config.provider,
            send_time=config.send_time,
            tag=config.tag,
            if_capped=config.if_capped,
            wait_hours=config.wait_hours,
        )

    def summary(self, config: SendEmailConfig) -> str:
        """Name the mail by its subject."""
        return f"Send: {config.inline.subject if config.inline else config.template_id}"

    def references(self, config: SendEmailConfig) -> References:
        """Return the mail, its topic and its connection."""
        inline = config.inline.model_dump() if config.inline else None
        return References(
            mails=(Mail(config.template_id, inline, config.category),),
            topics=frozenset({config.topic} if config.topic else ()),
            connections=frozenset({config.provider} if config.provider else ()),
        )


def inline_version_id(workspace_id: UUID, mail: InlineMail) -> UUID:
    """Return the id of the template version that keeps an inline mail: the same content, the same id."""
    return uuid5(workspace_id, mail.content_hash)
