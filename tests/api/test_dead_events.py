"""What was given up is shown to its workspace, and taken up again on request."""

from pathlib import Path
from uuid import UUID

import httpx
from sqlalchemy import text

from journeys.contacts.models import BulkJob
from journeys.db.ids import new_id
from journeys.db.patience import LAST_ATTEMPT, put_off
from journeys.db.session import Database
from journeys.enrollments.bulk import advance_bulk_job, take_bulk_job
from journeys.enrollments.intake import create_intake
from journeys.events.dead import bury
from journeys.nodes.ops import Hold
from journeys.settings import Settings
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.journeys.enrollments.test_routing import happen
from worker.doctor import examine


async def die(database: Database, workspace_id: UUID, name: str) -> UUID:
    """Let an event of a new contact be given up; return the contact."""
    [contact_id] = await make_contacts(database, workspace_id, 1, email=f"{new_id()}@example.com")
    await happen(database, workspace_id, contact_id, name)
    async with database.engine() as session:
        seq = await session.scalar(text("SELECT seq FROM event_queue WHERE contact_id = :c"), {"c": contact_id})
        await bury(session, seq or 0, "it cannot be routed")
    return contact_id


async def queued(database: Database, workspace_id: UUID) -> list[str]:
    async with database.engine() as session:
        names = text("SELECT name FROM event_queue WHERE workspace_id = :w ORDER BY seq")
        return list(await session.scalars(names, {"w": workspace_id}))


async def test_dead_events_are_listed_with_their_error_and_replayed_in_their_order(
    client: httpx.AsyncClient, owned: tuple[UUID, str], database: Database
) -> None:
    contacts = [await die(database, owned[0], name) for name in ("First", "Second")]
    elsewhere = await make_workspace(database)
    await die(database, elsewhere, "Not ours")
    first_page = (await client.get("/api/dead-events", params={"limit": 1})).json()
    rest = (await client.get("/api/dead-events", params={"cursor": first_page["next_cursor"]})).json()
    shown = first_page["items"] + rest["items"]
    assert [(each["name"], each["contact_id"]) for each in shown] == [
        ("Second", str(contacts[1])),
        ("First", str(contacts[0])),
    ]
    assert {each["error"] for each in shown} == {"it cannot be routed"}
    assert (await client.post("/api/dead-events/replay")).json() == {"events": 2}
    assert await queued(database, owned[0]) == ["First", "Second"]
    assert await queued(database, elsewhere) == []
    assert (await client.get("/api/dead-events")).json()["items"] == []


async def test_one_dead_event_is_replayed_another_dismissed_and_neither_twice(
    client: httpx.AsyncClient, owned: tuple[UUID, str], database: Database
) -> None:
    for name in ("First", "Second", "Third"):
        await die(database, owned[0], name)
    third, second, _ = [each["event_id"] for each in (await client.get("/api/dead-events")).json()["items"]]
    assert (await client.post(f"/api/dead-events/{second}/replay")).status_code == 204
    assert (await client.post(f"/api/dead-events/{third}/dismiss")).status_code == 204
    assert (await client.post(f"/api/dead-events/{third}/replay")).status_code == 404
    assert await queued(database, owned[0]) == ["Second"]
    assert (await client.post("/api/dead-events/dismiss")).json() == {"events": 1}
    assert await queued(database, owned[0]) == ["Second"]


async def test_an_intake_that_was_given_up_is_shown_and_retried_with_its_journey(
    client: httpx.AsyncClient, owned: tuple[UUID, str], database: Database
) -> None:
    plan = await publish_plan(database, owned[0], [trigger("pause"), node("pause", Hold(seconds=60), next=None)])
    async with database.engine() as session:
        intake_id = await create_intake(session, plan, "start", contact_ids=[])
        for _ in range(LAST_ATTEMPT):
            await put_off(session, "intakes", intake_id, "it cannot be let in")
    [shown] = (await client.get(f"/api/journeys/{plan.journey_id}/intakes")).json()
    assert (shown["id"], shown["error"], shown["attempts"]) == (str(intake_id), "it cannot be let in", LAST_ATTEMPT)
    assert shown["finished_at"] is not None
    retried = (await client.post(f"/api/journeys/{plan.journey_id}/retry")).json()
    assert retried == {"batches": 0, "intakes": 1, "moves": 0}
    [again] = (await client.get(f"/api/journeys/{plan.journey_id}/intakes")).json()
    assert (again["finished_at"], again["attempts"]) == (None, 0)


