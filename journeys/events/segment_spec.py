"""The Segment spec on the wire: the shape of each message. Fields that the spec lets clients add pass unread.

Source: https://segment.com/docs/connections/spec/
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

MessageType = Literal["identify", "track", "page", "screen", "group", "alias"]
MESSAGE_TYPES: tuple[MessageType, ...] = get_args(MessageType)

ID_LENGTH = 255
"""Ids and names are parts of index keys, which Postgres bounds."""


def _as_id(value: Any) -> Any:
    """Take whole numbers as ids too, and an empty id as none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None if value == "" else value


def _as_time(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        if not isinstance(value, str):
            raise ValueError
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("time", "Input should be an ISO 8601 date and time") from None


def find_time(value: Any) -> datetime | None:
    """Return the time that a client gave, or None when it is none that we can read."""
    try:
        return _as_time(value)
    except PydanticCustomError:
        return None


Text = Annotated[str, StringConstraints(max_length=ID_LENGTH)]
Id = Annotated[Text, StringConstraints(min_length=1), BeforeValidator(_as_id)]
MaybeId = Annotated[Text | None, BeforeValidator(_as_id)]
Time = Annotated[datetime | None, BeforeValidator(_as_time)]
JsonObject = dict[str, Any]


class Message(BaseModel):
    """What every message carries: who, when, and where it was sent from."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="ignore")

    user_id: MaybeId = None
    anonymous_id: MaybeId = None
    message_id: MaybeId = None
    timestamp: Time = None
    context: JsonObject | None = None

    @model_validator(mode="after")
    def _names_someone(self) -> Self:
        if self.user_id is None and self.anonymous_id is None:
            raise PydanticCustomError("no_user", "A userId or an anonymousId is required")
        return self


class Identify(Message):
    """Who a contact is: their traits."""

    type: Literal["identify"]
    traits: JsonObject | None = None


class Track(Message):
    """What a contact did."""

    type: Literal["track"]
    event: Annotated[Text, StringConstraints(min_length=1)]
    properties: JsonObject | None = None


class Page(Message):
    """The web page that a contact saw."""

    type: Literal["page"]
    name: str | None = None
    category: str | None = None
    properties: JsonObject | None = None


class Screen(Message):
    """The screen of an app that a contact saw."""

    type: Literal["screen"]
    name: str | None = None
    category: str | None = None
    properties: JsonObject | None = None


class Group(Message):
    """The company or team that a contact belongs to."""

    type: Literal["group"]
    group_id: Id
    traits: JsonObject | None = None


class Alias(Message):
    """Another id of a contact."""

    type: Literal["alias"]
    user_id: Id
    previous_id: Id


AnyMessage = Annotated[Identify | Track | Page | Screen | Group | Alias, Field(discriminator="type")]
MESSAGE: TypeAdapter[AnyMessage] = TypeAdapter(AnyMessage)
