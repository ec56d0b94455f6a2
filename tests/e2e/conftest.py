from collections.abc import AsyncIterator

import pytest

from tests.e2e.product import Product, running_product
from tests.e2e.recorders import Recorders, start_recorders


@pytest.fixture(scope="package")
async def product() -> AsyncIterator[Product]:
    """One running product for all who kill it, each with a workspace of its own on it."""
    async with running_product("sojourn-e2e-") as product:
        yield product


@pytest.fixture
async def recorders() -> AsyncIterator[Recorders]:
    async with start_recorders() as recorders:
        yield recorders
