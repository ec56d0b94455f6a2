"""Play the demo: load the shop's contacts and history, publish the example journeys, and let people act.

Everything goes through the public API, as a real shop's servers and its customers' mail programs would.
"""

import asyncio
import csv
import io
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import yaml

from journeys.errors import Unavailable
from worker.demo.shop import Person, make_cart, make_people

EXAMPLES = Path(__file__).parents[2] / "examples" / "journeys"
SHORTENED = {"wait": "", "wait_for_event": "timeout"}
"""Nodes whose durations run on the demo's clock, and the field that holds them (empty: the config itself)."""

UNITS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
DAYS_OF_HISTORY = 320
ANSWER_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Plan:
    """How large the shop is and how fast its days go by. `day_seconds`: how long a day lasts in the demo."""

    contacts: int
    newcomers: int
    days: int
    day_seconds: float
    seed: int


@dataclass
class Demo:
    """One performance, against a running Sojourn."""

    plan: Plan
    base_url: str
    api_key: str
    write_key: str
    say: Callable[[str], None]
    _chance: random.Random = field(init=False)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.plan.seed)

    async def play(self) -> None:
        """Do all of it, in order."""
        async with (
            httpx.AsyncClient(
                base_url=self.base_url, headers={"Authorization": f"Bearer {self.api_key}"}, timeout=60
            ) as api,
            httpx.AsyncClient(base_url=self.base_url, auth=(self.write_key, ""), timeout=60) as shop,
        ):
            people = make_people(self.plan.contacts, self.plan.seed)
            self.say(f"Importing {len(people):,} contacts in many time zones")
            await self._import(api, people)
            self.say("Sending the orders of the past year")
            await self._send(shop, self._history(people))
            self.say(f"Publishing the example journeys; in this demo a day lasts {self.plan.day_seconds:g} s")
            for document in _examples():
                await self._publish(api, document)
            newcomers = make_people(self.plan.newcomers, self.plan.seed, offset=self.plan.contacts)
            await self._live(api, shop, people, newcomers)

    async def _import(self, api: httpx.AsyncClient, people: Sequence[Person]) -> None:
        """Upload the contacts as CSV and wait until they are in."""
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(["external_id", "email", "first_name", "last_name", "city", "country", "time_zone", "language"])
        for each in people:
            writer.writerow(
                [
                    each.user_id,
                    each.email,
                    each.first_name,
                    each.last_name,
                    each.city,
                    each.country,
                    each.time_zone,
                    each.language,
                ]
            )
        upload = {"file": ("fernweh-contacts.csv", table.getvalue().encode(), "text/csv")}
        job = _checked(await api.post("/api/contacts/import", files=upload)).json()
        async with asyncio.timeout(ANSWER_SECONDS * 5):
            while job["state"] not in ("completed", "failed"):
                await asyncio.sleep(LOOK_EVERY_SECONDS)
                job = _checked(await api.get(f"/api/imports/{job['id']}")).json()
        if job["state"] == "failed":
            raise Unavailable(f"The import of the demo's contacts failed: {job['error']}")

    def _history(self, people: Sequence[Person]) -> list[dict[str, Any]]:
        """Return past orders: two in three have bought something, many of them long ago."""
        now = datetime.now(UTC)
        events = []
        for person in people:
            if self._chance.random() < 1 / 3:
                continue
            for _ in range(self._chance.choice((1, 1, 2, 3))):
                at = now - timedelta(days=self._chance.uniform(1, DAYS_OF_HISTORY))
                events.append(_track(person, "Order Completed", make_cart(self._chance, person), at))
        return events

    async def _send(self, shop: httpx.AsyncClient, events: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(events), 200):
            _checked(await shop.post("/v1/batch", json={"batch": list(events[start : start + 200])}))

    async def _publish(self, api: httpx.AsyncClient, document: dict[str, Any]) -> None:
        """Import a journey with its waits on the demo's clock and publish it; one that is there already stays."""
        listed = _checked(await api.get("/api/journeys", params={"limit": 500})).json()["items"]
        if any(each["slug"] == document["slug"] for each in listed):
            return
        for node in document["nodes"]:
            if node["type"] in SHORTENED:
                self._shorten(node["data"], SHORTENED[node["type"]])
        content = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        made = _checked(await api.post("/api/journeys/import", json={"content": content})).json()
        _checked(await api.post(f"/api/journeys/{made['id']}/publish", json={}))
        self.say(f"  {document['name']}: live")

    def _shorten(self, config: dict[str, Any], within: str) -> None:
        duration = config[within] if within else config
        seconds = sum(duration.pop(unit, 0) * length for unit, length in UNITS.items())
        duration["seconds"] = max(1, round(seconds * self.plan.day_seconds / UNITS["days"]))

    async def _live(
        self, api: httpx.AsyncClient, shop: httpx.AsyncClient, people: Sequence[Person], newcomers: Sequence[Person]
    ) -> None:
        """Let the days go by: people sign up, fill carts, buy, and read their mail."""
        joined: list[Person] = list(people)
        waiting = list(newcomers)
        for day in range(1, self.plan.days + 1):
            share = -(-len(waiting) // max(1, self.plan.days - day + 1))
            today, waiting = waiting[:share], waiting[share:]
            joined += today
            events = [event for each in today for event in _sign_up(each)]
            shoppers = self._chance.sample(joined, min(len(joined), max(5, len(joined) // 40)))
            carts = [
                (each, make_cart(self._chance, each))
                for each in shoppers
                for _ in range(self._chance.choice((1, 1, 2)))
            ]
            events += [_track(each, "Product Viewed", cart["products"][0]) for each, cart in carts]
            events += [_track(each, "Cart Updated", cart) for each, cart in carts]
            await self._send(shop, events)
            await asyncio.sleep(self.plan.day_seconds / 2)
            bought = [_track(each, "Order Completed", cart) for each, cart in carts if self._chance.random() < 0.35]
            await self._send(shop, bought)
            opened, clicked = await self._read_mail(api)
            self.say(
                f"  Day {day}: {len(today)} signed up, {len(carts)} carts, {len(bought)} orders,"
                f" {opened} mails opened, {clicked} clicked"
            )
            await asyncio.sleep(self.plan.day_seconds / 2)

    async def _read_mail(self, api: httpx.AsyncClient) -> tuple[int, int]:
        """Open and click some of the mails that came since the last look, by their own links."""
        mails = _checked(await api.get("/api/outbox", params={"limit": 200})).json()["items"]
        fresh = [each for each in mails if each["id"] not in self._seen]
        self._seen.update(each["id"] for each in fresh)
        opened = clicked = 0
        for each in fresh:
            if self._chance.random() > 0.55:
                continue
            html = _checked(await api.get(f"/api/outbox/{each['id']}")).json()["html"]
            if pixel := re.search(r'src="([^"]+/t/o/[^"]+)"', html):
                await api.get(pixel[1])
                opened += 1
            links = re.findall(r'href="([^"]+/t/c/[^"]+)"', html)
            if links and self._chance.random() < 0.4:
                await api.get(links[0].replace("&amp;", "&"), follow_redirects=False)
                clicked += 1
        return opened, clicked


def _examples() -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text()) for path in sorted(EXAMPLES.glob("*.yaml"))]


def _sign_up(person: Person) -> list[dict[str, Any]]:
    traits = {
        "email": person.email,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "timezone": person.time_zone,
        "locale": person.language,
        "address": {"city": person.city, "country": person.country},
    }
    identify = {"type": "identify", "userId": person.user_id, "traits": traits}
    return [identify, _track(person, "Signed Up", {"source": "newsletter"})]


def _track(person: Person, event: str, properties: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
    message = {"type": "track", "userId": person.user_id, "event": event, "properties": properties}
    return message if at is None else {**message, "timestamp": at.isoformat()}


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_error:
        raise Unavailable(
            f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {answer.text[:300]}"
        )
    return answer
