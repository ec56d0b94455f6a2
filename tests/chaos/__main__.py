"""`make chaos`: faults at random for ten minutes, or SOJOURN_CHAOS_SECONDS, repeatable by SOJOURN_TEST_SEED."""

import asyncio
import os
import random
import secrets
import sys

from tests.chaos.driver import Chaos
from tests.chaos.reckoning import reckon
from tests.e2e.product import Product, running_product
from tests.e2e.recorders import start_recorders
from tests.e2e.shop import open_shop
from tests.features.town import Town

CALM_SECONDS = 600
"""How long nobody may move once all is calm: mails that were put off are tried again after minutes."""


async def run_chaos(product: Product, seed: int, seconds: float, *, gentle: bool = False) -> None:
    """Let everything happen to a running product, and check what has become of everybody."""
    async with start_recorders() as recorders, open_shop(product) as shop:
        chaos = Chaos(product, Town(shop), recorders, random.Random(seed), gentle)
        try:
            await chaos.prepare()
            await chaos.run(seconds)
            await reckon(chaos, CALM_SECONDS)
        except BaseException:
            sys.stderr.write(f"SOJOURN_TEST_SEED={seed}; did: {', '.join(chaos.did)}\n")
            raise


async def main() -> None:
    """Run it by the settings of the environment."""
    seed = int(os.environ.get("SOJOURN_TEST_SEED") or secrets.randbelow(1_000_000))
    seconds = float(os.environ.get("SOJOURN_CHAOS_SECONDS", "600"))
    sys.stdout.write(f"Chaos for {seconds:.0f} s, seed {seed}\n")
    async with running_product("sojourn-chaos-") as product:
        await run_chaos(product, seed, seconds)
    sys.stdout.write("All is well.\n")


if __name__ == "__main__":
    asyncio.run(main())
