"""What a workspace has written to files goes with a person who is erased."""

import httpx
from fastapi import FastAPI

from journeys.db.session import Database
from journeys.enrollments.bulk import advance_bulk_job, take_bulk_job
from tests.api.test_imports import imported, upload, work


async def test_refused_rows_of_an_import_under_way_go_when_it_ends_after_somebody_was_erased(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    rows = b"email,time_zone\nann@example.com,Mars/Olympus\n"
    before = await imported(client, app, rows)
    assert before["refused_url"]
    job = await upload(client, rows)
    ann = (await client.post("/api/contacts", json={"email": "ann@example.com"})).json()["id"]
    answer = await client.post(f"/api/contacts/{ann}/erase")
    assert answer.status_code == 204, answer.text
    await work(app, job)
    over = (await client.get(f"/api/imports/{job['id']}")).json()
    assert (over["state"], over["refused_count"], over["refused_url"]) == ("completed", 1, None)
    assert not [*(app.state.settings.home / "imports").glob(f"{job['id']}*")]


async def test_the_files_of_a_workspace_go_with_an_erased_person(
    fresh_app: FastAPI, browser: httpx.AsyncClient
) -> None:
    database: Database = fresh_app.state.database
    anna, ben = [
        (await browser.post("/api/contacts", json={"email": f"{name}@example.com"})).json()["id"] for name in ("a", "b")
    ]
    jobs = []
    for _ in range(2):
        order = {"audience": {}, "action": {"type": "export"}}
        jobs.append((await browser.post("/api/contacts/bulk", json=order)).json()["id"])
        async with database.engine() as session:
            job = await take_bulk_job(session)
            assert job is not None
            await advance_bulk_job(session, job, size=1 if len(jobs) == 2 else 10)
    done, under_way = (f"/api/bulk-jobs/{job}" for job in jobs)
    assert "a@example.com" in (await browser.get(f"{done}/file")).text
    answer = await browser.post(f"/api/contacts/{anna}/erase", headers={"Idempotency-Key": "erase"})
    assert answer.status_code == 204, answer.text
    assert (await browser.get(f"{done}/file")).status_code == 404
    assert (await browser.get(under_way)).json()["done"] == 0, "it begins anew"
    async with database.engine() as session:
        job = await take_bulk_job(session)
        assert job is not None
        await advance_bulk_job(session, job)
    content = (await browser.get(f"{under_way}/file")).text
    assert (anna in content, ben in content) == (False, True)
    exports = fresh_app.state.settings.home / "exports"
    assert [path.stem for path in exports.iterdir()] == [jobs[1]]
