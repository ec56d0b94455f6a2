"""Our own processes under `sojourn up`: the API with the app, the worker, the router."""

import os
import sys
from pathlib import Path
from typing import Any

import httpx

from journeys.settings import Settings
from worker.managed import THRIFTY, ManagedProcess

PROJECT = Path(__file__).resolve().parent.parent


class Service(ManagedProcess):
    """A Python module of ours that runs until it is stopped."""

    def __init__(self, name: str, arguments: list[str], home: Path, environment: dict[str, str]) -> None:
        super().__init__(name, home)
        self.arguments = arguments
        self.environment = environment

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        return [sys.executable, *self.arguments]

    def popen_options(self) -> dict[str, Any]:
        """Return the environment: ours, with the addresses of the servers."""
        path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
        return {"env": {**THRIFTY, **os.environ, **self.environment, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}}

    async def probe(self) -> bool:
        """Answer at once: it looks for its servers by itself, and is started again if it dies."""
        return True


class ApiService(Service):
    """The API, which is ready when it answers."""

    def __init__(self, settings: Settings, environment: dict[str, str]) -> None:
        bind = ["--host", settings.host, "--port", str(settings.port)]
        super().__init__(
            "api",
            ["-m", "uvicorn", "api.main:create_app", "--factory", *bind, "--no-access-log"],
            settings.home,
            environment,
        )
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
        self.health = f"http://{host}:{settings.port}/healthz"

    async def probe(self) -> bool:
        """Answer whether the API serves."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
                return (await client.get(self.health)).is_success
        except httpx.HTTPError:
            return False


def services(settings: Settings, environment: dict[str, str]) -> list[Service]:
    """Return our processes in the order of their start."""
    return [
        ApiService(settings, environment),
        Service("worker", ["-m", "worker.main", "triggered"], settings.home, environment),
        Service("router", ["-m", "worker.router"], settings.home, environment),
        Service("bulk worker", ["-m", "worker.main", "bulk"], settings.home, environment),
    ]
