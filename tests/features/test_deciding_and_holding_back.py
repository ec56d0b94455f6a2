"""Features 10, 11, 17, 21, 24, 25, 28 and 29: ways parted, mail held back, pauses, counts, versions, priorities."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import text

from journeys.settings import Settings
from tests.e2e.product import Product
from tests.e2e.recorders import Recorders
from tests.e2e.shop import open_shop
from tests.factories.people import sign_in_as
from tests.features.town import A_MONTH, WELCOME, Nodes, Town, did, drawn, mail, row
from tests.until import until
from worker.main import SLOTS_PER_STAGE

SHARE: int = SLOTS_PER_STAGE * Settings.model_fields["concurrent_bulk_stages"].default // 2
"""How many stages of broadcasts one connection may keep waiting."""


async def test_10_branching(town: Town) -> None:
    def path(name: str, *countries: str) -> dict[str, Any]:
        return {"id": name, "rule": {"attribute": "country", "op": "in", "value": list(countries)}}

    halves = {"variants": [{"id": "a", "weight": 50}, {"id": "b", "weight": 50}], "mode": "fixed"}
    nodes: Nodes = {
        "start": ("api_trigger", {}),
        "country": ("branch", {"paths": [path("south", "IT", "ES"), path("latin", "IT", "FR")]}),
        "halves": ("split", halves),
        **{name: ("exit", {}) for name in ("south", "latin", "others")},
        **{name: ("exit", {}) for name in ("first", "second")},
    }
    edges = [
        ("start", "", "country"), ("country", "south", "south"), ("country", "latin", "latin"),
        ("country", "else", "halves"), ("halves", "a", "first"), ("halves", "b", "second"),
    ]  # fmt: skip
    del nodes["others"]
    journey = await town.publish("Ways", nodes, edges, re_entry="always")
    who = {"italian": "IT", "french": "FR", **{f"n{number}": "NO" for number in range(16)}}
    for name, country in who.items():
        await town.settle(name, country=country)

    async def way_of(name: str) -> tuple[str, str | None]:
        assert await town.enroll(journey, name) == 1
        await town.over(journey, name)
        return (await town.way(journey, name))[-1]

    assert await way_of("italian") == ("south", None), "the first path that fits"
    assert await way_of("french") == ("latin", None)
    ways = {name: (await way_of(name))[0] for name in who if who[name] == "NO"}
    assert set(ways.values()) == {"first", "second"}
    assert {name: (await way_of(name))[0] for name in list(ways)[:4]} == dict(list(ways.items())[:4]), "the same again"
    graph = drawn(nodes, [edge for edge in edges if edge[1] != "else"])
    unfinished = await town.post("journeys", {"name": "No else", "graph": graph})
    checked = await town.post(f"journeys/{unfinished['id']}/validate")
    assert "outlet 'else' leads nowhere" in str(checked["errors"])


async def test_11_frequency_caps(town: Town) -> None:
    await town.limit(caps=[{"limit": 2, "per": "week"}, {"limit": 1, "per": "day", "tag": "news"}])
    nodes: Nodes = {
        "start": WELCOME,
        "news": mail("News", tag="news"),
        "more_news": mail("More news", tag="news"),
        "offer": mail("Offer"),
        "receipt": mail("Receipt", category="transactional"),
        "anyway": mail("Anyway", if_capped="send"),
        "waits": mail("Waits", if_capped="wait", wait_hours=168),
    }
    journey = await town.publish("Caps", nodes, row(*nodes))
    await town.settle("anna", time_zone="Pacific/Auckland")
    await town.send("anna", "Signed Up")
    passage = await town.at(journey, "anna", "waits")
    assert await town.messages("anna") == ["News", "Offer", "Receipt", "Anyway"]
    [skipped] = (await town.get("messages", contact=town.ids["anna"], state="skipped"))["items"]
    assert (skipped["node_id"], skipped["reason"]) == ("more_news", "capped")
    async with town.shop.database.engine() as session:
        local = await session.scalar(
            text("SELECT CAST(CAST(:at AS timestamptz) AT TIME ZONE 'Pacific/Auckland' AS text)"),
            {"at": passage["wake_at"]},
        )
        monday = await session.scalar(text("SELECT extract(isodow FROM CAST(:at AS timestamp))"), {"at": local})
        assert (int(monday or 0), str(local).partition(" ")[2]) == (1, "00:00:00"), "the next week, where she lives"
        last_week = (
            "UPDATE messages SET sent_at = sent_at - interval '7 days' WHERE contact_id = :c AND sent_at IS NOT NULL"
        )
        await session.execute(text(last_week), {"c": UUID(town.ids["anna"])})
    await town.wake(journey)
    await town.over(journey, "anna")
    assert (await town.messages("anna"))[-1] == "Waits"


async def test_17_pause_and_resume(town: Town) -> None:
    nodes: Nodes = {
        "start": ("api_trigger", {}),
        "pause": ("wait", {"seconds": 2}),
        "letter": mail("Letter"),
        "month": A_MONTH,
        "end": ("exit", {}),
    }
    for policy in ("keep", "skip_overdue", "shift"):
        journey = await town.publish(policy, nodes, row(*nodes), exit_on=[did("Left")])
        name = policy.replace("_", "")
        await town.settle(name)
        assert await town.enroll(journey, name) == 1
        before = await town.at(journey, name, "pause")
        await town.post(f"journeys/{journey}/pause")

        async def parked(journey: str = journey, name: str = name) -> bool:
            return bool((await town.passages(journey, name))[0]["parked"] == "paused")

        await until(parked)
        assert await town.messages(name) == []
        await town.post(f"journeys/{journey}/resume", {"waits": policy})
        if policy == "skip_overdue":
            assert "overdue" in (await town.over(journey, name, "exited"))["end_reason"]
            assert await town.messages(name) == []
            continue
        if policy == "shift":
            [after] = await town.passages(journey, name)
            assert after["node_id"] != "pause" or after["wake_at"] > before["wake_at"], "longer by the pause"
        await town.at(journey, name, "month")
        assert await town.messages(name) == ["Letter"]


async def test_21_per_node_overlay(town: Town) -> None:
    pro = {"attribute": "plan", "op": "eq", "value": "pro"}
    nodes: Nodes = {
        "start": WELCOME,
        "letter": mail("Letter"),
        "which": ("branch", {"paths": [{"id": "pro", "rule": pro}]}),
        "month": A_MONTH,
        "gone": ("exit", {}),
    }
    edges = [
        ("start", "", "letter"), ("letter", "", "which"), ("which", "pro", "month"), ("which", "else", "gone"),
        ("month", "", "gone"),
    ]  # fmt: skip
    journey = await town.publish(
        "Counted", nodes, edges, exit_on=[did("Left")], goal={"event": "Bought", "exits": False}
    )
    names = [f"p{number}" for number in range(9)]
    for number, name in enumerate(names):
        await town.settle(name, attributes={"plan": "pro" if number % 3 else "free"})
    await town.post(f"contacts/{town.ids['p1']}/suppress", {"reason": "asked us to"})
    for name in names:
        await town.send(name, "Signed Up")
    for number, name in enumerate(names):
        await (town.at(journey, name, "month") if number % 3 else town.over(journey, name))
    await town.send("p2", "Left")
    await town.over(journey, "p2", "exited")
    await town.send("p4", "Bought")

    async def converted() -> bool:
        return bool((await town.status(journey))["counts"]["converted"])

    await until(converted)
    status = await town.status(journey)
    at = status["nodes"]
    assert status["counts"] == {"entered": 9, "active": 5, "completed": 3, "exited": 1, "failed": 0, "converted": 1}
    assert at["letter"]["skipped"] == {"suppressed": 1}
    assert (at["letter"]["passed"], at["month"]["waiting"], at["month"]["exited"]) == (8, 5, 1)
    for name in nodes:
        each = at[name]
        parts = each["waiting"] + each["passed"] + sum(each["skipped"].values()) + each["failed"] + each["exited"]
        assert each["entered"] == parts, name
    standing = (await town.get(f"journeys/{journey}/enrollments", node="month", state="active"))["items"]
    assert sorted(each["contact_email"] for each in standing) == [f"p{n}@example.com" for n in (1, 4, 5, 7, 8)]


async def test_24_versions(town: Town) -> None:
    nodes: Nodes = {"start": WELCOME, "letter": mail("First words"), "month": A_MONTH, "end": ("exit", {})}
    journey = await town.publish("Versions", nodes, row(*nodes))
    await town.settle("anna")
    await town.send("anna", "Signed Up")
    await town.at(journey, "anna", "month")
    await town.redraw(journey, nodes | {"letter": mail("Second words")}, row(*nodes))
    rolled_back = await town.post(f"journeys/{journey}/versions/1/publish", {"in_flight": "finish"})
    assert rolled_back["version"] == 3
    versions = (await town.get(f"journeys/{journey}/versions"))["items"]
    assert [each["version"] for each in versions] == [3, 2, 1]
    assert versions[0]["hash"] == versions[2]["hash"] != versions[1]["hash"]
    first, second = [await town.get(f"journeys/{journey}/versions/{number}") for number in (1, 2)]
    changed = [a["id"] for a, b in zip(first["graph"]["nodes"], second["graph"]["nodes"], strict=True) if a != b]
    assert changed == ["letter"], "what changed can be told from the versions"
    await town.settle("ben")
    await town.send("ben", "Signed Up")
    assert (await town.at(journey, "ben", "month"))["version"] == 3
    assert (await town.passages(journey, "anna"))[0]["version"] == 1
    assert await town.messages("ben") == await town.messages("anna") == ["First words"]
    refused = await town.shop.api.delete(f"/api/journeys/{journey}")
    assert refused.status_code == 409, "a version that is in use cannot be deleted"


async def test_25_approval(town: Town) -> None:
    nodes: Nodes = {"start": WELCOME, "letter": mail("Letter")}
    journey = await town.draw("Approved", nodes, row(*nodes))
    await town.limit(approvals_needed=1)
    own = await town.shop.api.post(f"/api/journeys/{journey}/publish")
    assert own.status_code == 409
    colleague = {"Authorization": ""} | await sign_in_as(town.shop.database, town.shop.workspace_id, "Colleague")
    assert (await town.shop.api.post(f"/api/journeys/{journey}/approve")).status_code == 403, "a key is nobody"
    agreed = await town.shop.api.post(f"/api/journeys/{journey}/approve", headers=colleague)
    assert [each["approved_by"] for each in agreed.json()["approvals"]] == ["Colleague"]
    await town.patch(f"journeys/{journey}", {"graph": drawn(nodes | {"letter": mail("Changed")}, row(*nodes))})
    assert (await town.get(f"journeys/{journey}/approvals"))["approvals"] == [], "an edit voids them"
    assert (await town.shop.api.post(f"/api/journeys/{journey}/publish")).status_code == 409
    await town.shop.api.post(f"/api/journeys/{journey}/approve", headers=colleague)
    assert (await town.post(f"journeys/{journey}/publish"))["version"] == 1


async def test_28_priority_and_concurrency_caps(town: Town) -> None:
    await town.limit(max_journeys=1)
    nodes: Nodes = {"start": ("api_trigger", {}), "month": A_MONTH, "end": ("exit", {})}
    low, same, high = [
        await town.publish(name, nodes, row(*nodes), priority=priority)
        for name, priority in (("Low", 10), ("Same", 10), ("High", 90))
    ]
    await town.settle("anna")
    assert await town.enroll(low, "anna") == 1
    assert await town.enroll(same, "anna") == 0
    [refusal] = (await town.get(f"journeys/{same}/why", contact=town.ids["anna"]))["refusals"]
    assert refusal["reason"] == "in as many journeys as allowed, none of a lower priority"
    assert await town.enroll(high, "anna") == 1
    ended = await town.over(low, "anna", "exited")
    assert ended["end_reason"] == "gave way to High, which has a higher priority"


async def test_29_fair_under_load(product: Product, recorders: Recorders) -> None:
    """A triggered mail goes out while broadcasts hold all the slots that they may have of one connection."""
    await recorders.hold(True)
    try:
        async with open_shop(product) as shop:
            town = Town(shop)
            slow = await shop.connect("http_mail", url=recorders.gateway_url)
            await make_crowd(town, 400)
            nodes = {"start": ("api_trigger", {}), "blast": mail("Blast", provider=slow)}
            everyone = (await town.post("segments", {"name": "All", "rule": {"attribute": "email", "op": "exists"}}))[
                "id"
            ]
            broadcasts = [await town.publish(f"Broadcast {n}", nodes, row(*nodes)) for n in range(SHARE + 1)]
            for journey in broadcasts:
                await town.post(f"journeys/{journey}/enroll", {"segment_id": everyone})

            async def share_is_taken() -> bool:
                return (await recorders.totals())["held"] == SHARE

            await until(share_is_taken, 60)
            welcome = {"start": WELCOME, "hello": mail("Hello")}
            journey = await town.publish("Welcome", welcome, row(*welcome))
            await town.settle("anna")
            await town.send("anna", "Signed Up")
            await town.over(journey, "anna")
            assert await town.messages("anna") == ["Hello"]
            assert (await recorders.totals())["held"] == SHARE, "the broadcasts still hold their slots"
            await recorders.hold(False)

            async def all_sent() -> bool:
                states = await shop.count("SELECT state, count(*) FROM messages WHERE workspace_id = :w GROUP BY 1")
                return +Counter(states) == {"sent": len(broadcasts) * 400 + 1}

            await until(all_sent, 60)
    finally:
        await recorders.hold(False)


async def make_crowd(town: Town, people: int) -> None:
    """Store contacts at once."""
    async with town.shop.database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO contacts (id, workspace_id, email)
                SELECT gen_random_uuid(), :w, 'crowd' || n || '@example.com' FROM generate_series(1, :n) n
            """),
            {"w": town.shop.workspace_id, "n": people},
        )
