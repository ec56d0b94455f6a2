"""The starter library: each journey can be published as it is, says what it is for, and carries people to an end."""

from typing import Any
from uuid import UUID

import pytest

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.graph.catalogue import Catalogue
from journeys.graph.checks import check_graph
from journeys.graph.compiler import compile_graph
from journeys.graph.files import export_journey, import_journey
from journeys.graph.hashing import hash_journey
from journeys.nodes.ops import SendEmail
from journeys.simulation.assumptions import SimulationRequest
from journeys.simulation.copying import Draft
from journeys.simulation.simulate import simulate
from journeys.starters import Starter, list_starters

NAMES = {
    "abandoned-cart",
    "back-in-stock",
    "birthday",
    "browse-abandonment",
    "lead-nurture-b2b",
    "mql-hand-over",
    "nps-follow-up",
    "onboarding",
    "post-purchase",
    "re-engagement",
    "renewal",
    "trial-conversion",
    "vip",
    "welcome",
    "win-back",
}
CATALOGUE = Catalogue(UUID(int=1), UUID(int=2))
each_journey = pytest.mark.parametrize("journey", list_starters(), ids=lambda journey: journey.slug)

EVENT: dict[str, Any] = {
    "cart_id": "c1",
    "order_id": "o1",
    "product_id": "p1",
    "name": "Kettle",
    "title": "The guide",
    "total": 120,
    "currency": "EUR",
    "products": [{"name": "Kettle", "quantity": 2, "price": 60}],
}
DOING = {"browse-abandonment": ["Product Viewed"] * 3, "trial-conversion": ["Feature Used"] * 5}
"""What one person does by themselves, ten minutes after coming in, for journeys that look for it."""

AWAITED = [
    {"event": event, "rate": 0.5, "median_hours": 12, "properties": EVENT}
    for event in ("Order Completed", "Order Delivered", "Product Restocked")
]
SHARES = {"open_rate": 0.6, "click_rate": 0.3, "median_hours": 2}
PEOPLE, KEEN = 40, "keen@example.com"
ATTRIBUTES = {"renewal_date": "2027-03-01", "plan": "Team", "nps_score": 9}


def test_all_fifteen_are_there() -> None:
    assert {journey.slug for journey in list_starters()} == NAMES


@each_journey
def test_it_can_be_published_as_it_is_with_no_fault_and_no_oddity(journey: Starter) -> None:
    checked = check_graph(journey.file.graph, journey.file.settings, CATALOGUE)
    assert (checked.errors, checked.warnings) == ([], [])
    plan = compile_graph(journey.file.graph, journey.file.settings, CATALOGUE)
    assert any(isinstance(node.op, SendEmail) for node in plan.nodes.values())


@each_journey
def test_it_says_what_it_is_for(journey: Starter) -> None:
    file = journey.file
    assert file.slug == journey.slug
    assert 60 < len(file.description) < 300
    assert file.tags


@each_journey
def test_it_is_the_same_after_a_round_trip(journey: Starter) -> None:
    file = journey.file
    again = import_journey(export_journey(file.name, journey.slug, file.graph, file.settings))
    assert hash_journey(again.graph, again.settings) == hash_journey(file.graph, file.settings)
    assert again.graph == file.graph


@each_journey
async def test_it_carries_people_to_an_end_by_every_kind_of_way(
    database: Database, workspace_id: UUID, journey: Starter
) -> None:
    file = journey.file
    draft = Draft(new_id(), file.name, journey.slug, file.graph, file.settings)
    fixed = [
        {"contact": KEEN, "action": "event", "event": event, "minutes": 10 + number}
        for number, event in enumerate(DOING.get(journey.slug, []))
    ]
    request = SimulationRequest.model_validate(
        {
            "synthetic": [{"count": PEOPLE - 1, "attributes": ATTRIBUTES}, {"email": KEEN, "attributes": ATTRIBUTES}],
            "assumptions": {"mail": SHARES, "awaited_rate": 0.5, "events": AWAITED, "fixed": fixed},
            "start_at": "2026-11-02T08:00:00Z",
            "days": 200,
            "payload": EVENT,
            "key": "one",
        }
    )
    result = await simulate(database.url, workspace_id, draft, request)
    counts = result.counts
    assert (result.parked, result.stopped) == ({}, None)
    assert (counts.entered, counts.active, counts.failed) == (PEOPLE, 0, 0)
    assert counts.sent > 0
    assert sum(sum(node.failed.values()) for node in result.nodes) == 0
    assert sum(bool(node.entered) for node in result.nodes) > len(result.nodes) / 2
