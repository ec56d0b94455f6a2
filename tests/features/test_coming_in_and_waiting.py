"""Features 5 to 9: what lets people in, what they wait for, quiet hours, coming again, goals."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from journeys.enrollments.firing import fire_journey, list_clocked
from tests.features.town import A_MONTH, WELCOME, Nodes, Town, did, drawn, mail, row
from tests.until import until


async def test_05_triggers(town: Town) -> None:
    for name in ("event", "segment", "left", "api", "change", "date"):
        await town.settle(name, attributes={"plan": "free"})
    pros = await town.post("segments", {"name": "Pros", "rule": {"attribute": "plan", "op": "eq", "value": "pro"}})
    frees = await town.post("segments", {"name": "Free", "rule": {"attribute": "plan", "op": "eq", "value": "free"}})
    tagged = await town.post(
        "segments", {"name": "VIPs", "rule": {"attribute": "tags", "op": "contains", "value": "vip"}}
    )
    form = await town.post("forms", {"name": "Newsletter"})
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)

    async def listen(kind: str, **config: Any) -> str:
        return await town.publish(kind, {"start": (kind, config), "end": ("exit", {})}, row("start", "end"))

    by_event = await listen("event_trigger", event="Signed Up", where={"plan": "pro"})
    by_segment = await listen("segment_trigger", segment_id=pros["id"], on="entered")
    by_leaving = await listen("segment_trigger", segment_id=frees["id"], on="left")
    by_api = await listen("api_trigger", payload=[{"name": "coupon", "type": "text"}])
    by_change = await listen("attribute_trigger", attribute="city", to="Rome")
    by_form = await listen("form_trigger", form=form["key"])
    by_date = await listen("date_trigger", attribute="renewal", time=f"{an_hour_ago:%H:%M}", time_zone="UTC")
    await town.settle("vip", tags=["vip"])
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    by_schedule = await listen("schedule_trigger", at=soon, segment_id=tagged["id"])

    await town.send("event", "Signed Up", plan="free")
    await town.send("event", "Signed Up", plan="pro")
    await town.patch(f"contacts/{town.ids['segment']}", {"attributes": {"plan": "pro"}})
    await town.patch(f"contacts/{town.ids['left']}", {"attributes": {"plan": None}})
    assert await town.enroll(by_api, "api", payload={"coupon": "X1"}) == 1
    await town.patch(f"contacts/{town.ids['change']}", {"city": "Rome"})
    await town.shop.api.post(f"/f/{form['key']}", json={"email": "form@example.com"})
    await town.patch(f"contacts/{town.ids['date']}", {"attributes": {"renewal": f"{an_hour_ago:%Y-%m-%d}"}})
    await fire_as_if_published_yesterday(town, by_date)

    for journey, name in (
        (by_event, "event"), (by_segment, "segment"), (by_leaving, "left"), (by_api, "api"), (by_change, "change"),
        (by_form, "form"), (by_date, "date"), (by_schedule, "vip"),
    ):  # fmt: skip
        await town.over(journey, name)
    for journey in (by_event, by_api, by_change, by_form, by_date, by_schedule):
        assert (await town.status(journey))["counts"]["entered"] == 1
    assert (await town.trace(by_api, "api"))[0]["inputs"] == {"event": {"coupon": "X1"}}


async def fire_as_if_published_yesterday(town: Town, journey: str) -> None:
    """Travel in time: a date trigger looks at the moments since its publication, once."""
    async with town.shop.database.engine() as session:
        backdate = text("UPDATE journey_versions SET created_at = now() - interval '1 day' WHERE journey_id = :j")
        await session.execute(backdate, {"j": UUID(journey)})
        [clocked] = [each for each in await list_clocked(session) if each.journey_id == UUID(journey)]
        await fire_journey(session, clocked)


async def test_06_waits(town: Town) -> None:
    nodes: Nodes = {
        "start": WELCOME,
        "a_second": ("wait", {"seconds": 1}),
        "own_date": ("wait_until", {"attribute": "trial_ends"}),
        "missed": ("tag", {"add": ["missed"]}),
        "order": ("wait_for_event", {"event": "Order Completed", "where": {"cart": "{{ event.cart }}"}, "timeout": {"days": 30}}),
        "plan": ("wait_for_condition", {"rule": {"attribute": "plan", "op": "eq", "value": "pro"}, "timeout": {"days": 30}}),
        "monday": ("wait_until", {"weekday": "monday", "time": "09:30"}),
        "gone": ("exit", {}),
    }  # fmt: skip
    edges = [
        ("start", "", "a_second"), ("a_second", "", "own_date"), ("own_date", "", "order"), ("own_date", "past", "missed"),
        ("missed", "", "order"), ("order", "happened", "plan"), ("order", "timed_out", "gone"), ("plan", "met", "monday"),
        ("plan", "timed_out", "gone"), ("monday", "", "gone"),
    ]  # fmt: skip
    journey = await town.publish("Waits", nodes, edges)
    await town.settle("anna", time_zone="Asia/Tokyo", attributes={"trial_ends": "2020-01-01"})
    await town.settle("ben", attributes={"trial_ends": (datetime.now(UTC) + timedelta(days=3)).isoformat()})
    for name in ("anna", "ben"):
        await town.send(name, "Signed Up", cart="c1")

    await town.at(journey, "anna", "order")
    assert ("own_date", "past") in await town.way(journey, "anna")
    assert (await town.at(journey, "ben", "own_date"))["wake_at"] > (datetime.now(UTC) + timedelta(days=2)).isoformat()

    await town.send("anna", "Order Completed", cart="another")
    await town.send("anna", "Order Completed", cart="c1")
    await town.at(journey, "anna", "plan")
    await town.patch(f"contacts/{town.ids['anna']}", {"attributes": {"plan": "pro"}})
    wake = datetime.fromisoformat((await town.at(journey, "anna", "monday"))["wake_at"])
    in_tokyo = wake.astimezone(UTC) + timedelta(hours=9)
    assert (in_tokyo.weekday(), in_tokyo.hour, in_tokyo.minute) == (0, 9, 30)
    await town.wake(journey)
    await town.over(journey, "anna")

    await town.at(journey, "ben", "order")
    await town.wake(journey)
    await town.over(journey, "ben")
    assert (await town.way(journey, "ben"))[-2:] == [("order", "timed_out"), ("gone", None)]


async def test_07_send_windows_and_quiet_hours(town: Town) -> None:
    now = datetime.now(UTC)
    just_begun, an_hour_on = f"{now - timedelta(minutes=5):%H:%M}", now + timedelta(hours=1)
    await town.limit(quiet_hours={"start": just_begun, "end": f"{an_hour_on:%H:%M}"})
    journey = await town.publish("Letter", {"start": WELCOME, "letter": mail("Letter")}, row("start", "letter"))
    await town.settle("here", time_zone="UTC")
    await town.settle("away", time_zone="Asia/Tokyo")
    for name in ("here", "away"):
        await town.send(name, "Signed Up")
    await town.over(journey, "away")
    held = await town.at(journey, "here", "letter")
    [message] = (await town.get("messages", contact=town.ids["here"]))["items"]
    assert (message["state"], message["reason"]) == ("deferred", "quiet_hours")
    assert datetime.fromisoformat(held["wake_at"]) == an_hour_on.replace(second=0, microsecond=0)

    await town.limit(quiet_hours={"start": just_begun, "end": f"{now - timedelta(minutes=1):%H:%M}"})  # an hour on
    await town.wake(journey)
    await town.over(journey, "here")
    assert await town.messages("here") == await town.messages("away") == ["Letter"]

    opens = an_hour_on.replace(second=0, microsecond=0)
    window = {"start": f"{opens:%H:%M}", "end": f"{opens + timedelta(hours=1):%H:%M}"}
    nodes: Nodes = {"start": WELCOME, "hours": ("time_window", window), "letter": mail("In the window")}
    windowed = await town.publish("Window", nodes, row(*nodes))
    await town.send("here", "Signed Up")
    assert datetime.fromisoformat((await town.at(windowed, "here", "hours"))["wake_at"]) == opens


async def test_08_re_entry(town: Town) -> None:
    nodes: Nodes = {
        "start": ("event_trigger", {"event": "Cart Updated", "key": "cart_id"}),
        "month": A_MONTH,
        "gone": ("exit", {}),
    }
    short: Nodes = {"start": ("api_trigger", {}), "gone": ("exit", {})}
    per_key = await town.publish("Carts", nodes, row(*nodes), re_entry="per_key")
    once = await town.publish("Once", short, row(*short), re_entry="once")
    always = await town.publish("Always", short, row(*short), re_entry="always")
    after = await town.publish("After", short, row(*short), re_entry={"after": {"days": 7}})
    await town.settle("anna")

    for cart in ("a", "b", "a"):
        await town.send("anna", "Cart Updated", cart_id=cart)

    async def both_inside() -> bool:
        return {each["key"] for each in await town.passages(per_key, "anna")} == {"a", "b"}

    await until(both_inside)
    await town.routed()
    assert len(await town.passages(per_key, "anna")) == 2

    async def came(journey: str) -> int:
        entered = await town.enroll(journey, "anna")
        if entered:
            await town.over(journey, "anna")
        return entered

    assert [await came(once), await came(once)] == [1, 0]
    assert [await came(always), await came(always)] == [1, 1]
    assert [await came(after), await came(after)] == [1, 0]
    async with town.shop.database.engine() as session:  # a week goes by
        week = "UPDATE entries SET last_entered_at = last_entered_at - interval '7 days' WHERE journey_id = :j"
        await session.execute(text(week), {"j": UUID(after)})
    assert await came(after) == 1
    refusals = (await town.get(f"journeys/{once}/why", contact=town.ids["anna"]))["refusals"]
    assert len(refusals) == 1
    assert refusals[0]["reason"]


async def test_09_goals(town: Town) -> None:
    nodes: Nodes = {"start": WELCOME, "month": A_MONTH, "later": mail("Later")}
    bought = {"event": "Order Completed", "where": {"total": {"op": "gte", "value": 10}}, "window_days": 7}
    stays = await town.publish("Stays", nodes, row(*nodes), goal={**bought, "exits": False})
    leaves = await town.publish("Leaves", nodes, row(*nodes), goal=bought)
    for name in ("anna", "late"):
        await town.settle(name)
        await town.send(name, "Signed Up")
        for journey in (stays, leaves):
            await town.at(journey, name, "month")
    async with town.shop.database.engine() as session:  # eight days go by for one of them
        week = "UPDATE enrollments SET entered_at = entered_at - interval '8 days' WHERE contact_id = :c"
        await session.execute(text(week), {"c": UUID(town.ids["late"])})

    for name in ("anna", "late"):
        for total in (5, 20, 30):
            await town.send(name, "Order Completed", total=total)
    assert (await town.over(leaves, "anna"))["end_reason"] == "goal: Order Completed"
    await town.routed()
    for journey in (stays, leaves):
        status = await town.status(journey)
        assert status["counts"]["converted"] == 1, "once, however often, and not after its window"
        [late] = await town.passages(journey, "late")
        assert (late["state"], late["goal_at"]) == ("active", None)
    found = (await town.get(f"journeys/{stays}/enrollments", converted="true"))["items"]
    assert [each["contact_id"] for each in found] == [town.ids["anna"]]
    [anna] = await town.passages(stays, "anna")
    assert (anna["state"], bool(anna["goal_at"])) == ("active", True)


async def test_18_test_before_launch(town: Town) -> None:
    nodes: Nodes = {
        "start": WELCOME,
        "hello": mail("Hello"),
        "again": mail("Again, on the same day"),
        "month": A_MONTH,
        "order": ("wait_for_event", {"event": "Order Completed", "timeout": {"days": 10}}),
        "hook": ("webhook", {"url": "http://127.0.0.1:9/never", "body": {"email": "{{ contact.email }}"}}),
        "thanks": mail("Thanks"),
        "sorry": mail("Sorry"),
    }
    edges = [
        *row("start", "hello", "again", "month", "order"), ("order", "happened", "hook"), ("hook", "", "thanks"),
        ("order", "timed_out", "sorry"),
    ]  # fmt: skip
    await town.limit(quiet_hours={"start": "21:00", "end": "08:00"}, caps=[{"limit": 1, "per": "day"}])
    body = {"name": "Draft", "graph": drawn(nodes, edges), "settings": {"exit_on": [did("Refunded")]}}
    journey = (await town.post("journeys", body))["id"]
    for name in ("anna", "ben", "cleo"):
        await town.settle(name, time_zone="Europe/Berlin")
    await town.post(f"contacts/{town.ids['ben']}/suppress", {"reason": "asked us to"})

    def does(name: str, event: str, days: int) -> dict[str, Any]:
        return {"contact": f"{name}@example.com", "action": "event", "event": event, "minutes": days * 1440}

    simulated = await town.post(
        f"journeys/{journey}/simulate",
        {
            "contacts": [f"{name}@example.com" for name in ("anna", "ben", "cleo")],
            "start_at": "2027-03-01T22:00:00Z",
            "assumptions": {
                "fixed": [does("anna", "Order Completed", 35), does("cleo", "Refunded", 3)],
                "awaited_rate": 0,  # and nobody else orders
            },
        },
    )
    found = {each["email"].partition("@")[0]: each["passages"][0] for each in simulated["result"]["contacts"]}
    states = {
        name: [(each["node_id"], each["state"], each["reason"]) for each in passage["mails"]]
        for name, passage in found.items()
    }
    assert states["anna"] == [("hello", "sent", None), ("again", "skipped", "capped"), ("thanks", "sent", None)]
    assert [reason for _, _, reason in states["ben"]] == ["suppressed", "suppressed", "suppressed"]
    assert (found["ben"]["path"][-1]["node_id"], found["cleo"]["state"]) == ("sorry", "exited")
    assert found["anna"]["mails"][0]["at"] >= "2027-03-02T07:00:00", "held over the night, in Berlin"
    assert [call["node_id"] for call in simulated["result"]["calls"]] == ["hook"]
    assert await town.messages("anna") == []
    assert (await town.get(f"journeys/{journey}/enrollments"))["items"] == []
