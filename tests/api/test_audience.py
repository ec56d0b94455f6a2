"""Contacts in numbers over the API: searched, kept as views, acted on together; and finding anything by name."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import first_id_of, new_id
from journeys.db.session import APP_ROLE, Database
from journeys.enrollments.bulk import advance_bulk_job, take_bulk_job
from journeys.segments.audience import Audience
from journeys.segments.sorting import Sort, list_sorted
from tests.api.test_contacts import make


@pytest.fixture
async def people(client: httpx.AsyncClient) -> list[str]:
    """Three contacts, of whom two live in Bern."""
    ada = await make(client, email="ada@example.com", first_name="Ada", last_name="Lovelace", city="Bern")
    grace = await make(client, email="grace_h@example.com", first_name="Grace", city="Bern", tags=["vip"])
    alan = await make(client, external_id="u-42%", first_name="Alan", city="London")
    return [str(each["id"]) for each in (ada, grace, alan)]


async def search(client: httpx.AsyncClient, **said: object) -> list[str]:
    """Return the ids that a search finds."""
    answer = await client.post("/api/contacts/search", json=said)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def work(database: Database, job_id: str, size: int = 2) -> None:
    """Do what the router does, until this job is over."""
    for _ in range(50):
        async with database.engine() as session:
            job = await take_bulk_job(session)
            if job is None:
                return
            await advance_bulk_job(session, job, size)
            if str(job.id) == job_id and job.finished_at:
                return
    raise AssertionError("the job does not end")


@pytest.mark.parametrize("words", ["ada love", "GRACE_H@", "u-42%", "Lovelace"])
async def test_words_are_found_as_they_are_in_names_addresses_and_ids(
    client: httpx.AsyncClient, people: list[str], words: str
) -> None:
    assert len(await search(client, q=words)) == 1
    assert await search(client, q="%") == [people[2]]
    assert await search(client, q="gracexh") == []


async def test_a_search_narrows_by_rule_tag_and_words_together(client: httpx.AsyncClient, people: list[str]) -> None:
    bern = {"attribute": "city", "op": "eq", "value": "Bern"}
    assert await search(client, rule=bern) == [people[1], people[0]]
    assert await search(client, rule=bern, tag="vip") == [people[1]]
    assert await search(client, rule=bern, q="ada") == [people[0]]
    refused = await client.post("/api/contacts/search", json={"rule": {"nonsense": 1}})
    assert refused.status_code == 422


async def test_pages_of_a_search_follow_each_other(client: httpx.AsyncClient, people: list[str]) -> None:
    first = (await client.post("/api/contacts/search?limit=2", json={"q": "a"})).json()
    rest = (await client.post(f"/api/contacts/search?limit=2&cursor={first['next_cursor']}", json={"q": "a"})).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == people[::-1]
    assert rest["next_cursor"] is None


async def test_the_search_by_words_uses_its_index(database: Database, workspace_id: UUID) -> None:
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO contacts (id, workspace_id, email)
                SELECT gen_random_uuid(), :w, md5(n::text) || '@example.com' FROM generate_series(1, 20000) n
            """),
            {"w": workspace_id},
        )
        await session.execute(text("RESET ROLE"))
        await session.execute(text("ANALYZE contacts"))
        definition = str(await session.scalar(text("SELECT pg_get_functiondef('search_contacts'::regproc)")))
        query = definition.partition("EXECUTE")[2].partition("USING")[0].strip().strip("'").replace("''", "'")
        for name, value in (("$1", f"'{workspace_id}'"), ("$2", "'%c4ca4238%'"), ("$3", "NULL"), ("$4", "50")):
            query = query.replace(name, value)
        plan = await session.connection()
        lines = (await plan.exec_driver_sql(f"EXPLAIN {query.replace('%', '%%')}")).scalars().all()
        await session.rollback()
    assert "ix_contacts_search" in "\n".join(lines)


async def test_a_view_is_kept_and_its_name_is_taken_once(client: httpx.AsyncClient) -> None:
    view = {"name": "Bern", "search": {"q": "bern"}, "columns": ["name", "city"]}
    made = await client.post("/api/contact-views", json=view)
    assert made.status_code == 201
    assert (await client.post("/api/contact-views", json=view)).status_code == 409
    [listed] = (await client.get("/api/contact-views")).json()["items"]
    assert (listed["name"], listed["search"]["q"], listed["columns"]) == ("Bern", "bern", ["name", "city"])
    assert (await client.delete(f"/api/contact-views/{listed['id']}")).status_code == 204
    assert (await client.get("/api/contact-views")).json()["items"] == []