async def test_intakes_that_were_given_up_are_listed_with_their_journey_retried_and_dismissed(
    client: httpx.AsyncClient, owned: tuple[UUID, str], database: Database
) -> None:
    plan = await publish_plan(database, owned[0], [trigger("pause"), node("pause", Hold(seconds=60), next=None)])
    async with database.engine() as session:
        await create_intake(session, plan, "start", contact_ids=[])
        for _ in range(2):
            intake_id = await create_intake(session, plan, "start", contact_ids=[])
            for _ in range(LAST_ATTEMPT):
                await put_off(session, "intakes", intake_id, "it cannot be let in")
    newest, older = (await client.get("/api/intakes")).json()["items"]
    assert (newest["id"], newest["journey_id"]) == (str(intake_id), str(plan.journey_id))
    assert newest["journey_name"]
    assert (await client.post(f"/api/intakes/{newest['id']}/retry")).status_code == 204
    assert (await client.post(f"/api/intakes/{newest['id']}/dismiss")).status_code == 404
    assert (await client.post(f"/api/intakes/{older['id']}/dismiss")).status_code == 204
    assert (await client.get("/api/intakes")).json()["items"] == []
    assert len((await client.get(f"/api/journeys/{plan.journey_id}/intakes")).json()) == 2


async def test_jobs_that_were_given_up_are_listed_retried_from_where_they_stopped_and_dismissed(
    client: httpx.AsyncClient, database: Database
) -> None:
    for n in range(3):
        await client.post("/api/contacts", json={"email": f"n{n}@example.com"})
    jobs = []
    for action in ({"type": "tag", "add": ["new"]}, {"type": "export"}, {"type": "tag", "add": ["old"]}):
        job = (await client.post("/api/contacts/bulk", json={"audience": {}, "action": action})).json()["id"]
        jobs.append(job)
        async with database.engine() as session:
            await advance_bulk_job(session, await session.get_one(BulkJob, UUID(job)), 2)
        for _ in range(LAST_ATTEMPT):
            async with database.engine() as session:
                await put_off(session, "bulk_jobs", UUID(job), "it cannot be done")
    tags, export, more = jobs
    shown = (await client.get("/api/bulk-jobs")).json()["items"]
    assert [(each["id"], each["error"], each["done"]) for each in shown] == [
        (more, "it cannot be done", 2),
        (export, "it cannot be done", 2),
        (tags, "it cannot be done", 2),
    ]
    for job in (tags, export):
        assert (await client.post(f"/api/bulk-jobs/{job}/retry")).status_code == 204
        assert (await client.post(f"/api/bulk-jobs/{job}/dismiss")).status_code == 404
        async with database.engine() as session:
            while (taken := await take_bulk_job(session)) is not None:
                await advance_bulk_job(session, taken, 2)
        over = (await client.get(f"/api/bulk-jobs/{job}")).json()
        assert (over["state"], over["done"], over["error"]) == ("completed", 3, None)
    lines = (await client.get(f"/api/bulk-jobs/{export}/file")).text.splitlines()
    assert len(lines) == 4, "the heads and everybody once"
    assert (await client.post(f"/api/bulk-jobs/{more}/dismiss")).status_code == 204
    assert (await client.get("/api/bulk-jobs")).json()["items"] == []
    assert (await client.post(f"/api/bulk-jobs/{more}/retry")).status_code == 404


async def test_the_doctor_tells_of_dead_events(fresh_database: Database, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, database_url=fresh_database.url, home=tmp_path)

    async def finding() -> tuple[bool, str]:
        [events] = [each for each in await examine(settings) if each.part == "events"]
        return events.healthy, events.detail

    assert await finding() == (True, "none was given up")
    await die(fresh_database, await make_workspace(fresh_database), "Poison")
    healthy, detail = await finding()
    assert not healthy
    assert detail.startswith("1 could not be routed")
