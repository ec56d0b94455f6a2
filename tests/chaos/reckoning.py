"""What must hold once all is calm again: nobody and no mail lost or doubled, every count and every trace in order."""

import asyncio
import contextlib
from collections import Counter
from itertools import pairwise
from typing import Any

from sqlalchemy import text

from journeys.messaging.ledger import settle_abandoned
from journeys.settings import Settings
from journeys.temporal import connect, list_running
from tests.chaos.driver import Chaos
from tests.until import until

SAMPLE = 30
LOOK_EVERY_SECONDS = 0.1
IDLE_SECONDS = 300
"""A stage that failed at each attempt is tried again after minutes, also when all whom it is for have gone."""
ENDS = ("completed", "exited")


async def reckon(chaos: Chaos, seconds: float) -> None:
    """Wait until everybody's passage is over, as long as anybody moves at least once in some seconds; check it all."""
    await wait_until_over(chaos, seconds)
    await check_people(chaos)
    await check_messages(chaos)
    await check_counts(chaos)
    await check_traces(chaos)
    await check_runs(chaos)


async def wait_until_over(chaos: Chaos, seconds: float) -> None:
    """Wait for the last to come out; how long all of them take says more of the machine than of who is stuck."""
    loop, before = asyncio.get_running_loop(), None
    async with asyncio.timeout(seconds) as patience:
        while True:
            states = await chaos.town.shop.states()
            if states and states["active"] == 0 and await chaos._routed():
                return
            moved = (states, await rows(chaos, "SELECT sum(hop) FROM batches WHERE workspace_id = :w"))
            if moved != before:
                before = moved
                patience.reschedule(loop.time() + seconds)
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def rows(chaos: Chaos, sql: str) -> list[Any]:
    async with chaos.town.shop.database.engine() as session:
        return list(await session.execute(text(sql), {"w": chaos.town.shop.workspace_id}))


async def check_people(chaos: Chaos) -> None:
    """Everybody who was not erased on the way entered once, and left with a reason."""
    entered = await rows(
        chaos,
        """SELECT c.external_id, c.erased_at IS NOT NULL AS erased, count(e.id) AS n FROM contacts c
           LEFT JOIN enrollments e ON e.contact_id = c.id WHERE c.workspace_id = :w GROUP BY c.id""",
    )
    erased = {f"u{number}" for number in chaos.erased}  # whom a later event makes known anew, with nothing to enter by
    here = {row.external_id: row.n for row in entered if not row.erased}
    wrong = {name: here.get(name) for name in everybody(chaos) - erased if here.get(name) != 1}
    assert not wrong, f"how often they entered: {dict(list(wrong.items())[:10])} and {len(wrong)} in all"
    assert all(row.n <= 1 for row in entered), "nobody enters twice"
    ends = await rows(chaos, "SELECT state, end_reason FROM enrollments WHERE workspace_id = :w")
    assert {row.state for row in ends} <= set(ENDS)
    assert all(row.end_reason for row in ends if row.state == "exited")
    assert await rows(chaos, "SELECT 1 FROM dead_events WHERE workspace_id = :w") == []


def everybody(chaos: Chaos) -> set[str]:
    """Return the ids by which people came."""
    return {f"u{number}" for number in range(chaos.people)}


async def check_messages(chaos: Chaos) -> None:
    """Hold the ledger against what the recorders took."""
    async with chaos.town.shop.database.engine() as session:  # ten minutes go by
        await session.execute(
            text("UPDATE messages SET lease_until = now() - interval '11 minutes' WHERE state = 'sending'")
        )
        await settle_abandoned(session)
    ledger, taken = await chaos.town.shop.messages(), await chaos.recorders.taken()
    states = Counter((row.node_id, row.state) for row in ledger)
    assert {state for _, state in states} <= {"sent", "failed", "skipped", "unknown"}, states
    by_gateway = {row.key: row.state for row in ledger if row.node_id == "welcome"}
    assert taken["gateway"].keys() <= by_gateway.keys()
    delivered = {by_gateway[key] for key in taken["gateway"]}
    assert delivered <= {"sent", "unknown"}, "a mail that was delivered is not shown as failed or skipped"
    assert {key for key, state in by_gateway.items() if state == "sent"} <= taken["gateway"].keys()

    by_server = {
        row.to_address: row.state for row in ledger if row.node_id in ("for_pro", "for_free") and row.to_address
    }
    assert set(taken["server"].values()) <= {1}, "by SMTP, nobody gets a mail twice"
    known = {address: by_server.get(address) for address in taken["server"]}
    erased = {f"p{number}@example.com" for number in chaos.erased}
    assert {state for address, state in known.items() if address not in erased} <= {"sent", "unknown"}
    assert {address for address, state in by_server.items() if state == "sent"} <= taken["server"].keys()
    assert await chaos.town.shop.shown("unknown") == {row.id for row in ledger if row.state == "unknown"}
    print(f"{chaos.people} people; messages: {dict(states)}; did: {dict(Counter(chaos.did))}")  # noqa: T201


async def check_counts(chaos: Chaos) -> None:
    """What the canvas shows adds up to the enrollments, node by node."""
    status = await chaos.town.status(chaos.journey)
    states = await chaos.town.shop.states()
    shown = {name: n for name, n in status["counts"].items() if name in ENDS and n}
    assert shown == dict(states)
    assert status["counts"]["entered"] == sum(states.values())
    for name, at in status["nodes"].items():
        parts = at["waiting"] + at["passed"] + sum(at["skipped"].values()) + at["failed"] + at["exited"]
        assert (at["entered"], at["waiting"]) == (parts, 0), (name, at)
    assert status["parked"] == []


async def check_traces(chaos: Chaos) -> None:
    """Each step of those looked at follows from the one before by a drawn line, from a trigger to an end."""
    versions = (await chaos.town.get(f"journeys/{chaos.journey}/versions", limit=500))["items"]
    lines = set()
    for each in versions:
        version = await chaos.town.get(f"journeys/{chaos.journey}/versions/{each['version']}")
        lines |= {(edge["source"], edge["target"]) for edge in version["graph"]["edges"]}
    found = (await chaos.town.get(f"journeys/{chaos.journey}/enrollments", limit=500))["items"]
    for passage in chaos.chance.sample(found, min(SAMPLE, len(found))):
        trace = (await chaos.town.get(f"enrollments/{passage['id']}"))["trace"]
        nodes = [step["node_id"] for step in trace if not (step["reason"] or "").startswith("moved to version")]
        assert nodes[0] in ("start", "vip"), passage
        assert all(pair in lines for pair in pairwise(nodes)), nodes
        assert len(nodes) == len(set(nodes)), nodes
        assert (nodes[-1] == "end") == (passage["state"] == "completed"), (nodes, passage)


async def check_runs(chaos: Chaos) -> None:
    """Nothing runs for nobody, in Temporal or in Postgres, once the last stage that failed has come back."""
    client = await connect(Settings(temporal_address=chaos.product.addresses["TEMPORAL_ADDRESS"]))
    left: list[Any] = []

    async def idle() -> bool:
        open_runs = "SELECT workflow_id FROM runs WHERE workspace_id = :w AND ended_at IS NULL"
        left[:] = [*await rows(chaos, open_runs), *[each async for each in list_running(client)]]
        return not left

    with contextlib.suppress(TimeoutError):
        await until(idle, IDLE_SECONDS, every=0.1)
    assert left == []
