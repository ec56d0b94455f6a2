"""The library over the API: what the app shows, and what it makes of one."""

import httpx


async def test_a_journey_of_the_library_is_imported_with_its_tags_and_published(client: httpx.AsyncClient) -> None:
    library = (await client.get("/api/examples")).json()["items"]
    assert len(library) == 15
    vip = next(each for each in library if each["slug"] == "vip")
    assert vip["tags"] == ["shop", "loyalty"]
    assert {node["type"] for node in vip["graph"]["nodes"]} >= {"segment_trigger", "send_email", "split"}
    made = (await client.post("/api/journeys/import", json={"content": vip["content"]})).json()
    assert (made["name"], made["tags"]) == ("VIP", ["shop", "loyalty"])
    published = await client.post(f"/api/journeys/{made['id']}/publish", json={})
    assert published.status_code == 200, published.text
