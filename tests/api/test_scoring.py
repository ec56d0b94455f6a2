"""Scoring models over the API, and a contact's scores."""

from typing import Any

import httpx

from tests.api.test_contacts import make
from tests.api.test_journeys import make_live, waiting_journey


async def test_a_model_scores_contacts_and_its_history_says_why(client: httpx.AsyncClient) -> None:
    anna = await make(client, email="anna@example.com", country="DE")
    rules: list[dict[str, Any]] = [{"rule": {"attribute": "country", "value": "DE"}, "points": 10, "label": "German"}]
    made = await client.post("/api/scoring/models", json={"slug": "fit", "name": "Fit", "rules": rules})
    assert made.status_code == 201, made.text
    detail = (await client.get(f"/api/contacts/{anna['id']}")).json()
    assert [(each["model"], each["value"]) for each in detail["scores"]] == [("fit", 10)]
    changed = await client.patch("/api/scoring/models/fit", json={"rules": [{**rules[0], "points": 4}]})
    assert changed.json()["rules"][0]["points"] == 4
    history = (await client.get("/api/scoring/models/fit/history", params={"contact": str(anna["id"])})).json()["items"]
    assert [(each["before"], each["after"]) for each in history] == [(10, 4), (0, 10)]
    assert [each["slug"] for each in (await client.get("/api/scoring/models")).json()["items"]] == ["fit"]


async def test_a_model_that_is_wrong_or_taken_is_refused(client: httpx.AsyncClient) -> None:
    bad = {"slug": "fit", "name": "Fit", "rules": [{"rule": {"nonsense": 1}, "points": 1}]}
    answer = await client.post("/api/scoring/models", json=bad)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/0/rule")
    good = {"slug": "fit", "name": "Fit", "rules": []}
    assert (await client.post("/api/scoring/models", json=good)).status_code == 201
    assert (await client.post("/api/scoring/models", json=good)).status_code == 409
    assert (await client.get("/api/scoring/models/none")).status_code == 404


async def test_a_model_is_deleted_with_its_scores_unless_a_journey_or_a_segment_asks_for_it(
    client: httpx.AsyncClient,
) -> None:
    anna = await make(client, email="anna@example.com", country="DE")
    rules = [{"rule": {"attribute": "country", "value": "DE"}, "points": 10}]
    assert (
        await client.post("/api/scoring/models", json={"slug": "fit", "name": "Fit", "rules": rules})
    ).status_code == 201
    high = {"name": "High", "rule": {"score": {"model": "fit", "value": 5}}}
    segment = (await client.post("/api/segments", json=high)).json()
    journey = waiting_journey()
    journey["graph"]["nodes"][1] |= {"type": "score", "data": {"model": "fit", "points": 1}}
    journey_id = await make_live(client, journey)
    refused = await client.delete("/api/scoring/models/fit")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Fit is used by High, Wait a day")
    await client.post(f"/api/journeys/{journey_id}/archive")
    await client.delete(f"/api/segments/{segment['id']}")
    assert (await client.delete("/api/scoring/models/fit")).status_code == 204
    detail = (await client.get(f"/api/contacts/{anna['id']}")).json()
    assert detail["scores"] == []
    assert (await client.get("/api/scoring/models/fit")).status_code == 404
