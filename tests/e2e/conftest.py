import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e.product import Product
from tests.e2e.recorders import Recorders, start_recorders


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the servers' account can enter, also when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-e2e-"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def product(home: Path) -> AsyncIterator[Product]:
    product = Product(home)
    try:
        await product.up()
        yield product
    finally:
        await product.down()


@pytest.fixture
async def recorders() -> AsyncIterator[Recorders]:
    async with start_recorders() as recorders:
        yield recorders
