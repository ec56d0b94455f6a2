"""Servers that hang in the middle of the work: what was acknowledged is done when they are back, and nothing twice."""

import httpx
import pytest

from tests.e2e.product import Product
from tests.features.town import WELCOME, Town, mail, row
from tests.until import until

LONG = 60


async def until_missed(product: Product, part: str) -> None:
    """Wait until the product itself says that a part does not answer."""
    async with httpx.AsyncClient(base_url=product.url, trust_env=False, timeout=30) as client:

        async def missed() -> bool:
            return (await client.get("/readyz")).json()["parts"][part] is False

        await until(missed, LONG)


async def until_ready(product: Product) -> None:
    async with httpx.AsyncClient(base_url=product.url, trust_env=False, timeout=30) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await until(ready, LONG)


async def welcome(town: Town) -> str:
    nodes = {"start": WELCOME, "pause": ("wait", {"seconds": 1}), "letter": mail("Letter")}
    return await town.publish("Welcome", nodes, row(*nodes))


async def test_without_redis_events_come_in_journeys_run_and_mails_go_out(product: Product, town: Town) -> None:
    journey = await welcome(town)
    form = await town.post("forms", {"name": "Newsletter"})
    async with product.frozen("valkey"):
        await until_missed(product, "redis")
        await town.settle("anna")
        await town.send("anna", "Signed Up")
        await town.over(journey, "anna")
        assert await town.messages("anna") == ["Letter"]
        sent = await town.shop.api.post(f"/f/{form['key']}", json={"email": "ben@example.com"})
        assert sent.status_code == 200
    await until_ready(product)


@pytest.mark.parametrize("server", ["postgres", "temporal"])
async def test_a_server_that_hangs_for_some_seconds_loses_and_doubles_nothing(
    product: Product, town: Town, server: str
) -> None:
    journey = await welcome(town)
    await town.settle("anna")
    await town.settle("ben")
    await town.send("anna", "Signed Up")
    async with product.frozen(server):
        await until_missed(product, "database" if server == "postgres" else server)
        if server == "temporal":
            await town.send("ben", "Signed Up")

            async def inside() -> bool:
                return bool(await town.passages(journey, "ben"))

            await until(inside)
    await until_ready(product)
    if server == "postgres":
        await town.send("ben", "Signed Up")
    for name in ("anna", "ben"):
        await until(lambda name=name: ended(town, journey, name), LONG)  # type: ignore[misc]
        assert await town.messages(name) == ["Letter"]


async def ended(town: Town, journey: str, name: str) -> bool:
    return [each["state"] for each in await town.passages(journey, name)] == ["completed"]
