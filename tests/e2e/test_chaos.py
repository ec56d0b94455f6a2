"""A short form of `make chaos`, with the faults that the product gets over in seconds; test_crash.py has the rest."""

import os

import pytest

from tests.chaos.__main__ import run_chaos
from tests.e2e.product import Product

SECONDS = 12

pytestmark = pytest.mark.xdist_group("product")


async def test_nobody_and_nothing_is_lost_or_doubled_in_some_seconds_of_chaos(product: Product) -> None:
    await run_chaos(product, int(os.environ.get("SOJOURN_TEST_SEED", "3")), SECONDS, gentle=True)
