"""Scoring models over the API, and a contact's scores."""

from typing import Any

import httpx

from tests.api.test_contacts import make


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
