"""Why somebody matches a rule that is not saved."""

from uuid import UUID

import httpx

from journeys.db.ids import new_id

GERMAN = {"attribute": "country", "op": "eq", "value": "DE"}


async def make_contact(client: httpx.AsyncClient, country: str) -> str:
    """Make a contact and return its id."""
    answer = await client.post("/api/contacts", json={"email": f"{new_id().hex}@example.com", "country": country})
    return str(UUID(answer.json()["id"]))


async def test_a_rule_says_clause_by_clause_why_somebody_matches(client: httpx.AsyncClient) -> None:
    rule = {"all": [GERMAN, {"not": {"attribute": "vip", "op": "exists"}}]}
    for country, matched in (("DE", True), ("AT", False)):
        body = {"rule": rule, "contact_id": await make_contact(client, country)}
        verdict = (await client.post("/api/segments/explain", json=body)).json()
        assert (verdict["matched"], verdict["parts"][0]["matched"]) == (matched, matched)
        assert "country" in verdict["parts"][0]["why"]


async def test_a_rule_that_is_none_and_a_contact_that_is_gone_are_refused(client: httpx.AsyncClient) -> None:
    known = await make_contact(client, "DE")
    wrong = await client.post("/api/segments/explain", json={"rule": {"no": "rule"}, "contact_id": known})
    gone = await client.post("/api/segments/explain", json={"rule": GERMAN, "contact_id": str(new_id())})
    assert (wrong.status_code, gone.status_code) == (422, 404)
