"""Imports of contacts: uploaded, worked through, resumed; every bad row has its reason."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from journeys.contacts import importing
from journeys.contacts.importing import next_import, run_import
from journeys.contacts.models import ImportJob
from journeys.db.session import Database
from tests.conftest import make_workspace


async def upload(client: httpx.AsyncClient, content: bytes, name: str = "people.csv", **fields: str) -> dict[str, Any]:
    """Upload a file and return the import."""
    answer = await client.post("/api/contacts/import", files={"file": (name, content)}, data=fields)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


async def work(app: FastAPI, job: dict[str, Any]) -> None:
    """Work through one import, as the router does."""
    async with app.state.database.engine() as session:
        row = await session.get(ImportJob, UUID(job["id"]))
        row.state = "running"
    await run_import(app.state.database, row, app.state.redis)


async def imported(client: httpx.AsyncClient, app: FastAPI, content: bytes, **fields: str) -> dict[str, Any]:
    """Upload a file, work through it, and return the import."""
    job = await upload(client, content, **fields)
    await work(app, job)
    done: dict[str, Any] = (await client.get(f"/api/imports/{job['id']}")).json()
    return done


async def refused_rows(client: httpx.AsyncClient, job: dict[str, Any]) -> list[dict[str, str]]:
    """Return the refused rows of an import."""
    return list(csv.DictReader(io.StringIO((await client.get(job["refused_url"])).text, newline="")))


async def test_a_csv_becomes_contacts(client: httpx.AsyncClient, app: FastAPI) -> None:
    content = b'Email,First name,plan,age,zip,tags\nADA@example.com,Ada,"pro, yearly",36,00123,"vip;new"\n,,,,,\n'
    job = await imported(client, app, content)
    assert (job["state"], job["created_count"], job["refused_count"]) == ("completed", 1, 1)
    [contact] = (await client.get("/api/contacts")).json()["items"]
    assert (contact["email"], contact["first_name"], contact["tags"]) == ("ada@example.com", "Ada", ["vip", "new"])
    assert contact["attributes"] == {"plan": "pro, yearly", "age": 36, "zip": "00123"}


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
    ],
)
async def test_usual_encodings_and_separators_are_told_apart(
    client: httpx.AsyncClient, app: FastAPI, encode: Callable[[str], bytes]
) -> None:
    job = await imported(client, app, encode("email,city\na@example.com,Zürich\n"))
    assert (job["state"], job["created_count"]) == ("completed", 1)
    assert (await client.get("/api/contacts")).json()["items"][0]["city"] == "Zürich"


async def test_a_wrong_encoding_is_named_and_can_be_chosen(client: httpx.AsyncClient, app: FastAPI) -> None:
    content = "email,city\nb@example.com,Bern\na@example.com,Zürich\n".encode("windows-1252")
    job = await imported(client, app, content)
    assert job["state"] == "failed"
    assert "line 3" in job["error"]
    assert "0xfc" in job["error"]
    assert (await imported(client, app, content, encoding="windows-1252"))["created_count"] == 2


@pytest.mark.parametrize(
    ("content", "fields", "reason"),
    [
        (b"name\nAda\n", {}, "email or external_id"),
        (b"", {}, "empty"),
        (b"email,email\na,b\n", {}, "twice"),
        (b"mail\na@example.com\n", {"mapping": '{"e-mail": "email"}'}, "no column 'e-mail'"),
    ],
)
async def test_what_is_wrong_with_the_whole_file_is_named(
    client: httpx.AsyncClient, app: FastAPI, content: bytes, fields: dict[str, str], reason: str
) -> None:
    job = await imported(client, app, content, **fields)
    assert job["state"] == "failed"
    assert reason in job["error"]


async def test_a_mapping_says_which_column_is_which_field(client: httpx.AsyncClient, app: FastAPI) -> None:
    mapping = json.dumps({"Kontakt": "email", "Stufe": "attributes.plan", "Notiz": None})
    job = await imported(client, app, b"Kontakt,Stufe,Notiz\na@example.com,pro,secret\n", mapping=mapping)
    assert job["created_count"] == 1
    assert (await client.get("/api/contacts")).json()["items"][0]["attributes"] == {"plan": "pro"}


async def test_ten_thousand_bad_rows_have_their_reasons_and_stop_nobody(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    lines = ["email,time_zone"]
    for n in range(10_000):
        lines += [f"nobody{n},UTC"] if n % 2 else [f"n{n}@example.com,Mars/Olympus"]
        lines += [f"good{n}@example.com,UTC"] if n % 100 == 0 else []
    job = await imported(client, app, "\n".join(lines).encode())
    assert (job["created_count"], job["refused_count"]) == (100, 10_000)
    rows = await refused_rows(client, job)
    assert len(rows) == 10_000
    assert "not a time zone" in rows[0]["reason"]
    assert "not an email address" in rows[1]["reason"]
    assert all(lines[int(row["line"]) - 1] == f"{row['email']},{row['time_zone']}" for row in rows)


async def test_rows_that_contradict_what_is_there_are_refused_by_name(client: httpx.AsyncClient, app: FastAPI) -> None:
    content = b"external_id,email\nu1,one@example.com\nu2,two@example.com\nu1,two@example.com\nu1,new@example.com\nu9\n"
    job = await imported(client, app, content)
    assert (job["created_count"], job["updated_count"], job["refused_count"]) == (2, 1, 2)
    assert [(row["line"], row["reason"][:20]) for row in await refused_rows(client, job)] == [
        ("4", "The external_id belo"),
        ("6", "It has 1 cells, the "),
    ]


async def test_quoted_lines_keep_the_line_numbers_right(client: httpx.AsyncClient, app: FastAPI) -> None:
    content = b'email,note\na@example.com,"one\ntwo\nthree"\nbad,x\n'
    job = await imported(client, app, content)
    assert [row["line"] for row in await refused_rows(client, job)] == ["5"]


async def test_refused_cells_are_no_formulas(client: httpx.AsyncClient, app: FastAPI) -> None:
    job = await imported(client, app, b"email\n=cmd|' /C calc'!A0\n")
    assert (await refused_rows(client, job))[0]["email"].startswith("'=")


async def test_ndjson_keeps_types_and_names_bad_lines(client: httpx.AsyncClient, app: FastAPI) -> None:
    content = b'{"email":"a@example.com","plan":{"seats":3},"tags":["x"]}\n{"email":\n[1]\n\n{"email":"a\\u0000"}\n'
    job = await upload(client, content, name="people.ndjson")
    await work(app, job)
    job = (await client.get(f"/api/imports/{job['id']}")).json()
    assert (job["created_count"], job["refused_count"]) == (1, 3)
    assert [row["line"] for row in await refused_rows(client, job)] == ["2", "3", "5"]
    assert (await client.get("/api/contacts")).json()["items"][0]["attributes"] == {"plan": {"seats": 3}}


async def test_a_dry_run_stores_nobody(client: httpx.AsyncClient, app: FastAPI) -> None:
    job = await imported(client, app, b"email\na@example.com\nbad\n", dry_run="true")
    assert (job["created_count"], job["refused_count"]) == (1, 1)
    assert (await client.get("/api/contacts")).json()["items"] == []


async def test_an_import_goes_on_after_a_crash_and_counts_nothing_twice(
    client: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 10)
    lines = [f"c{n}@example.com,x" if n % 3 else f"bad{n},x" for n in range(100)]
    job = await upload(client, ("email,note\n" + "\n".join(lines)).encode())
    real, chunks = importing._upsert, 0

    async def crash(*args: Any, **named: Any) -> Any:
        nonlocal chunks
        chunks += 1
        if chunks % 3 == 0:
            raise KeyboardInterrupt
        return await real(*args, **named)

    monkeypatch.setattr(importing, "_upsert", crash)
    crashes = 0
    while (await client.get(f"/api/imports/{job['id']}")).json()["state"] != "completed":
        try:
            await work(app, job)
        except KeyboardInterrupt:
            crashes += 1
    assert crashes > 2
    done = (await client.get(f"/api/imports/{job['id']}")).json()
    assert (done["created_count"], done["updated_count"], done["refused_count"]) == (66, 0, 34)
    assert [int(row["line"]) for row in await refused_rows(client, done)] == [n + 2 for n in range(100) if n % 3 == 0]


async def test_an_import_is_claimed_by_one_process_until_its_lease_ends(
    fresh_database: Database,
) -> None:
    workspace_id = await make_workspace(fresh_database)
    async with fresh_database.engine() as session:
        session.add(ImportJob(workspace_id=workspace_id, filename="f", format="csv", path="/nowhere"))
    async with fresh_database.engine() as session:
        assert await next_import(session)
    async with fresh_database.engine() as session:
        assert await next_import(session) is None
        ended = "UPDATE import_jobs SET options = jsonb_build_object('lease_until', now() - interval '1 second')"
        await session.execute(text(ended))
    async with fresh_database.engine() as session:
        assert await next_import(session)


async def test_many_rows_are_taken_chunk_by_chunk(client: httpx.AsyncClient, app: FastAPI) -> None:
    content = "email,first_name,plan\n" + "".join(f"p{n}@example.com,Name{n},pro\n" for n in range(20_000))
    job = await imported(client, app, content.encode())
    assert (job["state"], job["created_count"], job["read_bytes"]) == ("completed", 20_000, len(content))
