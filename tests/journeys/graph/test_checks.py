"""Every fault of a drawn journey is named, with its node."""

from typing import Any
from uuid import uuid4

import pytest

from journeys.errors import Fault, InvalidInput
from journeys.graph.checks import check_graph
from journeys.graph.compiler import compile_graph
from journeys.graph.drafts import parse_graph, parse_settings
from journeys.graph.drawn import Graph
from journeys.graph.problems import InvalidGraph
from journeys.graph.settings import JourneySettings
from tests.journeys.graph.drawing import (
    CATALOGUE,
    EXIT,
    INLINE,
    MAIL,
    SEGMENT,
    START,
    TAG,
    WAIT,
    branch,
    draw,
    split,
    wait_for,
)

SETTINGS = JourneySettings()


def faults(graph: Graph, settings: JourneySettings = SETTINGS) -> list[tuple[str | None, str | None, str]]:
    return [(each.node_id, each.field, each.message) for each in check_graph(graph, settings, CATALOGUE).errors]


def mail(**config: Any) -> tuple[str, dict[str, Any]]:
    return "send_email", config


@pytest.mark.parametrize(
    ("graph", "node", "message"),
    [
        (draw({}), None, "nobody can come in: add a trigger"),
        (draw({"mail": MAIL}), None, "nobody can come in: add a trigger"),
        (draw({"start": START}), "start", "outlet 'next' leads nowhere"),
        (draw({"start": START, "wait": WAIT}, "start > wait"), "wait", "outlet 'next' leads nowhere"),
        (
            draw({"start": START, "wait": wait_for("X"), "mail": MAIL}, "start > wait", "wait.timed_out > mail"),
            "wait",
            "outlet 'happened' leads nowhere",
        ),
        (
            draw({"start": START, "by": branch("DE"), "mail": MAIL}, "start > by", "by.DE > mail"),
            "by",
            "outlet 'else' leads nowhere",
        ),
        (
            draw({"start": START, "ab": split(a=50, b=50), "mail": MAIL}, "start > ab", "ab.a > mail"),
            "ab",
            "outlet 'b' leads nowhere",
        ),
        (
            draw({"start": START, "mail": MAIL}, "start > mail", "start.sideways > mail"),
            "start",
            "there is no outlet 'sideways'; its outlets are next",
        ),
        (
            draw({"start": START, "out": EXIT, "mail": MAIL}, "start > out", "out.next > mail"),
            "out",
            "there is no outlet 'next'; it has none",
        ),
        (
            draw({"start": START, "a": MAIL, "b": TAG}, "start > a", "start.next > b"),
            "start",
            "outlet 'next' leads to more than one node",
        ),
        (
            draw({"start": START, "mail": MAIL}, "start > mail", "mail > start"),
            "mail",
            "outlet 'sent' leads to a trigger, where contacts only come in",
        ),
        (
            draw({"start": START, "mail": MAIL}, "start > mail", "mail > gone"),
            "mail",
            "an edge leads to or from 'gone', which is gone",
        ),
        (draw({"start": START, "a": TAG, "b": TAG}, "start > a"), "b", "no way leads here from a trigger"),
        (
            draw({"start": START, "a": TAG, "b": MAIL}, "start > a", "a > b", "b > a"),
            "b",
            "this closes a loop with no wait in it, so contacts would go round without end",
        ),
        (
            draw({"start": START, "a": TAG}, "start > a", "a > a"),
            "a",
            "this closes a loop with no wait in it, so contacts would go round without end",
        ),
        (
            draw(
                {"start": START, "until": ("wait_until", {"at": "2026-01-01T09:00:00Z"}), "a": TAG},
                "start > until",
                "until > a",
                "a > until",
            ),
            "a",
            "this closes a loop with no wait in it, so contacts would go round without end",
        ),
        (
            draw(
                {"start": START, "until": ("wait_until", {"attribute": "renews_on"}), "a": TAG, "b": TAG},
                "start > until",
                "until > b",
                "until.past > a",
                "a > until",
            ),
            "a",
            "this closes a loop with no wait in it, so contacts would go round without end",
        ),
        (
            draw({"start": START, "x": ("teleport", {})}, "start > x"),
            "x",
            "there is no kind of node called 'teleport' installed here",
        ),
    ],
)
def test_a_fault_of_the_drawing_is_named_with_its_node(graph: Graph, node: str | None, message: str) -> None:
    assert (node, message) in [(each[0], each[2]) for each in faults(graph)]


