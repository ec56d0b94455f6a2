"""The web app as this process serves it."""

import json
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from api.web import WebApp


def served(frontend: Path) -> httpx.AsyncClient:
    """Serve a folder as the app does."""
    app = Starlette(routes=[Mount("/", WebApp(frontend))])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    """A small static export with its hashes."""
    out = tmp_path / "out"
    (out / "_next/static").mkdir(parents=True)
    (out / "index.html").write_text("<h1>home</h1>")
    (out / "journeys.html").write_text("<h1>journeys</h1>")
    (out / "journeys").mkdir()
    (out / "journeys/view.html").write_text("<h1>view</h1>")
    (out / "404.html").write_text("<h1>lost</h1>")
    (out / "_next/static/a1b2.js").write_text("1")
    (tmp_path / "csp.json").write_text(json.dumps({"journeys.html": ["'sha256-abc='"]}))
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "text", "status"),
    [
        ("/", "home", 200),
        ("/journeys", "journeys", 200),
        ("/journeys/", "journeys", 200),
        ("/journeys/view?id=1", "view", 200),
        ("/x/y", "lost", 404),
        ("/" + "long" * 200, "lost", 404),
        ("/nul%00", "lost", 404),
    ],
)
async def test_a_path_leads_to_its_page(frontend: Path, path: str, text: str, status: int) -> None:
    async with served(frontend) as client:
        answer = await client.get(path)
    assert (answer.status_code, text in answer.text) == (status, True)


async def test_a_page_may_run_only_its_own_scripts(frontend: Path) -> None:
    async with served(frontend) as client:
        policy = (await client.get("/journeys")).headers["Content-Security-Policy"]
    assert "script-src 'self' 'sha256-abc=';" in policy


async def test_hashed_files_are_kept_for_ever_and_pages_are_asked_for_again(frontend: Path) -> None:
    async with served(frontend) as client:
        assert "immutable" in (await client.get("/_next/static/a1b2.js")).headers["Cache-Control"]
        assert (await client.get("/journeys")).headers["Cache-Control"] == "no-cache"


async def test_nothing_outside_the_export_is_served(frontend: Path) -> None:
    async with served(frontend) as client:
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/journeys/../../secret.txt"):
            assert "secret" not in (await client.get(path)).text


async def test_an_app_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with served(tmp_path) as client:
        answer = await client.get("/")
    assert (answer.status_code, "npm run build" in answer.text) == (200, True)


async def test_an_unknown_api_address_is_no_page(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/api/unknown")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
