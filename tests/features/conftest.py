"""One running product for all features; each test gets a workspace of its own on it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e.product import Product
from tests.e2e.recorders import Recorders, start_recorders
from tests.e2e.shop import open_shop
from tests.features.town import Town


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder that the servers' account can enter, also when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-features-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def product(folder: Path) -> AsyncIterator[Product]:
    product = Product(folder / "home")
    try:
        await product.up()
        yield product
    finally:
        await product.down()


@pytest.fixture(scope="session")
async def recorders() -> AsyncIterator[Recorders]:
    async with start_recorders() as recorders:
        yield recorders


@pytest.fixture
async def town(product: Product) -> AsyncIterator[Town]:
    async with open_shop(product) as shop:
        yield Town(shop)
