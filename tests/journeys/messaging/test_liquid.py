"""Liquid: what it reads, what it refuses, and that the short way means the same as the engine."""

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from liquid.exceptions import LiquidError

from journeys.messaging.liquid import RenderError, TemplateError, parse_template, referenced_paths

NAMES = st.sampled_from(["first_name", "city", "vip", "total", "missing", "items", "size", "first"])
ROOTS = st.sampled_from(["contact", "event", "nobody"])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.text(alphabet="aB <>&\"' é\n", max_size=8),
    st.lists(st.text(alphabet="<a&", max_size=3), max_size=3),
    st.dictionaries(NAMES, st.text(max_size=3), max_size=2),
)
CONTEXTS = st.dictionaries(ROOTS, st.one_of(VALUES, st.dictionaries(NAMES, VALUES, max_size=6)), max_size=3)
PATHS = st.builds(lambda root, names: ".".join([root, *names]), ROOTS, st.lists(NAMES, max_size=2))
LITERALS = st.sampled_from(["'x'", "''", "'<b>'", '"a & b"', "3", "2.5", "true", "false", "nil", "empty", "blank"])
OPERANDS = st.one_of(PATHS, LITERALS)
FILTERS = st.sampled_from(
    [
        "default: 'there'", "default: ''", "default: 7", "default: false, allow_false: true", "default: contact.city",
        "upcase", "downcase", "capitalize", "escape", "strip", "append: '!'", "append: event.total", "prepend: '<'",
        "truncate: 5", "round: 1", "plus: 1", "times: 2", "size", "money", "money: '€'", "date: '%Y'", "json", "safe",
        "url_encode", "strip_html", "replace: 'a', 'b'", "first", "join: ', '", "split: 'a'", "newline_to_br",
    ]
)  # fmt: skip
OUTPUTS = st.builds(
    lambda value, filters: "{{ " + " | ".join([value, *filters]) + " }}", OPERANDS, st.lists(FILTERS, max_size=3)
)
TEXTS = st.text(alphabet="ab <>&\n", max_size=6)
COMPARISONS = st.one_of(
    OPERANDS,
    st.builds(
        lambda left, op, right: f"{left} {op} {right}",
        OPERANDS,
        st.sampled_from(["==", "!=", "<", ">", "<=", ">=", "contains", "and", "or"]),
        OPERANDS,
    ),
)


def conditions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda tag, test, yes, other, maybe, no: (
            f"{{% {tag} {test} %}}{yes}{{% elsif {other} %}}{maybe}{{% else %}}{no}{{% end{tag} %}}"
        ),
        st.sampled_from(["if", "unless"]), COMPARISONS, inner, COMPARISONS, inner, inner,
    )  # fmt: skip


def loops(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    looped = st.sampled_from(
        ["contact.items", "event.items", "event", "(1..3)", "contact.total", "nobody", "city.items"]
    )
    inside = st.sampled_from(
        ["{{ city }}", "{{ city.first_name }}", "{{ forloop.index }}", "{{ forloop.last }}", "{{ contact.city }}",
         "{{ forloop.parentloop.index0 }}", "{% if forloop.first %}{{ city[0] }}{% endif %}", "{{ forloop }}"]
    )  # fmt: skip
    return st.builds(
        lambda what, how, start, body, end, none: (
            f"{{% for city in {what}{how} %}}{start}{body}{end}{{% else %}}{none}{{% endfor %}}{{{{ city }}}}"
        ),
        looped, st.sampled_from(["", " limit: 2", " offset: 1", " reversed", " offset: continue"]), inside, inner, inside,
        inner,
    )  # fmt: skip


TEMPLATES = st.recursive(
    st.lists(st.one_of(TEXTS, OUTPUTS), max_size=4).map("".join),
    lambda inner: st.lists(st.one_of(inner, conditions(inner), loops(inner)), max_size=3).map("".join),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=TEMPLATES, context=CONTEXTS, html=st.booleans())
def test_the_short_way_and_the_engine_say_the_same(source: str, context: dict[str, Any], html: bool) -> None:
    try:
        template = parse_template(source, html=html)
    except TemplateError:
        return
    assert template.is_fast
    try:
        expected = template.render_slowly(context)
    except (LiquidError, ArithmeticError, ValueError, TypeError, LookupError) as error:
        expected_error = type(error)
    else:
        assert template.render(context) == expected
        return
    with pytest.raises(RenderError) as caught:
        template.render(context)
    assert type(caught.value.__cause__) is expected_error


@pytest.mark.parametrize("html", [False, True])
def test_missing_and_empty_values_take_the_default(html: bool) -> None:
    template = parse_template("Hi {{ contact.first_name | default: 'there' }}", html=html)
    for contact in ({}, {"first_name": None}, {"first_name": ""}, {"first_name": False}):
        assert template.render({"contact": contact}) == "Hi there"
    assert template.render({"contact": {"first_name": "Ann"}}) == "Hi Ann"
    assert template.render({}) == "Hi there"


def test_html_escapes_what_is_merged_in_and_text_does_not() -> None:
    context = {"contact": {"first_name": "A\" onload='x' <b>"}}
    assert parse_template("{{ contact.first_name }}", html=True).render(context) == (
        "A&#34; onload=&#39;x&#39; &lt;b&gt;"
    )
    assert parse_template("{{ contact.first_name }}", html=False).render(context) == context["contact"]["first_name"]


def test_loops_over_products_take_the_short_way_too() -> None:
    template = parse_template("{% for item in event.items %}{{ item.name }};{% endfor %}", html=True)
    assert template.is_fast
    assert template.render({"event": {"items": [{"name": "Mug"}, {"name": "<Pen>"}]}}) == "Mug;&lt;Pen&gt;;"


def test_what_has_no_short_way_is_rendered_by_the_engine() -> None:
    template = parse_template("{% assign name = contact.name | upcase %}{{ name }}", html=True)
    assert not template.is_fast
    assert template.render({"contact": {"name": "ann <3"}}) == "ANN &lt;3"


def test_references_name_columns_and_attributes_but_not_local_variables() -> None:
    source = (
        "{{ contact.first_name | default: contact.email }}{% assign total = event.total %}{{ total }}"
        "{% for item in event.items %}{{ item.name }}{% endfor %}{% if contact.vip and event['cart_id'] %}x{% endif %}"
        "{{ event.items[0].name }}{{ unsubscribe_url }}"
    )
    assert referenced_paths(source) == {
        "contact.first_name", "contact.email", "event.total", "event.items", "contact.vip", "event.cart_id",
        "unsubscribe_url",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("Hi\n{{ contact.first_name", 2, "end of"),
        ("a\nb\n{% if contact.vip %}x", 3, "endif"),
        ("{{ contact.first_name | shout }}", 1, "shout"),
        ("\n{% include 'secrets' %}", 2, "include"),
        ("{% for x in %}{% endfor %}", 1, "expected"),
        ("{% endif %}", 1, "endif"),
    ],
)
def test_a_template_that_does_not_parse_names_the_line(source: str, line: int, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        parse_template(source, html=True)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..100000000) %}x{% endfor %}",
        "{% for i in (1..5000) %}{% for j in (1..5000) %}{% endfor %}{% endfor %}",
        "{% for i in (1..10000) %}"
        + "{% if i contains 'x' or i == 'y' %}{{ i | append: 'z' }}{% endif %}" * 300
        + "{% endfor %}",
        "{% for i in (1..9000) %}" + "x" * 4000 + "{% endfor %}",
        "{{ (1..1000000000) | join: ',' }}",
        "{{ (1..1000000000) | reverse | size }}",
        "{% assign a = 'xxxxxxxxxx' %}" + "{% assign a = a | append: a %}" * 40,
        "{{ 'aaaaaaaaaa'" + " | replace: 'a', 'aaaaaaaaaa'" * 12 + " }}",
        "{{ 'aaaaaaaaaa' | split: ''" + " | join: 'aaaaaaaaaaaaaaaaaaaa' | split: ''" * 8 + "}}",
        "{% for i in (1..9000) %}" + "{% assign x = i | times: i | append: 'y' %}" * 300 + "{% endfor %}",
        "{% if true %}" * 60 + "x" + "{% endif %}" * 60,
        "x" * 600_000,
    ],
)
def test_a_template_that_would_never_end_or_fill_the_memory_is_stopped(source: str) -> None:
    started = time.process_time()
    with pytest.raises((RenderError, TemplateError)):
        parse_template(source, html=True).render({})
    assert time.process_time() - started < 3


TEXT = "{% assign a = 'xxxxxxxxxx' %}" + "{% assign a = a | append: a %}" * 16
LIST = TEXT + "{% assign l = a | slice: 0, 9999 | split: '' %}"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{% assign a = 99999 %}" + "{% assign a = a | times: a %}" * 30, "number is too large"),
        ("{{ " + "9" * 4000 + " | times: " + "9" * 4000 + " }}", "number is too large"),
        ("{% if (1..10000000000) contains 'x' %}{% endif %}", "a range of over"),
        ("{% for i in (1..1000000000) limit: 1 offset: 999999999 %}{% endfor %}", "a range of over"),
        (("{% if " + " or ".join(["(1..9999) contains 'x'"] * 200) + " %}{% endif %}") * 80, "took longer"),
        (LIST + ("{% if " + " or ".join(["l contains 'y'"] * 200) + " %}{% endif %}") * 80, "took longer"),
        (TEXT + "{{ a" + " | upcase" * 20_000 + " | size }}", "took longer"),
        (TEXT + "{{ a | split: '' }}", "list is too long"),
        ("{% assign l = 'x' | split: ',' %}" + "{% assign l = l | concat: l %}" * 30, "list is too long"),
        (TEXT + "{% assign l = a | split: ',' %}{{ l | concat: l | join: '' }}", "list is too long"),
        (LIST + "{{ l | uniq | size }}", "too long"),
        (TEXT + "{{ a | replace: 'x', '1 ' | date: '%Y' }}", "too long"),
    ],
)
def test_no_single_step_outruns_the_limit_on_time(source: str, reason: str) -> None:
    template = parse_template(source, html=True)
    started = time.thread_time()
    with pytest.raises(RenderError, match=reason):
        template.render({})
    assert time.thread_time() - started < 1


def test_an_amount_without_end_is_not_written_out() -> None:
    assert parse_template("{{ '1e99999999999' | money }}", html=False).render({}) == "1e99999999999"


def test_a_comparison_that_makes_no_sense_fails_that_contact_only() -> None:
    template = parse_template("{% if contact.age > 18 %}adult{% endif %}", html=False)
    assert template.render({"contact": {"age": 20}}) == "adult"
    with pytest.raises(RenderError, match="not supported between"):
        template.render({"contact": {"age": "twenty"}})


def test_money_has_two_decimals_and_thousands() -> None:
    template = parse_template("{{ event.total | money: '€' }} {{ event.note | money }}", html=True)
    assert template.render({"event": {"total": 1234.5, "note": "<free>"}}) == "€1,234.50 &lt;free&gt;"


def test_now_is_the_time_of_the_render() -> None:
    template = parse_template("{{ 'now' | date: '%Y' }}{% if now %}.{% endif %}", html=False)
    assert template.is_fast
    assert template.render({}) == template.render_slowly({})
