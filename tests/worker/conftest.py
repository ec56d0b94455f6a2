"""A home that the servers' account can enter, also when root runs the tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sojourn-test-"))
    folder.chmod(0o755)
    yield folder / "a home"
    shutil.rmtree(folder, ignore_errors=True)
