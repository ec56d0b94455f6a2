"""Do things to a running product at random: people come in, leave and are erased, processes die or hang, providers fail."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.e2e.product import Product
from tests.e2e.recorders import Recorders
from tests.features.town import Nodes, Town, did, drawn, mail
from tests.until import until

PROCESSES = ("api", "router", "worker", "bulk worker", "temporal", "postgres", "valkey")
SLOW_TO_HEAL = frozenset({"kill worker", "drops", "refuse at the mail server", "hang long", "away for a minute"})
"""What the product gets over only in minutes: leases run out, and mails that were put off are tried again."""

PATIENCE_SECONDS = 120
A_MINUTE = 60
TOGETHER = 20
AGAIN_SECONDS = 0.1

Action = Callable[[], Awaitable[None]]


def story(version: int) -> tuple[Nodes, list[tuple[str, str, str]]]:
    """Return the journey; each version waits a little differently and has a step of its own."""
    nodes: Nodes = {
        "start": ("event_trigger", {"event": "Signed Up"}),
        "vip": ("segment_trigger", {"segment_id": "", "on": "entered"}),
        "welcome": mail("Welcome", provider="http_mail"),
        "pause": ("wait", {"seconds": 1 + version % 3}),
        "which": ("branch", {"paths": [{"id": "pro", "rule": {"attribute": "plan", "op": "eq", "value": "pro"}}]}),
        "for_pro": mail("For pros", provider="smtp"),
        "for_free": mail("For everyone", provider="smtp"),
        "order": ("wait_for_event", {"event": "Order Completed", "timeout": {"seconds": 2}}),
        "marked": ("tag", {"add": [f"v{version % 2}"]}),
        "end": ("exit", {}),
    }
    edges = [
        ("start", "", "welcome"), ("vip", "", "welcome"), ("welcome", "", "pause"), ("pause", "", "which"),
        ("which", "pro", "for_pro"), ("which", "else", "for_free"), ("for_pro", "", "order"), ("for_free", "", "order"),
        ("order", "happened", "marked"), ("order", "timed_out", "marked"), ("marked", "", "end"),
    ]  # fmt: skip
    return nodes, edges


@dataclass
class Chaos:
    """One seeded run of it. `gentle` leaves out what takes the product minutes to get over."""

    product: Product
    town: Town
    recorders: Recorders
    chance: random.Random
    gentle: bool = False
    people: int = 0
    erased: set[int] = field(default_factory=set)
    journey: str = ""
    did: list[str] = field(default_factory=list)
    _version: int = 0
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while people come in, and while the journey is paused, when it lets nobody in."""

    async def prepare(self) -> None:
        """Publish the journey."""
        shop = self.town.shop
        await shop.connect("http_mail", url=self.recorders.gateway_url)
        await shop.connect("smtp", host="127.0.0.1", port=self.recorders.smtp_port, security="none", connections=4)
        rule = {"attribute": "vip", "op": "eq", "value": True}
        self._segment = (await self.town.post("segments", {"name": "VIPs", "rule": rule}))["id"]
        nodes, edges = self._next_story()
        self.journey = await self.town.publish("Chaos", nodes, edges, exit_on=[did("Left")])

    async def run(self, seconds: float) -> None:
        """Let people in and let faults happen side by side, for some time; then let everything be well again."""
        until_when = asyncio.get_running_loop().time() + seconds

        async def again(action: Action) -> None:
            while asyncio.get_running_loop().time() < until_when:
                await action()

        await asyncio.gather(again(self._come_in), again(self._fault), again(self._change))
        for each in ("gateway", "server"):
            await self.recorders.change_mood(each, "well")

    async def _come_in(self) -> None:
        """Some people sign up, every fourth by entering a segment; some of the others order."""
        batch = []
        for number in range(self.people, self.people + TOGETHER):
            traits: dict[str, Any] = {"email": f"p{number}@example.com", "plan": self.chance.choice(["pro", "free"])}
            traits |= {"vip": True} if number % 4 == 3 else {}
            batch.append({"type": "identify", "userId": f"u{number}", "messageId": f"i{number}", "traits": traits})
            if number % 4 != 3:
                batch.append(self._event(number, "Signed Up"))
        batch += [self._event(self._someone(), "Order Completed") for _ in range(TOGETHER // 4) if self.people]
        async with self._door:
            await self._ingest(batch)
            self.people += TOGETHER
        await asyncio.sleep(AGAIN_SECONDS)

    async def _fault(self) -> None:
        faults: dict[str, Action] = {f"kill {name}": self._killing(name) for name in PROCESSES}
        faults |= {
            f"freeze {name}": self._freezing(name, 0.5 if self.gentle else self.chance.uniform(0.2, 3))
            for name in PROCESSES
        }
        faults |= {
            "hang long": self._freezing(self.chance.choice(["router", "worker"]), 14),
            "away for a minute": self._freezing(self.chance.choice(["postgres", "temporal", "valkey"]), A_MINUTE),
            "refuse at the gateway": self._moody("gateway", "refuses"),
            "refuse at the mail server": self._moody("server", "refuses"),
            "partly": self._moody("gateway", "partly"),
            "drops": self._moody(self.chance.choice(["gateway", "server"]), "drops"),
            "hold the gateway": self._holding,
        }
        await self._one_of({name: do for name, do in faults.items() if not (self.gentle and name in SLOW_TO_HEAL)})

    async def _change(self) -> None:
        await self._one_of(
            {"pause": self._pause, "move": self._move, "leave": self._leave, "erase": self._erase, "rest": self._rest}
        )

    async def _one_of(self, actions: dict[str, Action]) -> None:
        name = self.chance.choice(sorted(actions))
        self.did.append(name)
        await actions[name]()
        await self._rest()

    async def _rest(self) -> None:
        await asyncio.sleep(self.chance.uniform(0, 2 * AGAIN_SECONDS))

    def _killing(self, name: str) -> Action:
        return lambda: self.product.kill(name)

    def _freezing(self, name: str, seconds: float) -> Action:
        async def freeze() -> None:
            async with self.product.frozen(name):
                await asyncio.sleep(seconds)

        return freeze

    def _moody(self, of: str, mood: str) -> Action:
        async def change() -> None:
            await self.recorders.change_mood(of, mood)
            await asyncio.sleep(self.chance.uniform(0.2, 2))
            await self.recorders.change_mood(of, "well")

        return change

    async def _holding(self) -> None:
        await self.recorders.hold(True)
        await asyncio.sleep(self.chance.uniform(0.2, 2))
        await self.recorders.hold(False)

    async def _pause(self) -> None:
        """Pause once everybody who came is inside, and resume by any policy."""
        async with self._door:
            await until(self._routed, PATIENCE_SECONDS)
            await self._insist("POST", f"journeys/{self.journey}/pause")
            await asyncio.sleep(self.chance.uniform(0, 2))
            waits = self.chance.choice(["shift", "keep", "skip_overdue"])
            await self._insist("POST", f"journeys/{self.journey}/resume", {"waits": waits})

    async def _routed(self) -> bool:
        try:
            return await self.town.shop.count("SELECT 'n', count(*) FROM event_queue WHERE workspace_id = :w") == {
                "n": 0
            }
        except Exception:  # the database is away for the moment
            return False

    async def _move(self) -> None:
        nodes, edges = self._next_story()
        await self._insist("PATCH", f"journeys/{self.journey}", {"graph": drawn(nodes, edges)})
        waits = self.chance.choice(["keep", "recompute"])
        await self._insist("POST", f"journeys/{self.journey}/publish", {"in_flight": "move", "waits": waits})

    def _next_story(self) -> tuple[Nodes, list[tuple[str, str, str]]]:
        self._version += 1
        nodes, edges = story(self._version)
        nodes["vip"][1]["segment_id"] = self._segment
        return nodes, edges

    async def _leave(self) -> None:
        if self.people:
            await self._ingest([self._event(self._someone(), "Left")])

    async def _erase(self) -> None:
        """Erase somebody who is inside; refused while a mail to them is on its way."""
        if not self.people:
            return
        number = self._someone()
        found = await self._insist("GET", f"contacts?q=p{number}@example.com")
        for contact in found["items"] if found else []:
            if contact["email"] == f"p{number}@example.com":
                self.erased.add(number)
                await self._insist("POST", f"contacts/{contact['id']}/erase")

    def _someone(self) -> int:
        """Return one of those who came last."""
        return self.chance.randrange(max(0, self.people - 5 * TOGETHER), self.people)

    def _event(self, number: int, name: str) -> dict[str, Any]:
        key = name.replace(" ", "") + str(number)
        return {"type": "track", "userId": f"u{number}", "event": name, "messageId": key}

    async def _ingest(self, batch: list[dict[str, Any]]) -> None:
        """Send events, again and again under the same ids, until they are acknowledged."""
        headers = {"Authorization": f"Bearer {self.town.shop.write_key}"}
        while (answer := await self._try("POST", "/v1/batch", {"batch": batch}, headers)) is None:
            await asyncio.sleep(AGAIN_SECONDS)
        assert answer.json() == {"success": True}, answer.text

    async def _insist(self, method: str, path: str, body: Any = None) -> Any:
        """Ask until there is an answer; what was done already by a request whose answer was lost is a conflict."""
        while (answer := await self._try(method, f"/api/{path}", body)) is None:
            await asyncio.sleep(AGAIN_SECONDS)
        assert answer.is_success or answer.status_code in (404, 409), answer.text
        return answer.json() if answer.is_success and answer.content else None

    async def _try(
        self, method: str, path: str, body: Any, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        try:
            answer = await self.town.shop.api.request(method, path, json=body, headers=headers, timeout=15)
        except httpx.TransportError:
            return None
        return None if answer.status_code == 429 or answer.status_code >= 500 else answer
