"""`make test`: Python's tests, the web app's, the browser's; then one line with the sum of all."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from journeys.settings import Settings
from tests.browser import find_chromium
from worker.embedded.ports import find_free_port
from worker.supervisor import FIRST_SIGN_IN, Supervisor

PROJECT = Path(__file__).resolve().parent.parent
WEB = PROJECT / "frontend"
NO_BROWSER = "The browser tests need Chromium: install it, or name one with CHROMIUM_PATH."
AT_ONCE = ("-n", "2", "--dist", "loadgroup", "--durations=25")
"""Two sessions with servers of their own: much of a test is waiting for a server."""

EXAMPLES = ("coupons", "audience")
"""Custom activities that the browser's tests set up beside the built-in kinds."""

SERVERS = ("DATABASE_URL", "REDIS_URL", "TEMPORAL_ADDRESS", "TEMPORAL_UI_URL")


@dataclass
class Tally:
    """How many tests passed and failed; a part that broke down counts as one failure."""

    passed: int = 0
    failed: int = 0

    def add(self, report: Path, status: int) -> None:
        """Add a part's JUnit report, and what its exit status says beyond it."""
        passed, failed = read_report(report)
        self.passed += passed
        self.failed += failed or int(status != 0)


def read_report(report: Path) -> tuple[int, int]:
    """Return how many tests of a JUnit report passed and failed; a missing report has none."""
    if not report.exists():
        return 0, 0
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    return len(cases) - failed - skipped, failed


def run(command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> int:
    """Run one part and return its exit status."""
    merged = {**os.environ, **(environment or {})}
    return subprocess.run(command, cwd=folder, env=merged, stdin=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    """Run every part, whatever the others do, and return 1 when a test failed."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="sojourn-test-") as folder:
        reports = Path(folder)
        reports.chmod(0o755)  # Postgres runs as another account when we are root
        python, web, browser = reports / "python.xml", reports / "web.xml", reports / "browser.xml"
        tally.add(python, run([sys.executable, "-m", "pytest", "-q", *AT_ONCE, f"--junitxml={python}"], PROJECT))
        vitest = ["npx", "vitest", "run", "--reporter=default", "--reporter=junit", f"--outputFile.junit={web}"]
        tally.add(web, run(vitest, WEB))
        tally.add(browser, asyncio.run(run_browser_tests(reports / "home", browser)))
    sys.stdout.write(f"\n{tally.passed} passed, {tally.failed} failed\n")
    return int(tally.failed > 0)


async def run_browser_tests(home: Path, report: Path) -> int:
    """Start the whole product in a home of its own and let Playwright use it; return Playwright's exit status."""
    chromium = await asyncio.to_thread(find_chromium)
    if chromium is None:
        sys.stderr.write(f"{NO_BROWSER}\n")
        return 1
    settings = own_settings(home)
    ready = asyncio.Event()
    supervisor = Supervisor(settings, lambda line: ready.set() if "Ctrl-C" in line else None)
    running = asyncio.create_task(supervisor.run())
    try:
        await asyncio.wait({running, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        environment = {
            "E2E_BASE_URL": settings.public_url,
            "E2E_SETUP_URL": await asyncio.to_thread(read_first_sign_in, home),
            "SOJOURN_HOME": str(home),
            "CHROMIUM_PATH": chromium,
            "PYTHON": sys.executable,
            "PLAYWRIGHT_JUNIT_OUTPUT_FILE": str(report),
        }
        return await asyncio.to_thread(run, ["npx", "playwright", "test", "--reporter=list,junit"], WEB, environment)
    finally:
        supervisor.stop_soon()
        await asyncio.gather(running, return_exceptions=True)


def read_first_sign_in(home: Path) -> str:
    """Return the link that makes the first owner."""
    return (home / FIRST_SIGN_IN).read_text().strip()


def own_settings(home: Path) -> Settings:
    """Return settings that share nothing with a Sojourn that runs on this machine."""
    for name in SERVERS:
        os.environ.pop(name, None)
    os.environ.update(
        SOJOURN_HOME=str(home),
        SOJOURN_PORT=str(find_free_port()),
        SOJOURN_TEMPORAL_UI_PORT=str(find_free_port()),
        SOJOURN_BULK_NICENESS="10",  # browsers keep every core busy: at the lowest priority, broadcasts would wait for them
        SOJOURN_ACTIVITIES=",".join(f"examples.custom_activity.sojourn_shop.{name}" for name in EXAMPLES),
    )
    os.environ.pop("SOJOURN_BASE_URL", None)
    return Settings(_env_file=None)


if __name__ == "__main__":
    sys.exit(main())
