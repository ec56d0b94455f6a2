"""Journeys as YAML: what is written is read again, and reviews stay small."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.errors import InvalidInput
from journeys.graph.catalogue import Catalogue
from journeys.graph.checks import check_graph
from journeys.graph.drafts import parse_settings
from journeys.graph.drawn import DrawnEdge, DrawnNode, Graph, Note, Position, StepGroup
from journeys.graph.files import export_journey, import_journey
from journeys.graph.hashing import hash_journey
from journeys.graph.plain_yaml import read_yaml, write_yaml
from journeys.graph.settings import JourneySettings
from tests.journeys.graph.drawing import EXIT, JOURNEY, MAIL, START, TAG, WAIT, WORKSPACE, draw

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "journeys").glob("*.yaml"))

texts = st.one_of(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["on", "no", "09:30", "2026-01-01", "1e3", "null", "~", "", "{{ event.a }}", "a: b", "- a", "# a"]),
    st.lists(st.sampled_from(["", " ", "line", "  indented", "tab\t", "end ", "# no comment", "%}"])).map("\n".join),
)
values = st.recursive(
    st.one_of(
        texts,
        st.booleans(),
        st.none(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,8}", fullmatch=True)


@st.composite
def graphs(draw_: st.DrawFn) -> Graph:
    """Draw graphs as odd as the canvas can hold, legal or not."""
    names = draw_(st.lists(ids, min_size=1, max_size=6, unique=True))
    kinds = st.sampled_from(["event_trigger", "wait", "send_email", "unheard_of"])
    nodes = [
        DrawnNode(
            id=name,
            type=draw_(kinds),
            position=Position(x=draw_(st.integers(-500, 500)), y=draw_(st.floats(-9e3, 9e3))),
            data=draw_(st.dictionaries(texts, values, max_size=3)),
        )
        for name in names
    ]
    edges = st.builds(
        DrawnEdge,
        source=st.sampled_from(names),
        outlet=st.one_of(st.none(), st.sampled_from(["next", "sent", "on"])),
        target=st.sampled_from(names),
    )
    return Graph(nodes=nodes, edges=draw_(st.lists(edges, max_size=6)))


journey_settings = st.sampled_from(
    [
        JourneySettings(),
        JourneySettings(re_entry="always"),
        parse_settings({"re_entry": {"after": {"days": 3}}, "goal": {"event": "Order Completed", "where": {"a": 1}}}),
        parse_settings({"exit_on": [{"not": {"any": [{"event": "X", "within": "3d"}, {"subscribed": "news"}]}}]}),
    ]
)


@settings(max_examples=100, deadline=None)
@given(graph=graphs(), said=journey_settings)
def test_what_is_exported_is_imported_as_the_same_journey(graph: Graph, said: JourneySettings) -> None:
    written = export_journey("Name: on", "slug", graph, said)
    read = import_journey(written)
    assert hash_journey(read.graph, read.settings) == hash_journey(graph, said)
    assert export_journey(read.name, read.slug or "", read.graph, read.settings) == written
    assert {node.id: node.position for node in read.graph.nodes} == {node.id: node.position for node in graph.nodes}


@settings(max_examples=100, deadline=None)
@given(document=values)
def test_plain_values_survive_yaml(document: object) -> None:
    assert read_yaml(write_yaml({"it": document})) == {"it": document}


def test_order_and_positions_change_nothing_that_counts() -> None:
    graph = draw({"start": START, "a": TAG, "b": WAIT, "c": MAIL}, "start > a", "a > b", "b > c")
    nodes, edges = list(graph.nodes), list(graph.edges)
    random.Random(1).shuffle(nodes)
    random.Random(2).shuffle(edges)
    moved = [node.model_copy(update={"position": Position(x=7, y=9)}) for node in nodes]
    other = Graph(nodes=moved, edges=edges)
    assert hash_journey(graph, JourneySettings()) == hash_journey(other, JourneySettings())
    first, second = (export_journey("N", "n", each, JourneySettings()) for each in (graph, other))
    assert first.split("layout:")[0] == second.split("layout:")[0]


def test_a_change_of_meaning_changes_the_hash() -> None:
    graph = draw({"start": START, "a": TAG}, "start > a")
    hashes = {
        hash_journey(graph, JourneySettings()),
        hash_journey(graph, JourneySettings(re_entry="always")),
        hash_journey(draw({"start": START, "a": EXIT}, "start > a"), JourneySettings()),
        hash_journey(draw({"start": START, "a": TAG}), JourneySettings()),
    }
    assert len(hashes) == 4


def test_a_changed_wait_is_a_diff_of_one_line() -> None:
    def file(days: int) -> list[str]:
        graph = draw({"start": START, "w": ("wait", {"days": days}), "m": MAIL}, "start > w", "w > m")
        return export_journey("N", "n", graph, JourneySettings()).splitlines()

    before, after = file(3), file(4)
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ("    days: 3", "    days: 4")
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("name: [", "line 1"),
        ("just words", "this is not a journey file"),
        ("name: A\nnodes: []\ncolour: red", "this is not a journey file"),
        ("name: A\nname: B\nnodes: []", "said twice"),
        ("name: &a A\nnodes: *a", "aliases are not allowed"),
        ("name: !!python/object:os.system x\nnodes: []", "tags are not allowed"),
        ("name: A\nnodes:\n- {id: 'a b', type: wait}", "this is not a journey file"),
        ("x" * 2_000_001, "over 2 MB"),
    ],
)
def test_what_is_no_journey_file_is_refused(source: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        import_journey(source)


@pytest.mark.parametrize(
    "source",
    [
        "[" * 10_000,
        "a: !!timestamp 9999-99-99",
        "a: !!int zz",
        "a: !!float zz",
        "a: 1e999",
        "a: " + "9" * 10_000,
        "\n".join(f"k{n}: 1" for n in range(60_000)),
    ],
    ids=["deep", "date", "int", "float", "infinite", "digits", "many"],
)
def test_yaml_that_would_stop_a_process_is_refused(source: str) -> None:
    with pytest.raises(InvalidInput):
        import_journey(source)


def test_words_of_yesterdays_yaml_stay_words() -> None:
    file = import_journey(
        "name: A\nnodes:\n- {id: a, type: segment_trigger, data: {on: left, country: NO, time: 09:30, day: 2026-01-01}}"
    )
    assert file.nodes[0].data == {"on": "left", "country": "NO", "time": "09:30", "day": "2026-01-01"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_faultless_and_written_as_we_write(path: Path) -> None:
    source = path.read_text()
    file = import_journey(source)
    checked = check_graph(file.graph, file.settings, Catalogue(WORKSPACE, JOURNEY))
    assert (checked.errors, checked.warnings) == ([], [])
    assert file.slug == path.stem
    assert export_journey(file.name, path.stem, file.graph, file.settings) == source


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


def test_notes_are_kept_in_the_file_and_change_nothing_of_the_journey() -> None:
    graph = draw({"start": START, "done": EXIT}, "start.next > done")
    noted = graph.model_copy(update={"notes": [Note(id="n1", text="Ask legal\nfirst", position=Position(x=8, y=16))]})
    assert hash_journey(noted, JourneySettings()) == hash_journey(graph, JourneySettings())
    assert import_journey(export_journey("Noted", "noted", noted, JourneySettings())).graph.notes == noted.notes
    assert "notes" not in export_journey("Plain", "plain", graph, JourneySettings())


def test_groups_are_kept_in_the_file_and_change_nothing_of_the_journey() -> None:
    graph = draw({"start": START, "done": EXIT}, "start.next > done")
    together = StepGroup(id="g1", name="Welcome", nodes=["start", "done"], collapsed=True)
    drawn = graph.model_copy(update={"groups": [together]})
    assert hash_journey(drawn, JourneySettings()) == hash_journey(graph, JourneySettings())
    assert import_journey(export_journey("Grouped", "grouped", drawn, JourneySettings())).graph.groups == [together]
    assert "groups" not in export_journey("Plain", "plain", graph, JourneySettings())
