"""The attributes that contacts have, as those who write rules are told of them."""

from uuid import UUID

from journeys.contacts.hints import list_attributes
from journeys.contacts.models import Contact
from journeys.db.field_hints import FieldHint
from journeys.db.session import Database
from tests.conftest import make_workspace


async def hints(database: Database, workspace_id: UUID, *contacts: Contact) -> dict[str, FieldHint]:
    """Return what is told of these contacts, by name."""
    async with database.workspace(workspace_id) as session:
        session.add_all(contacts)
        await session.flush()
        return {each.name: each for each in await list_attributes(session, workspace_id)}


async def test_each_attribute_has_the_type_of_most_of_its_values(database: Database, workspace_id: UUID) -> None:
    attributes = [
        {"plan": "pro", "age": 30, "vip": True, "born": "1990-01-31", "nothing": None, "deep": {"a": 1}},
        {"plan": "pro", "age": "31", "vip": False, "born": "1991-02-01T10:00:00Z"},
        {"plan": "free", "age": 32},
    ]
    contacts = [
        Contact(workspace_id=workspace_id, attributes=each, tags=["a", "b"], country="DE") for each in attributes
    ]
    found = await hints(database, workspace_id, *contacts)
    types = {name: found[name].type for name in ("plan", "age", "vip", "born", "tags", "country", "lifecycle")}
    assert types == {
        "plan": "text", "age": "number", "vip": "boolean", "born": "time", "tags": "list", "country": "text",
        "lifecycle": "text",
    }  # fmt: skip
    assert found["plan"].values == ["pro", "free"]
    assert found["tags"].values == ["a", "b"]
    assert not found.keys() & {"nothing", "deep"}


async def test_values_that_nobody_shares_are_not_told_where_there_are_many(
    database: Database, workspace_id: UUID
) -> None:
    contacts = [
        Contact(workspace_id=workspace_id, email=f"{n}@example.com", country="DE" if n % 2 else "AT") for n in range(30)
    ]
    found = await hints(database, workspace_id, *contacts)
    assert found["email"].values == []
    assert sorted(found["country"].values) == ["AT", "DE"]


async def test_another_workspace_tells_nothing(database: Database, workspace_id: UUID) -> None:
    await hints(database, workspace_id, Contact(workspace_id=workspace_id, attributes={"secret": "ours"}))
    assert "secret" not in await hints(database, await make_workspace(database))
