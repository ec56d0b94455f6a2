"""What readers of mails call, with no sign-in: opens, clicks, unsubscribing, the mail as a page."""

from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from journeys.db.session import Database
from tests.api.ledger import add_message, write_mail

HTML = '<p>Hi {{ contact.first_name }} <a href="https://shop.example/a">A</a> <a href="{{ unsubscribe_url }}">Leave</a></p>'


class Sent(NamedTuple):
    """A mail that was sent: its token, whose it is, and the row."""

    token: str
    contact: str
    message: UUID


@pytest.fixture
async def sent(client: httpx.AsyncClient, app: FastAPI, database: Database, owned: tuple[UUID, str]) -> Sent:
    """A mail that was sent to a contact."""
    contact = (await client.post("/api/contacts", json={"email": "a@example.com", "first_name": "Ada"})).json()["id"]
    template = await client.post("/api/templates", json={"name": "T", "subject": "S", "html": HTML})
    message = await add_message(database, owned[0], contact, template.json()["version_id"])
    return Sent(app.state.tokens.sign(owned[0], message), contact, message)


async def events_of(client: httpx.AsyncClient, sent: Sent) -> list[dict[str, Any]]:
    """Return what the contact did, the newest first."""
    items: list[dict[str, Any]] = (await client.get(f"/api/contacts/{sent.contact}/timeline")).json()["items"]
    return items


async def test_an_open_is_noted_in_the_ledger_and_in_the_events(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, sent: Sent
) -> None:
    answer = await anonymous.get(f"/t/o/{sent.token}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/gif")
    assert "no-store" in answer.headers["Cache-Control"]
    [event] = await events_of(client, sent)
    assert (event["name"], event["message_id"]) == ("Email Opened", str(sent.message))
    message = (await client.get(f"/api/messages/{sent.message}")).json()
    assert message["opened_at"]
    assert [each["name"] for each in message["events"]] == ["Email Opened"]


async def test_a_click_leads_on_and_shows_that_the_mail_was_open(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, sent: Sent
) -> None:
    answer = await anonymous.get(f"/t/c/{sent.token}/0")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://shop.example/a")
    assert (await events_of(client, sent))[0]["properties"]["url"] == "https://shop.example/a"
    message = (await client.get(f"/api/messages/{sent.message}")).json()
    assert message["clicked_at"]
    assert message["opened_at"]


async def test_a_destination_signed_into_the_mail_leads_on_and_another_does_not(
    anonymous: httpx.AsyncClient, app: FastAPI, sent: Sent
) -> None:
    url = "https://shop.example/cart?id=7&x=é"
    signature = app.state.tokens.sign_destination(sent.token, url)
    answer = await anonymous.get(f"/t/c/{sent.token}/5", params={"to": url, "s": signature})
    assert answer.status_code == 302
    for params in ({"to": "https://evil.example", "s": signature}, {"to": "https://evil.example"}):
        assert (await anonymous.get(f"/t/c/{sent.token}/5", params=params)).status_code == 404
    script = "javascript:alert(1)"
    params = {"to": script, "s": app.state.tokens.sign_destination(sent.token, script)}
    assert (await anonymous.get(f"/t/c/{sent.token}/5", params=params)).status_code == 404


@pytest.mark.parametrize("path", ["/t/c/{}/0", "/u/{}", "/u/{}/preferences", "/v/{}"])
async def test_a_token_that_is_not_ours_finds_nothing(anonymous: httpx.AsyncClient, sent: Sent, path: str) -> None:
    forged = sent.token[:-4] + "AAAA"
    assert (await anonymous.get(path.format(forged))).status_code == 404
    assert (await anonymous.get("/t/o/forged")).status_code == 200


async def test_looking_at_the_unsubscribe_page_changes_nothing(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, sent: Sent
) -> None:
    answer = await anonymous.get(f"/u/{sent.token}")
    assert answer.status_code == 200
    assert "a@example.com" in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert (await client.get(f"/api/contacts/{sent.contact}")).json()["consents"] == []


