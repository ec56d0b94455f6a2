"""Whatever request the API's description allows gets an answer that the description allows, and none breaks the server."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from api.main import create_app
from journeys.db.session import Database
from journeys.settings import Settings
from tests.api.conftest import make_key, make_settings

# Ingest has tests of its own; an upload is a stream; the links of mails and forms answer with pages; probes look at Temporal.
LEFT_OUT = r"^/(v1|t|u|v|f)/|^/api/contacts/import|^/readyz|^/api/connections/.*/check|send-test"
SCHEMA = schemathesis.openapi.from_dict(create_app(Settings(_env_file=None)).openapi()).exclude(path_regex=LEFT_OUT)
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


class Server(NamedTuple):
    """A server in a thread of its own, and a key to it."""

    address: str
    key: str


@pytest.fixture(scope="module")
async def owners_key(database: Database) -> str:
    """A key to a workspace for these tests."""
    return (await make_key(database))[1]


@pytest.fixture(scope="module")
def server(
    database: Database, redis_url: str, owners_key: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The app on a free port: the requests of Schemathesis block their thread."""
    home: Path = tmp_path_factory.mktemp("any")
    app = create_app(make_settings(database.url, redis_url, home))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.01)
    yield Server(f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}", owners_key)
    running.should_exit = True
    thread.join()


@SCHEMA.parametrize()
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_request_gets_an_answer_as_described(case: "schemathesis.Case[Any]", server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.key}"}
    case.call_and_validate(base_url=server.address, headers=headers, checks=list(CHECKS))
