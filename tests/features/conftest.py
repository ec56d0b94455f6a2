"""One running product for all features; each test gets a workspace of its own on it."""

from collections.abc import AsyncIterator

import pytest

from tests.e2e.product import Product, running_product
from tests.e2e.recorders import Recorders, start_recorders
from tests.e2e.shop import open_shop
from tests.features.town import Town


@pytest.fixture(scope="package")
async def product() -> AsyncIterator[Product]:
    async with running_product("sojourn-features-") as product:
        yield product


@pytest.fixture(scope="package")
async def recorders() -> AsyncIterator[Recorders]:
    async with start_recorders() as recorders:
        yield recorders


@pytest.fixture
async def town(product: Product) -> AsyncIterator[Town]:
    async with open_shop(product) as shop:
        yield Town(shop)