@pytest.mark.parametrize(("form", "how"), [({"List-Unsubscribe": "One-Click"}, "one-click"), ({}, "page")])
async def test_unsubscribing_works_at_once_and_can_be_taken_back(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, sent: Sent, form: dict[str, str], how: str
) -> None:
    assert (await anonymous.post(f"/u/{sent.token}", data=form)).status_code == 200
    [consent] = (await client.get(f"/api/contacts/{sent.contact}")).json()["consents"]
    assert (consent["topic"], consent["state"]) == ("marketing", "unsubscribed")
    [event] = await events_of(client, sent)
    assert (event["name"], event["properties"]["how"]) == ("Email Unsubscribed", how)
    assert (await anonymous.post(f"/u/{sent.token}/undo")).status_code == 200
    assert (await client.get(f"/api/contacts/{sent.contact}")).json()["consents"][0]["state"] == "subscribed"


async def test_preferences_change_only_what_was_changed(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, sent: Sent
) -> None:
    await client.post("/api/topics", json={"key": "news", "name": "News <b>", "policy": "opt_in"})
    page = (await anonymous.get(f"/u/{sent.token}/preferences")).text
    assert page.count(" checked") == 1
    assert "News &lt;b&gt;" in page
    saved = await anonymous.post(f"/u/{sent.token}/preferences", data={"topic": ["marketing", "news"]})
    assert saved.text.count(" checked") == 2
    consents = (await client.get(f"/api/contacts/{sent.contact}")).json()["consents"]
    assert [(each["topic"], each["state"]) for each in consents] == [("news", "subscribed")]


async def test_the_pages_of_a_mail_look_like_the_workspace(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, sent: Sent
) -> None:
    plain = (await anonymous.get(f"/u/{sent.token}")).text
    assert "<img" not in plain
    brand = {"color": "#ffd400", "logo_url": "https://example.com/logo.png"}
    saved = await client.patch("/api/workspace", json={"settings": {"brand": brand, "postal_address": "Hafen <1>"}})
    assert saved.status_code == 200
    page = (await anonymous.get(f"/u/{sent.token}/preferences")).text
    assert "--accent: #ffd400; --on-accent: #000000" in page
    assert 'src="https://example.com/logo.png"' in page
    assert "Hafen &lt;1&gt;" in page


async def test_a_mail_can_be_read_as_a_page_that_runs_no_script(anonymous: httpx.AsyncClient, sent: Sent) -> None:
    answer = await anonymous.get(f"/v/{sent.token}")
    assert "Hi Ada" in answer.text
    assert "/t/c/" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_an_erased_reader_leaves_no_trace(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, sent: Sent
) -> None:
    await client.post(f"/api/contacts/{sent.contact}/erase")
    assert (await anonymous.get(f"/t/o/{sent.token}")).status_code == 200
    assert (await anonymous.get(f"/u/{sent.token}")).status_code == 404
    async with database.engine() as session:
        assert not await session.scalar(
            text("SELECT count(*) FROM events WHERE contact_id = :id"), {"id": sent.contact}
        )


async def test_a_machine_that_asks_again_and_again_stops_counting(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, sent: Sent
) -> None:
    for _ in range(40):
        assert (await anonymous.get(f"/t/o/{sent.token}")).status_code == 200
    assert len(await events_of(client, sent)) <= 32


async def test_the_outbox_shows_mails_as_they_were_written(
    client: httpx.AsyncClient, app: FastAPI, owned: tuple[UUID, str], sent: Sent
) -> None:
    await write_mail(app.state.settings.home, owned[0], sent.message)
    [item] = (await client.get("/api/outbox")).json()["items"]
    assert (item["subject"], item["from"]) == ("Hello Ada", "Shop <shop@example.com>")
    mail = (await client.get(f"/api/outbox/{item['id']}")).json()
    assert mail["html"].strip() == "<p>Hello <b>Ada</b></p>"
    assert ["Subject", "Hello Ada"] in mail["headers"]
