"""A short form of `make chaos`, with the faults that the product gets over in seconds; test_crash.py has the rest."""

import os
import tempfile
from pathlib import Path

from tests.chaos.__main__ import run_chaos

SECONDS = 12


async def test_nobody_and_nothing_is_lost_or_doubled_in_some_seconds_of_chaos() -> None:
    with tempfile.TemporaryDirectory(prefix="sojourn-chaos-") as folder:
        os.chmod(folder, 0o755)
        await run_chaos(Path(folder), int(os.environ.get("SOJOURN_TEST_SEED", "3")), SECONDS, gentle=True)
