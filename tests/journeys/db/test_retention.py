"""What is older than it is kept is forgotten, chunk by chunk, and nothing else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from journeys.db import retention
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.settings import Settings
from tests.conftest import make_workspace

NOW = datetime(2026, 7, 1, tzinfo=UTC)
VALUES: dict[str, str] = {
    "entry_refusals": "(workspace_id, journey_id, contact_id, reason, at) VALUES (:w, :id, :id, 'r', :at)",
    "idempotent_answers": "(id, workspace_id, key, request_hash, created_at) VALUES (:id, :w, :name, '', :at)",
    "dead_events": """(seq, event_id, workspace_id, contact_id, type, name, occurred_at, received_at, error, died_at)
        VALUES (:n, :id, :w, :id, 'track', 'x', :at, :at, 'e', :at)""",
    "intakes": """(id, workspace_id, journey_id, version_id, entry_node_id, source, finished_at)
        VALUES (:id, :w, :id, :id, 'start', '{}', :at)""",
    "moves": """(id, workspace_id, journey_id, version_id, node_map, waits, finished_at)
        VALUES (:id, :w, :id, :id, '{}', 'keep', :at)""",
    "bulk_jobs": "(id, workspace_id, action, audience, finished_at) VALUES (:id, :w, '{}', '{}', :at)",
    "import_jobs": "(id, workspace_id, filename, format, path, finished_at) VALUES (:id, :w, 'f', 'csv', 'p', :at)",
    "simulations": """(id, workspace_id, journey_id, draft_hash, request, result, created_at)
        VALUES (:id, :w, :j, 'h', '{}', '{}', :at)""",
}


def settings(home: Path) -> Settings:
    values: dict[str, Any] = {"SOJOURN_HOME": home}
    return Settings(**values, _env_file=None)


async def test_every_table_forgets_what_is_too_old_and_keeps_the_rest(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    assert {kept.table for kept in retention.KEPT} == set(VALUES)
    workspace_id, journey_id = await make_workspace(fresh_database), new_id()
    async with fresh_database.engine() as session:
        await session.execute(
            text("INSERT INTO journeys (id, workspace_id, name, slug) VALUES (:j, :w, 'J', 'j')"),
            {"j": journey_id, "w": workspace_id},
        )
        for kept in retention.KEPT:
            days = getattr(settings(tmp_path), kept.days)
            for n, age in enumerate((days * 3, days * 2, days * 1.5, days * 1.1, days * 0.9, 0)):
                values = {"w": workspace_id, "j": journey_id, "id": new_id(), "n": n, "name": f"k{n}"}
                at = NOW - timedelta(days=age)
                await session.execute(text(f"INSERT INTO {kept.table} {VALUES[kept.table]}"), {**values, "at": at})
    deleted = await retention.forget_old_rows(fresh_database, settings(tmp_path), NOW)
    assert deleted == dict.fromkeys(VALUES, 4)
    async with fresh_database.engine() as session:
        for table in VALUES:
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 2, table


def test_old_files_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    for folder in ("imports", "exports", "outbox"):
        for name, days in (("old", 8), ("new", 6)):
            path = tmp_path / folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("anna@example.com")
            moment = (NOW - timedelta(days=days)).timestamp()
            os.utime(path, (moment, moment))
    assert retention.forget_old_files(settings(tmp_path), NOW) == 2
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["exports/new", "imports/new", "outbox/new", "outbox/old"]
