"""Who may do what: four roles, a handful of rights, and the one who asks."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from journeys.errors import Forbidden

Role = Literal["owner", "marketer", "analyst", "developer"]
Right = Literal["read", "edit", "publish", "connect", "manage"]
"""`edit` drafts, contacts, segments; `publish` what reaches people; `connect` vendors and keys; `manage` people."""

RIGHTS: dict[Role, frozenset[Right]] = {
    "owner": frozenset({"read", "edit", "publish", "connect", "manage"}),
    "marketer": frozenset({"read", "edit", "publish"}),
    "developer": frozenset({"read", "edit", "publish", "connect"}),
    "analyst": frozenset({"read"}),
}


def roles_with(right: Right) -> list[Role]:
    """Return the roles that include a right."""
    return [role for role, rights in RIGHTS.items() if right in rights]


def roles_within(role: Role) -> list[Role]:
    """Return the roles that may do no more than this one."""
    return [each for each, rights in RIGHTS.items() if rights <= RIGHTS[role]]


@dataclass(frozen=True)
class Principal:
    """Who makes a request, in which workspace; `csrf_token` is set for a signed-in browser."""

    kind: Literal["user", "key"]
    id: UUID
    name: str
    workspace_id: UUID
    role: Role
    session_id: UUID | None = None
    csrf_token: str | None = None
    person_id: UUID | None = None
    """The person who calls, or who made the key; None for a key from the command line."""

    def may(self, right: Right) -> bool:
        """Say whether the role includes a right."""
        return right in RIGHTS[self.role]

    def ensure(self, right: Right) -> None:
        """Refuse unless the role includes a right."""
        if not self.may(right):
            raise Forbidden(f"The role {self.role} does not include the right to {right}.")
