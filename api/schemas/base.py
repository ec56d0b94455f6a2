"""What every shape at the edge shares: unknown fields are refused, lists come in pages."""

from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from journeys.contacts.addresses import normalize_address
from journeys.contacts.time_zones import is_time_zone

Item = TypeVar("Item")


class Schema(BaseModel):
    """A request or an answer."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Page(Schema, Generic[Item]):
    """Part of a list; `next_cursor` asks for the rest and is null at the end."""

    items: list[Item]
    next_cursor: str | None = None


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list["FieldProblem"] | None = None


class FieldProblem(BaseModel):
    """One field at fault."""

    pointer: str
    message: str


def _address(value: str) -> str:
    address = normalize_address(value)
    if address is None:
        raise ValueError("This is not an email address.")
    return address


def _time_zone(value: str) -> str:
    if not is_time_zone(value):
        raise ValueError("This is not a time zone of the IANA database, such as Europe/Berlin.")
    return value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Address = Annotated[str, StringConstraints(max_length=320), AfterValidator(_address)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_time_zone)]
