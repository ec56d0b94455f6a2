"""The journey as drawn: React Flow's own nodes and edges, read as they are."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from journeys.errors import Fault, InvalidInput

MAX_NODES = 500
MAX_EDGES = 2_000

NodeId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class Position(BaseModel):
    """Where a node stands on the canvas."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    x: float = Field(0, allow_inf_nan=False)
    y: float = Field(0, allow_inf_nan=False)


class DrawnNode(BaseModel):
    """A node: its kind, its config in `data`, its place. What else React Flow notes on a node means nothing here."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: NodeId
    type: str
    position: Position = Position()
    data: dict[str, JsonValue] = Field(default_factory=dict)


class DrawnEdge(BaseModel):
    """An edge from an outlet of a node to another; no `sourceHandle` means the node's usual outlet."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True, serialize_by_alias=True)

    id: str = ""
    source: NodeId
    outlet: str | None = Field(None, alias="sourceHandle")
    target: NodeId

    @model_validator(mode="before")
    @classmethod
    def _has_an_id(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("id"):
            outlet = data.get("sourceHandle", data.get("outlet")) or ""
            return {**data, "id": f"{data.get('source')}:{outlet}:{data.get('target')}"}
        return data


class Note(BaseModel):
    """A remark on the canvas, for people: it means nothing to the journey."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: NodeId
    text: str = Field("", max_length=2_000)
    position: Position = Position()


class StepGroup(BaseModel):
    """Steps that are drawn together under a name, and may be folded into one: it means nothing to the journey."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: NodeId
    name: str = Field("", max_length=100, pattern=r"^[^\x00]*$")
    nodes: list[NodeId] = Field(default_factory=list, max_length=MAX_NODES)
    collapsed: bool = False


class Graph(BaseModel):
    """Nodes and edges, and what people noted beside them or drew together."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    nodes: list[DrawnNode] = Field(default_factory=list, max_length=MAX_NODES)
    edges: list[DrawnEdge] = Field(default_factory=list, max_length=MAX_EDGES)
    notes: list[Note] = Field(default_factory=list, max_length=MAX_NODES)
    groups: list[StepGroup] = Field(default_factory=list, max_length=MAX_NODES)


def check_storable(data: JsonValue, pointer: str = "") -> None:
    """Refuse what cannot be kept: the character NUL, and whole numbers of more than 64 bits.

    Raises:
        InvalidInput: there is one; the fault points at it.
    """
    if isinstance(data, int) and not -(2**63) <= data < 2**63:
        raise InvalidInput("a number is too large", [Fault(pointer, "use a number of at most 64 bits")])
    if isinstance(data, str) and "\x00" in data:
        raise InvalidInput("a text holds the character NUL", [Fault(pointer, "remove the character NUL")])
    if isinstance(data, dict):
        for name, value in data.items():
            check_storable(name, pointer)
            check_storable(value, f"{pointer}/{name}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            check_storable(value, f"{pointer}/{index}")
