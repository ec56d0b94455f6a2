"""The example package, installed as a developer would, is in the palette and runs in a journey."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request

from tests.e2e.product import Product, running_product
from tests.e2e.shop import Shop, address_of, open_shop
from tests.until import until
from worker.embedded.ports import find_free_port

EXAMPLE = Path(__file__).parents[2] / "examples" / "custom_activity"
PEOPLE = 6


class Vendor:
    """The shop that the example calls; it sells no coupon to the last person, and refuses the first an audience."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{(port := find_free_port())}/"
        self.codes: dict[str, str] = {}
        self.audience: list[str] = []
        app = FastAPI()
        app.post("/coupons")(self.issue)
        app.put("/audiences/{name}")(self.add)
        self.server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))

    async def issue(self, request: Request) -> dict[str, str]:
        assert request.headers["Authorization"] == "Bearer open sesame"
        key, customer = request.headers["Idempotency-Key"], (await request.json())["customer"]
        return {"code": self.codes.setdefault(key, f"CODE-{customer}")}

    async def add(self, name: str, request: Request) -> dict[str, list[str]]:
        self.audience += (await request.json())["addresses"]
        return {"refused": [address_of(0)]}


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    vendor = Vendor()
    serving = asyncio.create_task(vendor.server.serve())
    yield vendor
    vendor.server.should_exit = True
    await serving


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The example, built and installed into a folder of its own."""
    source, target = tmp_path / "source", tmp_path / "installed"
    shutil.copytree(EXAMPLE, source)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--target", str(target), str(source)]
    uv = shutil.which("uv")
    installer = (
        [uv, "pip", "install", "--offline", "--python", sys.executable]
        if uv
        else [sys.executable, "-m", "pip", "install"]
    )
    subprocess.run([*installer, *options], check=True)
    return target


@pytest.fixture
async def product(installed: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Product]:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(installed), os.environ.get("PYTHONPATH")])))
    monkeypatch.setenv("SOJOURN_ACTIVITY_SECRET_SHOP_KEY", "open sesame")
    async with running_product("sojourn-custom-") as product:
        yield product


def journey(vendor: Vendor) -> dict[str, Any]:
    def node(name: str, kind: str, **config: Any) -> dict[str, Any]:
        return {"id": name, "type": kind, "position": {"x": 0, "y": 0}, "data": config}

    nodes = [
        node("start", "event_trigger", event="Signed Up"),
        node("coupon", "issue_coupon", label="A coupon", shop_url=vendor.url, percent=20),
        node("audience", "add_to_audience", shop_url=vendor.url, audience="spring"),
    ]
    edges = [
        {"source": "start", "sourceHandle": "next", "target": "coupon"},
        {"source": "coupon", "sourceHandle": "issued", "target": "audience"},
    ]
    return {"name": "Coupons", "graph": {"nodes": nodes, "edges": edges}}


async def publish(shop: Shop, vendor: Vendor) -> str:
    made = (await shop.api.post("/api/journeys", json=journey(vendor))).raise_for_status().json()
    unfinished = await shop.api.post(f"/api/journeys/{made['id']}/publish", json={})
    assert "coupon: outlet 'sold_out' leads nowhere" in unfinished.text
    drawn = journey(vendor)["graph"]
    drawn["nodes"].append({"id": "out", "type": "exit", "position": {"x": 0, "y": 0}, "data": {}})
    drawn["edges"].append({"source": "coupon", "sourceHandle": "sold_out", "target": "out"})
    headers = {"If-Match": (await shop.api.get(f"/api/journeys/{made['id']}")).headers["ETag"]}
    (await shop.api.patch(f"/api/journeys/{made['id']}", json={"graph": drawn}, headers=headers)).raise_for_status()
    (await shop.api.post(f"/api/journeys/{made['id']}/publish", json={})).raise_for_status()
    return str(made["id"])


async def test_an_installed_package_adds_steps_that_run_in_a_journey(product: Product, vendor: Vendor) -> None:
    async with open_shop(product) as shop:
        kinds = {kind["kind"]: kind for kind in (await shop.api.get("/api/node-kinds")).json()["items"]}
        coupon = kinds["issue_coupon"]
        assert (coupon["group"], coupon["icon"], coupon["outlets"]) == (
            "custom",
            "ticket",
            ["issued", "sold_out", "failed"],
        )
        assert coupon["config_schema"]["properties"]["percent"]["maximum"] == 90
        journey_id = await publish(shop, vendor)
        await shop.sign_up(range(PEOPLE))

        async def finished() -> bool:
            return await shop.states() == {"completed": PEOPLE}

        await until(finished, 60)
        coupons = await shop.count("SELECT attributes ->> 'coupon_code', 1 FROM contacts WHERE workspace_id = :w")
        assert set(coupons) == set(vendor.codes.values()) == {f"CODE-u{number}" for number in range(PEOPLE)}
        assert sorted(vendor.audience) == [address_of(number) for number in range(PEOPLE)]
        ways = await shop.count(
            "SELECT node_id || ' ' || outlet, count(*) FROM trace WHERE workspace_id = :w AND node_id <> 'start' GROUP BY 1"
        )
        assert ways == {"coupon issued": PEOPLE, "audience added": PEOPLE - 1, "audience failed": 1}
        status = (await shop.api.get(f"/api/journeys/{journey_id}/status")).json()
        assert status["nodes"]["audience"]["failed"] == 1
        reasons = await shop.count("SELECT reason, 1 FROM trace WHERE workspace_id = :w AND outlet = 'failed'")
        assert set(reasons) == {"the shop refuses this address"}