async def test_everyone_that_a_rule_finds_gets_a_tag_once(
    client: httpx.AsyncClient, database: Database, people: list[str]
) -> None:
    untagged = {"not": {"attribute": "tags", "op": "contains", "value": "new"}}
    answer = await client.post(
        "/api/contacts/bulk", json={"audience": {"rule": untagged}, "action": {"type": "tag", "add": ["new"]}}
    )
    assert answer.status_code == 202, answer.text
    await work(database, answer.json()["id"])
    job = (await client.get(f"/api/bulk-jobs/{answer.json()['id']}")).json()
    assert (job["state"], job["total"], job["done"]) == ("completed", 3, 3)
    assert sorted(await search(client, tag="new")) == sorted(people)


async def test_chosen_contacts_are_suppressed_and_those_without_an_address_are_counted(
    client: httpx.AsyncClient, database: Database, people: list[str]
) -> None:
    answer = await client.post(
        "/api/contacts/bulk", json={"audience": {"contact_ids": people[1:]}, "action": {"type": "suppress"}}
    )
    await work(database, answer.json()["id"])
    job = (await client.get(f"/api/bulk-jobs/{answer.json()['id']}")).json()
    assert (job["done"], job["refused"]) == (1, 1)
    assert (await client.get(f"/api/contacts/{people[1]}")).json()["suppression"]["reason"] == "manual"
    assert (await client.get(f"/api/contacts/{people[0]}")).json()["suppression"] is None


async def test_an_export_holds_each_contact_once_whatever_the_chunks(
    client: httpx.AsyncClient, database: Database, people: list[str]
) -> None:
    answer = await client.post("/api/contacts/bulk", json={"audience": {}, "action": {"type": "export"}})
    await work(database, answer.json()["id"])
    job = (await client.get(f"/api/bulk-jobs/{answer.json()['id']}")).json()
    lines = (await client.get(job["file_url"])).text.splitlines()
    assert lines[0].startswith("id,email,")
    assert [line.split(",")[0] for line in lines[1:]] == people


async def test_a_job_that_cannot_be_done_says_why(
    client: httpx.AsyncClient, database: Database, people: list[str]
) -> None:
    draft = (await client.post("/api/journeys", json={"name": "A draft"})).json()["id"]
    action = {"type": "enroll", "journey_id": draft}
    answer = await client.post("/api/contacts/bulk", json={"audience": {"contact_ids": people}, "action": action})
    await work(database, answer.json()["id"])
    job = (await client.get(f"/api/bulk-jobs/{answer.json()['id']}")).json()
    assert (job["state"], job["done"]) == ("failed", 0)
    assert "live" in job["error"]


async def test_anything_is_found_by_a_part_of_its_name(client: httpx.AsyncClient, people: list[str]) -> None:
    await client.post("/api/journeys", json={"name": "Adagio welcome"})
    await client.post("/api/templates", json={"name": "The adage", "subject": "Hi", "html": "<p>Hi</p>"})
    rule = {"attribute": "city", "op": "eq", "value": "Bern"}
    await client.post("/api/segments", json={"name": "Ada and friends", "rule": rule})
    found = (await client.get("/api/find?q=ada")).json()["items"]
    assert [(each["kind"], each["name"]) for each in found] == [
        ("journey", "Adagio welcome"),
        ("segment", "Ada and friends"),
        ("template", "The adage"),
        ("contact", "Ada Lovelace"),
    ]


async def test_a_journey_is_copied_with_its_tags(client: httpx.AsyncClient) -> None:
    journey = (await client.post("/api/journeys", json={"name": "Welcome"})).json()
    await client.patch(f"/api/journeys/{journey['id']}", json={"tags": ["b", "a", "b"]})
    copy = (await client.post(f"/api/journeys/{journey['id']}/duplicate")).json()
    assert (copy["name"], copy["tags"], copy["state"]) == ("Copy of Welcome", ["a", "b"], "draft")
    assert copy["id"] != journey["id"]


async def test_entries_are_counted_by_day(
    client: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]
) -> None:
    journey_id, now = new_id(), datetime.now(UTC)
    async with database.engine() as session:
        for days_ago in (0, 0, 3, 40):
            at = now - timedelta(days=days_ago)
            await session.execute(
                text("""
                    INSERT INTO enrollments
                        (id, workspace_id, journey_id, version_id, contact_id, batch_id, entry_node_id, entered_at)
                    VALUES (:id, :w, :j, :j, :j, :j, 'start', :at)
                """),
                {"id": UUID(int=first_id_of(at).int + new_id().int % 2**62), "w": owned[0], "j": journey_id, "at": at},
            )
    [entries] = (await client.get("/api/journeys/entries?days=7")).json()["items"]
    assert entries == {"journey_id": str(journey_id), "days": [0, 0, 0, 1, 0, 0, 2]}


