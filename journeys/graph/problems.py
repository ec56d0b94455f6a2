"""What is wrong with a drawn journey, node by node."""

from dataclasses import dataclass

from pydantic import ValidationError

from journeys.errors import Fault, InvalidInput
from journeys.rules.language import plain_message, pointer


@dataclass(frozen=True)
class Problem:
    """One fault or oddity: the node (None: the journey as a whole), the field in its config, what to do about it."""

    node_id: str | None
    field: str | None
    message: str


class InvalidGraph(InvalidInput):
    """The journey cannot be published; every fault is named."""

    title = "The journey has faults"

    def __init__(self, problems: list[Problem]) -> None:
        lines = [f"{problem.node_id or 'journey'}: {problem.message}" for problem in problems]
        super().__init__("; ".join(lines), [_fault(problem) for problem in problems])
        self.problems = problems


def config_problems(error: ValidationError, node_id: str | None, within: str = "") -> list[Problem]:
    """Return Pydantic's complaints about a config as problems of its node."""
    found = []
    for each in error.errors():
        field = ".".join(part for part in (within, *pointer(each["loc"]).split("/")) if part)
        found.append(Problem(node_id, field or None, plain_message(each["msg"])))
    return found


def _fault(problem: Problem) -> Fault:
    where = "settings" if problem.node_id is None else f"nodes/{problem.node_id}"
    return Fault("/".join(["", where, *(problem.field or "").split(".")]).rstrip("/"), problem.message)
