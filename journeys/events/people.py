"""Who is who, while a batch of events is read in order: plain decisions over what the database knows of their ids."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from journeys.db.ids import new_id
from journeys.events.normalize import Incoming


class IdKey(NamedTuple):
    """An id that a contact is known by. Kinds: user (Segment's userId), anonymous, email."""

    workspace_id: UUID
    kind: str
    value: str


@dataclass(eq=False, slots=True)
class Person:
    """A contact, as far as this batch needs to know, and what the batch changes."""

    id: UUID
    workspace_id: UUID
    external_id: str | None = None
    email: str | None = None
    is_new: bool = False
    columns: dict[str, str | None] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    merged_into: "Person | None" = None

    @property
    def survivor(self) -> "Person":
        """The contact that this one became part of, or itself."""
        person = self
        while person.merged_into:
            person = person.merged_into
        return person

    @property
    def is_unclaimed(self) -> bool:
        """Whether no userId stands for this contact: an anonymous visitor, or an address from a list."""
        return self.external_id is None

    @property
    def is_bare(self) -> bool:
        """Whether nothing but anonymous ids stand for this contact."""
        return self.external_id is None and self.email is None


def ids_of(events: Iterable[Incoming]) -> set[IdKey]:
    """Return every id that these events name."""
    ids: set[IdKey] = set()
    for event in events:
        named = {
            ("user", event.user_id),
            ("anonymous", event.anonymous_id),
            ("user", event.previous_id),
            ("anonymous", event.previous_id),
            ("email", event.traits.columns.get("email")),
        }
        ids.update(IdKey(event.workspace_id, kind, value) for kind, value in named if value)
    return ids


class People:
    """The contacts of one batch: found, made, claimed, linked and merged as its events say."""

    def __init__(self, known: dict[IdKey, Person]) -> None:
        self._by_id = known
        self._known = set(known.values())
        self.links: dict[IdKey, Person] = {}
        """Ids that are new, or now stand for another contact."""
        self.merges: list[tuple[Person, Person]] = []
        """Contacts of the database that become part of another."""
        self.made: list[Person] = []

    def person_of(self, event: Incoming) -> Person:
        """Return whose event this is, taking in what it says about their ids and traits."""
        person = self._user(event) if event.user_id else self._visitor(event)
        self._take_traits(person, event)
        return person

    def changed(self) -> list[Person]:
        """Return the contacts of the database that get new values."""
        survivors = {person.survivor for person in self._known}
        return [person for person in survivors if not person.is_new and (person.columns or person.attributes)]

    def created(self) -> list[Person]:
        """Return the contacts that the database has not seen."""
        return [person for person in self.made if not person.merged_into]

    def _find(self, event: Incoming, kind: str, value: str | None) -> Person | None:
        found = self._by_id.get(IdKey(event.workspace_id, kind, value)) if value else None
        return found.survivor if found else None

    def _user(self, event: Incoming) -> Person:
        person = self._find(event, "user", event.user_id)
        visitor = self._find(event, "anonymous", event.anonymous_id)
        if person is None:
            person = self._newcomer(event, visitor)
            self._claim(person, event.user_id)
        if event.anonymous_id:
            self._link(event, event.anonymous_id, visitor, person)
        if event.previous_id:
            self._alias(event, event.previous_id, person)
        return person

    def _newcomer(self, event: Incoming, visitor: Person | None) -> Person:
        """Choose who a userId that nobody has yet stands for: someone no userId stands for, or someone new."""
        renamed = self._find(event, "user", event.previous_id)
        if renamed:
            return renamed
        previous = self._find(event, "anonymous", event.previous_id)
        addressee = self._find(event, "email", event.traits.columns.get("email"))
        for candidate in (visitor, previous, addressee):
            if candidate and candidate.is_unclaimed:
                return candidate
        return self._make(event)

    def _visitor(self, event: Incoming) -> Person:
        """Return whose an anonymous event is; an address that no userId has claimed tells as well."""
        visitor = self._find(event, "anonymous", event.anonymous_id)
        addressee = self._find(event, "email", event.traits.columns.get("email"))
        if addressee and not addressee.is_unclaimed:
            addressee = None
        if visitor and (visitor is addressee or addressee is None or not visitor.is_bare):
            return visitor
        person = addressee or self._make(event)
        if event.anonymous_id:
            self._link(event, event.anonymous_id, visitor, person)
        return person

    def _alias(self, event: Incoming, previous_id: str, person: Person) -> None:
        user = self._find(event, "user", previous_id)
        if user is None:
            self._link(event, previous_id, self._find(event, "anonymous", previous_id), person)
        elif user is person:
            self._stands_for(IdKey(event.workspace_id, "user", previous_id), person)
        else:
            event.note("Both ids stand for known contacts already; they were not merged.")

    def _make(self, event: Incoming) -> Person:
        person = Person(new_id(), event.workspace_id, is_new=True)
        self.made.append(person)
        return person

    def _claim(self, person: Person, user_id: str | None) -> None:
        assert user_id is not None
        person.external_id = person.columns["external_id"] = user_id
        self._by_id[IdKey(person.workspace_id, "user", user_id)] = person

    def _link(self, event: Incoming, anonymous_id: str, visitor: Person | None, person: Person) -> None:
        if visitor is person:
            return
        if visitor and visitor.is_bare:
            self._merge(visitor, person)
        self._stands_for(IdKey(event.workspace_id, "anonymous", anonymous_id), person)

    def _stands_for(self, key: IdKey, person: Person) -> None:
        self.links[key] = self._by_id[key] = person

    def _merge(self, visitor: Person, person: Person) -> None:
        visitor.merged_into = person
        kept: dict[str, str | None] = {name: value for name, value in visitor.columns.items() if value is not None}
        person.columns = kept | person.columns
        person.attributes = visitor.attributes | person.attributes
        if not visitor.is_new:
            self.merges.append((visitor, person))

    def _take_traits(self, person: Person, event: Incoming) -> None:
        columns, attributes = dict(event.traits.columns), dict(event.traits.attributes)
        email = columns.get("email")
        if email:
            key = IdKey(person.workspace_id, "email", email)
            owner = self._find(event, "email", email)
            if owner and owner is not person:
                del columns["email"]
                attributes["refused_email"] = email
                event.note("The address belongs to another contact; kept as the attribute refused_email.")
            else:
                person.email = email
                self._by_id[key] = person
        person.columns.update(columns)
        person.attributes.update(attributes)