@pytest.fixture
async def crowd(client: httpx.AsyncClient, database: Database, owned: tuple[UUID, str], people: list[str]) -> None:
    """Namesakes of different case, somebody without an address, somebody without anything to be called by."""
    for fields in (
        {"email": "zoe@example.com"},
        {"email": "b@example.com", "first_name": "ada", "last_name": "Lovelace"},
        {"external_id": "u-1", "first_name": "Ada", "last_name": "Lovelace"},
        {"external_id": "u-2", "last_name": "Ångström"},
        {"email": "long@example.com", "first_name": "ß" * 900},
    ):
        await make(client, **fields)
    async with database.engine() as session:
        await session.execute(
            text("INSERT INTO contacts (id, workspace_id) VALUES (:id, :w)"), {"id": new_id(), "w": owned[0]}
        )


async def walk(client: httpx.AsyncClient, sort: str, **said: object) -> list[dict[str, str | None]]:
    """Return everyone in an order, read two at a time."""
    found: list[dict[str, str | None]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await client.post(f"/api/contacts/search?limit=2{cursor}", json={**said, "sort": sort})
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        following = answer.json()["next_cursor"]
        cursor = f"&cursor={following}" if following else None
    return found


def called(contact: dict[str, str | None]) -> str:
    """Return what a list shows for a contact, as it is sorted."""
    name = f"{contact['first_name'] or ''} {contact['last_name'] or ''}".strip()
    return (name or contact["email"] or contact["external_id"] or "Anonymous").lower()[:100]


@pytest.mark.parametrize("narrowed", [{}, {"q": "a"}])
async def test_pages_by_name_hold_each_contact_once_whatever_the_case(
    client: httpx.AsyncClient, crowd: None, narrowed: dict[str, object]
) -> None:
    everyone = await walk(client, "created_at", **narrowed)
    in_order = sorted(everyone, key=lambda each: (called(each), str(each["id"])))
    assert await walk(client, "name", **narrowed) == in_order
    assert await walk(client, "-name", **narrowed) == in_order[::-1]
    assert [called(each) for each in in_order].count("ada lovelace") == 3


async def test_pages_by_address_end_with_those_who_have_none(client: httpx.AsyncClient, crowd: None) -> None:
    everyone = await walk(client, "created_at")
    addressed = sorted((each for each in everyone if each["email"]), key=lambda each: str(each["email"]))
    without = [each for each in everyone if not each["email"]]
    assert len(without) == 4
    assert await walk(client, "email") == addressed + without
    assert await walk(client, "-email") == addressed[::-1] + without[::-1]
    assert await walk(client, "-created_at") == everyone[::-1]


async def test_an_order_is_asked_for_in_the_address_and_kept_in_a_view(client: httpx.AsyncClient, crowd: None) -> None:
    listed = (await client.get("/api/contacts?sort=email&limit=1")).json()["items"]
    assert listed[0]["email"] == "ada@example.com"
    assert (await client.get("/api/contacts?sort=plan")).status_code == 422
    view = {"name": "By name", "search": {"sort": "-name"}}
    assert (await client.post("/api/contact-views", json=view)).json()["search"]["sort"] == "-name"


async def test_a_late_page_reads_no_more_rows_than_it_shows(database: Database, workspace_id: UUID) -> None:
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO contacts (id, workspace_id, email, first_name)
                SELECT gen_random_uuid(), :w, CASE WHEN n > 5000 THEN 'p' || n || '@example.com' END, 'Person ' || n
                FROM generate_series(1, 20000) n
            """),
            {"w": workspace_id},
        )
        await session.execute(text("RESET ROLE"))
        await session.execute(text("ANALYZE contacts"))
        await session.execute(text(f"SET LOCAL ROLE {APP_ROLE}"))
        await session.execute(text("SELECT set_config('app.workspace_id', :w, true)"), {"w": str(workspace_id)})
        for sort in get_args(Sort):
            late = (await list_sorted(session, workspace_id, Audience(), sort=sort, limit=14_000))[-1]
            before = await rows_read(session)
            page = await list_sorted(session, workspace_id, Audience(), sort=sort, after=late, limit=50)
            assert len(page) == 50
            assert await rows_read(session) - before <= 100, sort
        await session.rollback()


async def rows_read(session: AsyncSession) -> int:
    """Return how many contacts this transaction has read."""
    read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'contacts'"
    return int(await session.scalar(text(read)) or 0)
