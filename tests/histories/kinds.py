"""One small drawn journey per kind of node, so that each kind that a release knows has a recorded run."""

from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from journeys.db.ids import new_id
from journeys.graph.catalogue import Catalogue, KnownTemplate
from journeys.graph.compiler import compile_graph
from journeys.graph.settings import JourneySettings
from journeys.messaging.compose import TemplateSource
from journeys.nodes.ops import Hold
from tests.factories.drawn_journeys import drawn
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.histories.shapes import PEOPLE, Shape, Stage
from tests.journeys.enrollments.test_hooks import receiver
from tests.journeys.graph.drawing import INLINE

A_SECOND: dict[str, Any] = {"seconds": 1}
GERMAN = {"attribute": "country", "op": "eq", "value": "DE"}
HALVES = [{"id": "a", "weight": 50}, {"id": "b", "weight": 50}]

CONFIGS: dict[str, dict[str, Any]] = {
    "event_trigger": {"event": "Signed Up"},
    "segment_trigger": {"rule": GERMAN},
    "schedule_trigger": {"every": "day"},
    "date_trigger": {"attribute": "birthday", "yearly": True},
    "attribute_trigger": {"attribute": "plan"},
    "form_trigger": {"form": "newsletter"},
    "api_trigger": {},
    "wait": A_SECOND,
    "wait_until": {"at": "2020-01-01T09:00:00Z"},
    "wait_for_event": {"event": "Order Completed", "timeout": A_SECOND},
    "wait_for_condition": {"rule": GERMAN, "timeout": A_SECOND},
    "time_window": {"start": "00:00", "end": "00:00"},
    "branch": {"paths": [{"id": "german", "rule": GERMAN}]},
    "split": {"variants": HALVES},
    "holdout": {"percent": 50},
    "update_contact": {"set": {"plan": "pro"}},
    "tag": {"add": ["seen"]},
    "score": {"model": "leads", "action": "add", "points": 1},
    "subscribe": {"topic": "marketing"},
    "send_email": {"template_id": "hello"},
    "webhook": {},
    "goal": {},
    "start_journey": {},
    "exit": {},
}
OUTLETS = {
    "wait_until": ("next", "past"),
    "wait_for_event": ("happened", "timed_out"),
    "wait_for_condition": ("met", "timed_out"),
    "branch": ("german", "else"),
    "split": ("a", "b"),
    "holdout": ("treated", "held_out"),
    "send_email": ("sent", "skipped", "failed"),
    "webhook": ("done", "failed"),
    "exit": (),
}
"""Of the kinds whose only outlet is not `next`."""


async def play(kind: str, stage: Stage) -> None:
    """Carry some people over a node of a kind to the end."""
    mail = await make_mail(stage.database, stage.workspace_id)
    other = await publish_plan(
        stage.database, stage.workspace_id, [trigger("on", "Never"), node("on", Hold(seconds=1), next=None)]
    )
    catalogue = Catalogue(
        stage.workspace_id,
        new_id(),
        templates={"hello": KnownTemplate(mail, TemplateSource.model_validate(INLINE))},
        models=frozenset({"leads"}),
        journeys=frozenset({other.journey_id}),
        forms=frozenset({"newsletter"}),
    )
    async with AsyncExitStack() as stack:
        config = dict(CONFIGS[kind])
        if kind == "webhook":
            config["url"], _ = await stack.enter_async_context(receiver())
        if kind == "start_journey":
            config["journey_id"] = str(other.journey_id)
        await _carry(stage, kind, config, catalogue)


async def _carry(stage: Stage, kind: str, config: dict[str, Any], catalogue: Catalogue) -> None:
    start = (kind, config) if kind.endswith("_trigger") else ("api_trigger", {})
    nodes: dict[str, tuple[str, dict[str, Any]]] = {"start": start, "pause": ("wait", A_SECOND), "end": ("exit", {})}
    edges: list[tuple[str, str | None, str]] = [("start", "next", "pause"), ("pause", "next", "end")]
    if start != (kind, config):
        nodes["it"] = (kind, config)
        edges = [("start", "next", "it"), *(("it", each, "pause") for each in OUTLETS.get(kind, ("next",))), edges[1]]
    if kind == "exit":
        nodes, edges = {"start": start, "it": nodes["it"]}, edges[:1]
    plan = compile_graph(drawn(nodes, edges), JourneySettings(), catalogue)
    loaded = await publish_plan(stage.database, stage.workspace_id, list(plan.nodes.values()))
    stage.node_kinds.add(kind)
    people: list[UUID] = await make_contacts(stage.database, stage.workspace_id, PEOPLE)
    await Engine(stage.database, loaded, BareMailroom(stage.database, stage.provider)).enroll(people)
    await stage.until_ended()


def shape_of(kind: str) -> Shape:
    """Return the shape that is named after a kind."""

    async def shape(stage: Stage) -> None:
        await play(kind, stage)

    shape.__name__ = f"kind_{kind}"
    return shape


KIND_SHAPES = tuple(shape_of(kind) for kind in CONFIGS)