@pytest.mark.parametrize(
    ("node", "field", "message"),
    [
        (("wait", {}), None, "must be from 1 second to 1,000 days"),
        (("wait", {"days": -1}), "days", "greater than or equal to 0"),
        (("wait", {"weeks": 1}), "weeks", "Extra inputs"),
        (("wait", {"days": 5000}), None, "must be from 1 second"),
        (("wait_until", {}), None, "name a moment"),
        (("wait_until", {"at": "2026-01-01", "weekday": "monday"}), None, "name one of"),
        (("wait_until", {"time": "25:00"}), "time", "pattern"),
        (("wait_until", {"weekday": "someday"}), "weekday.0", "monday"),
        (("wait_until", {"time": "09:00", "time_zone": "Mars/Base"}), "time_zone", "there is no time zone Mars/Base"),
        (("wait_for_event", {"event": "X"}), "timeout", "Field required"),
        (("wait_for_event", {"event": "X", "timeout": {"hours": 0}}), "timeout", "must be from"),
        (
            ("wait_for_event", {"event": "X", "timeout": {"days": 1}, "where": {"a": {"op": "gt", "value": "b"}}}),
            "where.a",
            "needs a number",
        ),
        (("branch", {"paths": []}), "paths", "at least 1"),
        (("branch", {"paths": [{"id": "else", "rule": {"all": []}}]}), "paths", "none may be called else"),
        (("branch", {"paths": [{"id": "a", "rule": {"al": []}}]}), "paths.0.rule", "a rule has exactly one of"),
        (("split", {"variants": [{"id": "a", "weight": 1}]}), "variants", "at least 2"),
        (("split", {"variants": [{"id": "a", "weight": 1}, {"id": "a", "weight": 1}]}), "variants", "an id of its own"),
        (("split", {"variants": [{"id": "a", "weight": 0}, {"id": "b", "weight": 1}]}), "variants.0.weight", "than 0"),
        (("update_contact", {"set": {}}), "set", "at least 1"),
        (("update_contact", {"set": {"email": "x"}}), "set", "a journey cannot set email"),
        (("update_contact", {"set": {"time_zone": "Mars/Base"}}), "set", "no time zone"),
        (("update_contact", {"set": {"a": [1]}}), "set.a", "must be a text, a number, true or false"),
        (("update_contact", {"set": {"a": "{{ contact.b"}}), "set.a", ""),
        (("update_contact", {"set": {"a": "{{ contakt.b }}"}}), "set.a", "nothing is called 'contakt' here"),
        (("tag", {}), None, "name a tag"),
        (("tag", {"add": ["a"], "remove": ["a"]}), None, "both added and removed"),
        (mail(), None, "name a template or write the mail inline"),
        (mail(template_id="gone"), "template_id", "there is no template 'gone'"),
        (mail(inline={**INLINE, "html": "<p>Hi</p>"}), "inline.html", "unsubscribe_url"),
        (mail(inline={**INLINE, "subject": " "}), "inline.subject", "no subject"),
        (mail(inline={**INLINE, "subject": "{{ oops"}), "inline.subject", ""),
        (mail(inline={**INLINE, "subject": "{{ name }}"}), "inline", "nothing is called 'name' here"),
        (mail(inline={"subject": "Hello"}), "inline", "no body"),
        (mail(inline=INLINE, topic="gossip"), "topic", "there is no topic 'gossip'"),
        (mail(inline=INLINE, provider="pigeon"), "provider", "there is no connection 'pigeon'"),
        (mail(inline=INLINE, category="spam"), "category", "marketing"),
        (("webhook", {"url": "ftp://example.org"}), "url", "pattern"),
        (("webhook", {"url": "https://example.org", "headers": {"A": "b\r\nC: d"}}), "headers", "one line"),
        (
            ("webhook", {"url": "https://example.org", "body": {"a": ["{{ x.y }}"]}}),
            "body.a.0",
            "nothing is called 'x'",
        ),
    ],
)
def test_a_fault_of_a_config_is_named_with_its_field(
    node: tuple[str, dict[str, Any]], field: str | None, message: str
) -> None:
    found = faults(draw({"start": START, "it": node}, "start > it"))
    assert [each for each in found if each[0] == "it" and each[1] == field and message in each[2]], found


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (("event_trigger", {}), "Field required"),
        (("event_trigger", {"event": "X", "where": {"a": "{{ event.b }}"}}), "cannot be compared with itself"),
        (("segment_trigger", {}), "name a segment or a rule"),
        (("segment_trigger", {"segment_id": str(uuid4())}), "there is no segment"),
        (("segment_trigger", {"segment_id": str(SEGMENT), "on": "left", "existing": True}), "`existing` goes with"),
        (("segment_trigger", {"rule": {"attribute": "a", "value": "{{ event.b }}"}}), "nobody is in the journey yet"),
        (("segment_trigger", {"rule": {"segment": str(uuid4())}}), "there is no segment"),
        (("segment_trigger", {"rule": {"subscribed": "gossip"}}), "there is no topic"),
    ],
)
def test_a_fault_of_a_trigger_is_named(node: tuple[str, dict[str, Any]], message: str) -> None:
    found = faults(draw({"start": node, "mail": MAIL}, "start > mail"))
    assert [each for each in found if each[0] == "start" and message in each[2]], found


