"""Templates over the API: versions, previews, checks, trials."""

from typing import Any

import httpx

MJML = "<mjml><mj-body><mj-section><mj-column><mj-text>{body}</mj-text></mj-column></mj-section></mj-body></mjml>"
GOOD: dict[str, Any] = {
    "name": "Welcome",
    "subject": "Hello {{ contact.first_name | default: 'there' }}",
    "mjml": MJML.format(body="Hi {{ contact.first_name }} <a href='{{ unsubscribe_url }}'>Unsubscribe</a>"),
}


async def make(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Make a template and return it."""
    answer = await client.post("/api/templates", json=GOOD | changes)
    assert answer.status_code == 201, answer.text
    template: dict[str, Any] = answer.json()
    return template


async def test_saving_makes_the_next_version_and_an_old_content_is_its_version(client: httpx.AsyncClient) -> None:
    template = await make(client)
    path = f"/api/templates/{template['id']}"
    assert (template["version"], template["slug"]) == (1, "welcome")
    assert (await client.patch(path, json={"subject": "Hi"})).json()["version"] == 2
    assert (await client.patch(path, json={"name": "Greeting"})).json()["version"] == 2
    back = (await client.patch(path, json={"subject": GOOD["subject"]})).json()
    assert (back["version"], back["name"], back["version_id"]) == (1, "Greeting", template["version_id"])
    assert [each["version"] for each in (await client.get(f"{path}/versions")).json()["items"]] == [2, 1]


async def test_slugs_are_unique(client: httpx.AsyncClient) -> None:
    await make(client)
    assert (await make(client))["slug"] == "welcome-2"
    assert (await client.post("/api/templates", json=GOOD | {"slug": "welcome"})).status_code == 409


async def test_an_archived_template_leaves_the_list(client: httpx.AsyncClient) -> None:
    template = await make(client)
    assert (await client.delete(f"/api/templates/{template['id']}")).status_code == 204
    assert (await client.get("/api/templates")).json()["items"] == []


async def test_a_preview_is_rendered_as_a_contact(client: httpx.AsyncClient) -> None:
    contact = (await client.post("/api/contacts", json={"email": "g@example.com", "first_name": "<Grace>"})).json()
    body = {name: GOOD[name] for name in ("subject", "mjml")} | {"contact_id": contact["id"]}
    shown = (await client.post("/api/templates/preview", json=body)).json()
    assert shown["subject"] == "Hello <Grace>"
    assert "&lt;Grace&gt;" in shown["html"]
    assert "Hi <Grace>" in shown["text"]
    assert shown["findings"] == []


async def test_a_preview_of_a_broken_mail_names_what_is_broken(client: httpx.AsyncClient) -> None:
    for body, code in (
        ({"subject": "x", "html": "{% if %}"}, "liquid_error"),
        ({"subject": "x", "mjml": "<mjml><mj-body>"}, "mjml_error"),
        ({"subject": "x", "html": "<p>no way out</p>"}, "missing_unsubscribe"),
        ({"html": "<p>{{ unsubscribe_url }}</p>"}, "missing_subject"),
        ({"subject": "{{ first_name }}", "html": "{{ unsubscribe_url }}"}, "unknown_merge_tag"),
        ({"subject": "x"}, "body"),
        (
            {"subject": "x", "html": "{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}"},
            "render",
        ),
    ):
        answer = await client.post("/api/templates/preview", json=body | {"category": "marketing"})
        assert answer.status_code == 200, answer.text
        codes = [each["code"] for each in answer.json()["findings"]]
        assert code in codes or (code == "render" and codes), (code, codes)


async def test_a_trial_is_sent_to_the_outbox_and_shows_in_the_ledger(client: httpx.AsyncClient) -> None:
    template = await make(client)
    sent = (await client.post(f"/api/templates/{template['id']}/send-test", json={"to": "me@example.com"})).json()
    assert sent["state"] == "sent"
    [item] = (await client.get("/api/outbox")).json()["items"]
    assert (item["id"], item["to"], item["subject"]) == (sent["message_id"], "me@example.com", "Hello Ada")
    mail = (await client.get(f"/api/outbox/{item['id']}")).json()
    assert "Hi Ada" in mail["html"]
    assert "Subject: Hello Ada" in mail["raw"]
    assert (await client.get(f"/api/messages/{item['id']}")).json()["template_name"] == "Welcome"


async def test_a_trial_of_a_connection_that_refuses_says_why(client: httpx.AsyncClient) -> None:
    template = await make(client)
    config = {"host": "127.0.0.1", "port": 1, "security": "none", "sender": "shop@example.com"}
    made = await client.post("/api/connections", json={"kind": "smtp", "name": "Nowhere", "config": config})
    assert made.status_code == 201, made.text
    order = {"to": "me@example.com", "connection_id": made.json()["id"]}
    sent = (await client.post(f"/api/templates/{template['id']}/send-test", json=order)).json()
    assert sent["state"] == "failed"
    assert sent["reason"]


async def test_a_preview_wears_the_brand_of_the_workspace(client: httpx.AsyncClient) -> None:
    brand = {"color": "#0f6674", "logo_url": "https://example.com/logo.png"}
    saved = await client.patch("/api/workspace", json={"settings": {"brand": brand, "postal_address": "Hafen 1"}})
    assert saved.json()["settings"]["brand"]["color"] == "#0f6674"
    html = "<p style='color:{{ workspace.color }}'>{{ workspace.logo_url }} {{ workspace.postal_address }}</p>"
    shown = (await client.post("/api/templates/preview", json={"subject": "Hi", "html": html})).json()
    assert "#0f6674" in shown["html"]
    assert "https://example.com/logo.png Hafen 1" in shown["html"]
    refused = await client.patch("/api/workspace", json={"settings": {"brand": {"color": "red"}}})
    assert refused.status_code == 422
