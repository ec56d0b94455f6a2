"""What a drawn journey compiles to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.graph.compiler import compile_graph
from journeys.graph.drawn import Graph
from journeys.graph.plan import Plan
from journeys.graph.settings import JourneySettings
from journeys.nodes.ops import CallWebhook, Hold, Route, SendEmail, Split
from journeys.nodes.send_email import InlineMail, inline_version_id
from tests.journeys.graph.drawing import (
    CATALOGUE,
    EXIT,
    INLINE,
    MAIL,
    START,
    TAG,
    TEMPLATE_VERSION,
    WAIT,
    WORKSPACE,
    Nodes,
    branch,
    draw,
    split,
    wait_for,
)


def compiled(nodes: Nodes, *edges: str) -> Plan:
    return compile_graph(draw(nodes, *edges), JourneySettings(), CATALOGUE)


def test_outlets_that_are_not_drawn_fall_through() -> None:
    plan = compiled(
        {
            "start": START,
            "mail": MAIL,
            "until": ("wait_until", {"at": "2030-01-01T09:00:00Z"}),
            "hook": ("webhook", {"url": "https://example.org/{{ contact.id }}", "body": {"a": 1}}),
            "out": EXIT,
        },
        "start > mail",
        "mail > until",
        "until > hook",
        "hook.done > out",
    )
    assert {outlet: plan.target("mail", outlet) for outlet in ("sent", "skipped", "failed")} == {
        "sent": "until",
        "skipped": "until",
        "failed": "until",
    }
    assert plan.target("until", "past") == "hook"
    assert plan.target("hook", "failed") == "out"


def test_an_outlet_that_is_drawn_leads_its_own_way() -> None:
    plan = compiled({"start": START, "mail": MAIL, "tag": TAG}, "start > mail", "mail.failed > tag")
    assert plan.nodes["mail"].next == {"sent": None, "skipped": None, "failed": "tag"}


def test_an_edge_without_an_outlet_leaves_by_the_usual_one() -> None:
    plan = compiled({"start": START, "mail": MAIL, "tag": TAG}, "start > mail", "mail > tag")
    assert plan.target("mail", "sent") == "tag"


def test_mails_are_pinned() -> None:
    plan = compiled(
        {"start": START, "a": MAIL, "b": ("send_email", {"template_id": "hello", "category": "transactional"})},
        "start > a",
        "a > b",
    )
    inline, template = plan.nodes["a"].op, plan.nodes["b"].op
    assert isinstance(inline, SendEmail)
    assert isinstance(template, SendEmail)
    assert inline.template_version_id == inline_version_id(WORKSPACE, InlineMail.model_validate(INLINE))
    assert inline.topic == "marketing"
    assert template.template_version_id == TEMPLATE_VERSION
    assert template.topic is None


def test_loops_are_marked_where_they_close() -> None:
    plan = compiled(
        {"start": START, "mail": MAIL, "wait": WAIT, "by": branch("DE"), "out": EXIT},
        "start > mail",
        "mail > wait",
        "wait > by",
        "by.DE > mail",
        "by.else > out",
    )
    assert {node.id: node.closes_loop for node in plan.nodes.values() if node.closes_loop} == {"by": ["DE"]}


def test_an_outlet_that_falls_through_closes_the_loop_too() -> None:
    plan = compiled({"start": START, "wait": WAIT, "mail": MAIL}, "start > wait", "wait > mail", "mail > wait")
    assert plan.nodes["mail"].closes_loop == ["sent", "skipped", "failed"]


def test_chains_are_fused_up_to_waits_and_effects() -> None:
    plan = compiled(
        {"start": START, "tag": TAG, "by": branch("DE"), "mail": MAIL, "wait": WAIT, "done": ("goal", {})},
        "start > tag",
        "tag > by",
        "by.DE > mail",
        "by.else > wait",
        "wait > done",
        "mail > done",
    )
    assert plan.stages == {"tag": ["tag", "by", "mail", "wait"], "done": ["done"], "mail": ["mail"]}


def test_a_node_is_called_by_its_label_or_by_what_it_does() -> None:
    plan = compiled({"start": START, "mail": ("send_email", {"inline": INLINE, "label": "Welcome"})}, "start > mail")
    assert plan.nodes["mail"].title == "Send email: Welcome"
    assert plan.nodes["start"].title == "When someone does Signed Up"


def test_the_shares_of_a_split_add_up_to_one() -> None:
    plan = compiled({"start": START, "s": split(a=1, b=1, c=1), "t": TAG}, "start > s", "s.a > t", "s.b > t", "s.c > t")
    op = plan.nodes["s"].op
    assert isinstance(op, Split)
    assert [round(share.upto, 3) for share in op.shares] == [0.333, 0.667, 1]


def test_a_plan_survives_json() -> None:
    plan = compiled(
        {
            "start": START,
            "by": branch("DE"),
            "wait": wait_for("X"),
            "hook": ("webhook", {"url": "https://example.org", "body": [1, None, {"a": "b"}]}),
        },
        "start > by",
        "by.DE > wait",
        "by.else > wait",
        "wait.happened > hook",
        "wait.timed_out > hook",
    )
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
    assert isinstance(plan.nodes["by"].op, Route)
    assert isinstance(plan.nodes["hook"].op, CallWebhook)


KINDS = {
    "tag": (TAG, ("next",)),
    "mail": (MAIL, ("sent", "skipped", "failed")),
    "wait": (WAIT, ("next",)),
    "await": (wait_for("X"), ("happened", "timed_out")),
    "branch": (branch("DE", "AT"), ("DE", "AT", "else")),
    "split": (split(a=30, b=70), ("a", "b")),
    "exit": (EXIT, ()),
}


@st.composite
def legal_graphs(draw_: st.DrawFn) -> Graph:
    """Draw nodes in a row, each led to from an earlier one, forward edges only, and loops back from waits."""
    kinds = draw_(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=12))
    nodes: Nodes = {"start": START}
    edges: list[str] = []
    loose: list[tuple[str, str]] = [("start", "next")]
    for index, kind in enumerate(kinds):
        if not loose:
            break
        config, outlets = KINDS[kind]
        name = f"n{index}"
        nodes[name] = config
        source, outlet = loose.pop(draw_(st.integers(0, len(loose) - 1)))
        edges.append(f"{source}.{outlet} > {name}")
        loose += [(name, each) for each in outlets]
    nodes["end"] = EXIT
    earlier = [name for name in nodes if name not in ("start", "end")]
    for source, outlet in loose:
        is_wait = nodes[source][0] == "wait"
        target = draw_(st.sampled_from(earlier)) if is_wait and draw_(st.booleans()) else "end"
        edges.append(f"{source}.{outlet} > {target}")
    if not any(edge.endswith("> end") for edge in edges):
        del nodes["end"]
    return draw(nodes, *edges)


@settings(max_examples=200, deadline=None)
@given(graph=legal_graphs())
def test_every_legal_graph_compiles(graph: Graph) -> None:
    plan = compile_graph(graph, JourneySettings(), CATALOGUE)
    assert set(plan.nodes) == {node.id for node in graph.nodes}
    staged = {node for chain in plan.stages.values() for node in chain}
    assert staged == set(plan.nodes) - set(plan.triggers)
    for node in plan.nodes.values():
        assert all(target is None or target in plan.nodes for target in node.next.values())
    _has_no_loop_but_marked_ones(plan)
    assert Plan.model_validate(plan.model_dump(mode="json")) == plan


def _has_no_loop_but_marked_ones(plan: Plan) -> None:
    """Take away marked edges: what is left must be free of loops, so that repeats always begin a new visit."""
    ways = {
        node.id: {target for outlet, target in node.next.items() if target and outlet not in node.closes_loop}
        for node in plan.nodes.values()
    }
    while ways:
        ends = {node for node, targets in ways.items() if not targets & ways.keys()}
        assert ends, f"a loop is left among {sorted(ways)}"
        ways = {node: targets for node, targets in ways.items() if node not in ends}


def test_a_day_is_86400_seconds() -> None:
    op = compiled({"start": START, "wait": WAIT, "mail": MAIL}, "start > wait", "wait > mail").nodes["wait"].op
    assert op == Hold(seconds=86_400)
