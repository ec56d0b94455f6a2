"""A journey in flight outlives its processes: stopped in order and started again, or killed all at once."""

from collections import Counter

import pytest

from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Hold
from tests.e2e.product import Product
from tests.e2e.recorders import Recorders
from tests.e2e.shop import Shop, address_of, open_shop
from tests.factories.journeys import node, send, trigger
from tests.until import until

PEOPLE = 50
WAIT_SECONDS = 5
"""Long enough to stop everything before it ends, on an idle machine; the journey must not care."""

pytestmark = pytest.mark.xdist_group("product")


async def publish(shop: Shop, recorders: Recorders) -> LoadedPlan:
    gateway = await shop.connect("http_mail", url=recorders.gateway_url)
    mail = await shop.mail()
    return await shop.publish(
        [
            trigger("pause"),
            node("pause", Hold(seconds=WAIT_SECONDS), next="hello"),
            node("hello", send(mail, connection=gateway), sent=None, skipped=None, failed=None),
        ]
    )


async def wait_until_all_sleep(shop: Shop) -> None:
    async def asleep() -> bool:
        sizes = await shop.count(
            "SELECT 'asleep', coalesce(sum(size), 0)::int FROM batches WHERE workspace_id = :w AND active AND wake_at > now()"
        )
        return sizes["asleep"] == PEOPLE

    await until(asleep)


async def test_a_journey_in_flight_goes_on_after_a_stop_and_after_everything_was_killed(
    product: Product, recorders: Recorders
) -> None:
    for number, end in enumerate((product.down, product.kill_everything)):
        people = range(number * PEOPLE, (number + 1) * PEOPLE)
        async with open_shop(product) as shop:
            await publish(shop, recorders)
            await shop.sign_up(people)
            await wait_until_all_sleep(shop)
            await end()
            await product.up()

            async def finished(shop: Shop = shop) -> bool:
                return await shop.states() == {"completed": PEOPLE}

            await until(finished, 60)
            assert Counter(row.state for row in await shop.messages()) == {"sent": PEOPLE}
        delivered = (await recorders.taken())["gateway"].values()
        assert sorted(delivered) == sorted(map(address_of, range(people.stop)))
