"""Features 1, 2 and 4: leaving at once, editing what is live, and why everything happened."""

from tests.features.town import A_MONTH, WELCOME, Nodes, Town, did, mail, row
from tests.until import until

WITHIN_SECONDS = 5
"""What is promised of exits and pauses."""


async def test_01_instant_exit(town: Town) -> None:
    nodes: Nodes = {"start": WELCOME, "hello": mail("Hello"), "month": A_MONTH, "later": mail("Later")}
    journey = await town.publish("Welcome", nodes, row(*nodes), exit_on=[did("Order Completed")])
    await town.settle("anna")
    await town.send("anna", "Signed Up")
    await town.at(journey, "anna", "month")

    await town.send("anna", "Order Completed")

    async def exited() -> bool:
        return bool((await town.passages(journey, "anna"))[0]["state"] == "exited")

    await until(exited, WITHIN_SECONDS)
    [passage] = await town.passages(journey, "anna")
    assert "Order Completed" in passage["end_reason"]
    await town.wake(journey)
    assert await town.messages("anna") == ["Hello"]
    status = await town.status(journey)
    assert (status["counts"]["active"], status["counts"]["exited"]) == (0, 1)


async def test_02_safe_live_edit(town: Town) -> None:
    first: Nodes = {"start": WELCOME, "hello": mail("Hello"), "month": A_MONTH, "later": mail("Later")}
    soon: Nodes = {
        **first,
        "hello": mail("Hello again"),
        "month": ("wait", {"seconds": 1}),
        "later": mail("Much sooner"),
    }
    journey = await town.publish("Welcome", first, row(*first))
    for name in ("finn", "mona"):
        await town.settle(name)
        await town.send(name, "Signed Up")
        await town.at(journey, name, "month")

    inside = await town.get(f"journeys/{journey}/in-flight")
    assert inside["contacts"] == 2
    assert [(each["node_id"], each["contacts"], each["target"]) for each in inside["nodes"]] == [("month", 2, "month")]

    await town.redraw(journey, first | {"later": mail("Later, reworded")}, row(*first), in_flight="finish")
    assert {each["version"] for name in ("finn", "mona") for each in await town.passages(journey, name)} == {1}

    await town.shop.api.post(f"/api/enrollments/{(await town.passages(journey, 'finn'))[0]['id']}/exit")
    await town.redraw(journey, soon, row(*soon), in_flight="move", waits="recompute")
    assert (await town.over(journey, "mona"))["version"] == 3
    assert await town.messages("mona") == ["Hello", "Much sooner"]
    assert await town.messages("finn") == ["Hello"]

    await town.settle("eva")
    await town.redraw(journey, first, row(*first), in_flight="finish")
    await town.send("eva", "Signed Up")
    await town.at(journey, "eva", "month")
    await town.redraw(journey, soon, row(*soon), in_flight="exit")
    assert (await town.over(journey, "eva", "exited"))["end_reason"] == "a new version was published"


async def test_04_decision_trace(town: Town) -> None:
    pro = {"attribute": "plan", "op": "eq", "value": "pro"}
    nodes: Nodes = {
        "start": WELCOME,
        "which": ("branch", {"paths": [{"id": "pro", "rule": pro}]}),
        "for_pro": mail("For pros"),
        "for_free": mail("For everyone"),
        "capped": mail("Once more", tag="news"),
    }
    edges = [
        ("start", "", "which"), ("which", "pro", "for_pro"), ("which", "else", "for_free"), ("for_pro", "", "capped"),
        ("for_free", "", "capped"),
    ]  # fmt: skip
    await town.limit(caps=[{"limit": 1, "per": "day"}])
    journey = await town.publish("Welcome", nodes, edges)
    await town.settle("anna", attributes={"plan": "pro"})
    await town.settle("ben", attributes={"plan": "free"})
    await town.post(f"contacts/{town.ids['ben']}/suppress", {"reason": "asked us to"})
    for name in ("anna", "ben"):
        await town.send(name, "Signed Up", source="fair")
        await town.over(journey, name)

    anna, ben = await town.trace(journey, "anna"), await town.trace(journey, "ben")
    assert [(step["node_id"], step["outlet"]) for step in anna] == [
        ("start", "next"), ("which", "pro"), ("for_pro", "sent"), ("capped", "skipped"),
    ]  # fmt: skip
    assert [(step["node_id"], step["outlet"]) for step in ben] == [
        ("start", "next"), ("which", "else"), ("for_free", "skipped"), ("capped", "skipped"),
    ]  # fmt: skip
    assert all(step["at"] and step["kind"] and step["title"] for step in [*anna, *ben])
    assert anna[0]["inputs"] == {"event": {"source": "fair"}}
    assert (anna[3]["reason"], ben[2]["reason"]) == ("capped", "suppressed")
    assert anna[1]["detail"] == {"matched": {"clause": "", "value": "pro"}}
    assert ben[1]["detail"] == {"failed": [{"path": "pro", "clause": "", "value": "free"}]}

    why = await town.get(f"journeys/{journey}/why", contact=await town.settle("cleo"))
    assert not why["entered"]
    assert "Signed Up" in why["triggers"][0]["why"]