def test_all_faults_are_named_at_once() -> None:
    graph = draw({"start": START, "wait": ("wait", {}), "mail": mail(template_id="gone")}, "start > mail")
    with pytest.raises(InvalidGraph, match=r"wait: must be .*mail: there is no template") as raised:
        compile_graph(graph, SETTINGS, CATALOGUE)
    assert Fault("/nodes/mail/template_id", "there is no template 'gone'") in raised.value.faults


def test_a_rule_about_a_message_names_a_node_that_sends() -> None:
    def asks_about(node_id: str) -> Graph:
        rule = {"message": {"action": "opened", "node_id": node_id}}
        by = ("branch", {"paths": [{"id": "yes", "rule": rule}]})
        nodes = {"start": START, "mail": MAIL, "wait": WAIT, "by": by, "tag": TAG}
        return draw(nodes, "start > mail", "mail > wait", "wait > by", "by.yes > tag", "by.else > tag")

    assert faults(asks_about("mail")) == []
    assert faults(asks_about("wait")) == [("by", "paths.0.rule", "no node called 'wait' sends a mail")]


def test_rules_in_settings_are_checked() -> None:
    graph = draw({"start": START, "mail": MAIL}, "start > mail")
    settings = parse_settings({"exit_on": [{"segment": str(uuid4())}], "goal": {"rule": {"subscribed": "gossip"}}})
    assert [(node, field) for node, field, _ in faults(graph, settings)] == [(None, "exit_on.0"), (None, "goal.rule")]


def test_re_entry_per_key_needs_a_key() -> None:
    graph = draw({"start": START, "mail": MAIL}, "start > mail")
    settings = JourneySettings(re_entry="per_key")
    assert faults(graph, settings) == [("start", "key", "re-entry is per key, so say which property is the key")]


@pytest.mark.parametrize(
    ("settings", "pointer"),
    [
        ({"re_entry": "sometimes"}, "/settings/re_entry"),
        ({"goal": {}}, "/settings/goal"),
        ({"quiet_hours": "22-8"}, "/settings/quiet_hours"),
        ({"exit_on": [{"nonsense": 1}]}, "/settings/exit_on/0"),
    ],
)
def test_a_faulty_setting_is_pointed_at(settings: Any, pointer: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_settings(settings)
    assert any(fault.pointer.startswith(pointer) for fault in raised.value.faults)


@pytest.mark.parametrize(
    ("graph", "pointer"),
    [
        ({"nodes": [{"id": "a b", "type": "wait"}]}, "/graph/nodes/0/id"),
        ({"nodes": "none"}, "/graph/nodes"),
        ({"nodes": [{"id": "a", "type": "wait", "data": {"x": ["\x00"]}}]}, "/graph/nodes/0/data/x/0"),
        ({"nodes": [{"id": "a", "type": "wait", "data": {"days": 2**64}}]}, "/graph/nodes/0/data/days"),
        ({"edges": [{"source": "a"}]}, "/graph/edges/0/target"),
        ([], "/graph"),
    ],
)
def test_what_is_no_graph_is_pointed_at(graph: Any, pointer: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_graph(graph)
    assert pointer in [fault.pointer for fault in raised.value.faults]


def warnings(graph: Graph) -> list[tuple[str | None, str]]:
    checked = check_graph(graph, SETTINGS, CATALOGUE)
    assert checked.errors == []
    return [(each.node_id, each.message) for each in checked.warnings]


def test_a_wait_with_nothing_behind_it_is_odd() -> None:
    graph = draw({"start": START, "mail": MAIL, "wait": WAIT, "out": EXIT}, "start > mail", "mail > wait", "wait > out")
    assert warnings(graph) == [("wait", "nothing is sent or changed after this wait")]


def test_a_faulty_node_behind_a_wait_is_named_like_any_other() -> None:
    faulty = ("branch", {"paths": [{"id": "yes", "rule": {"nonsense": 1}}]})
    nodes = {"start": START, "wait": WAIT, "ways": faulty, "out": EXIT}
    graph = draw(nodes, "start > wait", "wait > ways", "ways.yes > out", "ways.else > out")
    assert {node_id for node_id, _, _ in faults(graph)} == {"ways"}


def test_weights_that_do_not_make_a_hundred_are_odd() -> None:
    graph = draw({"start": START, "ab": split(a=49, b=50), "t": TAG}, "start > ab", "ab.a > t", "ab.b > t")
    assert warnings(graph) == [("ab", "the weights add up to 99, not to 100; they are taken in proportion")]


def test_five_hundred_nodes_in_a_ring_are_no_problem() -> None:
    nodes = {"start": START, **{f"w{n}": WAIT for n in range(499)}}
    edges = ["start > w0", *(f"w{n} > w{(n + 1) % 499}" for n in range(499))]
    assert compile_graph(draw(nodes, *edges), SETTINGS, CATALOGUE).nodes["w498"].closes_loop == ["next"]
