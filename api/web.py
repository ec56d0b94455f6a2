"""The web app: a static export served by this process, each page under a policy that allows only its own scripts."""

import json
import os
from pathlib import Path
from stat import S_ISREG

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FRONTEND = Path(__file__).parent.parent / "frontend"
_FOREVER = "public, max-age=31536000, immutable"
_API_PREFIXES = ("api/", "v1/", "t/", "u/", "v/", "hooks/")
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sojourn</title>
<style>body{font:16px/1.6 system-ui;max-width:36rem;margin:15vh auto;padding:0 1.5rem;color-scheme:light dark}</style>
<h1>The web app is not built yet</h1><p>The API is running. Build the pages with</p>
<pre>cd frontend && npm ci && npm run build</pre><p>and reload. The API is described at
 <a href="/docs">/docs</a>.</p>"""


class WebApp(StaticFiles):
    """Serves `frontend/out`: a path is tried as it is, then as a page, then 404.html answers."""

    def __init__(self, frontend: Path = FRONTEND) -> None:
        super().__init__(directory=frontend / "out", check_dir=False)
        self.out = frontend / "out"
        self.hashes = frontend / "csp.json"
        self.config_checked = True  # the folder may be missing: there is a page that says so

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file or page for a path."""
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405)
        name = path.strip("/").removeprefix("./")
        if f"{name}/".startswith(_API_PREFIXES):
            raise HTTPException(404)
        for candidate in ("index.html",) if name in ("", ".") else (name, f"{name}.html", f"{name}/index.html"):
            full, stat = self._find(candidate)
            if stat and S_ISREG(stat.st_mode):
                return self._file(candidate, full, stat)
        full, stat = self._find("404.html")
        if stat:
            return self._file("404.html", full, stat, status=404)
        return HTMLResponse(_NOT_BUILT, 200 if name in ("", ".") else 404, {"Content-Security-Policy": policy([])})

    def _find(self, name: str) -> tuple[str, os.stat_result | None]:
        """Look a file up; a name that no file can have is not there."""
        try:
            return self.lookup_path(name)
        except (OSError, ValueError):
            return "", None

    def _file(self, name: str, full: str, stat: os.stat_result, status: int = 200) -> Response:
        response = FileResponse(full, status, stat_result=stat)
        response.headers["Cache-Control"] = _FOREVER if name.startswith("_next/static/") else "no-cache"
        if name.endswith(".html"):
            response.headers["Content-Security-Policy"] = policy(self._hashes().get(name, []))
        return response

    def _hashes(self) -> dict[str, list[str]]:
        """Read the build's hashes each time: they change with every build, and a stale one is a blank page."""
        try:
            hashes: dict[str, list[str]] = json.loads(self.hashes.read_text())
        except (OSError, ValueError):
            return {}
        return hashes


def policy(script_hashes: list[str]) -> str:
    """Return the content security policy of a page with these inline scripts."""
    scripts = " ".join(["'self'", *script_hashes])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data: blob: https:;"
        " font-src 'self' data:; connect-src 'self'; frame-src 'self' blob:; object-src 'none';"
        " base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )
