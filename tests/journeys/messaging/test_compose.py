"""Templates become mails: tracking, the text part, and what the checks find."""

import html
import subprocess
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from journeys.errors import InvalidInput
from journeys.messaging.checks import check_message
from journeys.messaging.compose import RenderedMessage, TemplateSource, compile_message
from journeys.messaging.links import MessageLinks, TrackingTokens
from journeys.messaging.mjml import MjmlError

TOKENS = TrackingTokens(b"a secret")
LINKS = MessageLinks.of(TOKENS, "https://mail.example", UUID(int=7), UUID(int=8))
CONTEXT: dict[str, Any] = {
    "contact": {"first_name": "Zoë <3", "id": 7},
    "event": {"url": "https://shop.example/a?b=1&c=2"},
}
FOOTER = '<a href="{{ unsubscribe_url }}">Unsubscribe</a>'
MJML = """<mjml><mj-body>
<mj-section><mj-column>
<mj-text>Hi {{ contact.first_name | default: "friend" }},
{% if event.total < 2 %}small{% else %}big{% endif %}</mj-text>
<mj-button href="https://shop.example/pay?c={{ contact.id }}&amp;d=1">Pay</mj-button>
</mj-column></mj-section>
<mj-raw>{% for item in event.items %}</mj-raw>
<mj-section><mj-column><mj-text>{{ item.name }}</mj-text></mj-column></mj-section>
<mj-raw>{% endfor %}</mj-raw>
<mj-section><mj-column><mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text></mj-column></mj-section>
</mj-body></mjml>"""


def render(context: dict[str, Any] = CONTEXT, tracked: bool = True, **source: str) -> RenderedMessage:
    compiled = compile_message(TemplateSource.model_validate(source), tracked=tracked)
    return compiled.render(context, LINKS)


def test_a_web_link_becomes_a_redirect_that_is_numbered() -> None:
    source = TemplateSource(
        subject="s", html="<a href=\"https://a.example/?x=1&amp;y=2\">A</a> <A class=b HREF='http://b.example'>B</A>"
    )
    compiled = compile_message(source)
    assert compiled.destinations == ("https://a.example/?x=1&y=2", "http://b.example")
    body = compiled.render({}, LINKS).html
    assert f'<a href="{LINKS.click_url}/0">A</a>' in body
    assert f'HREF="{LINKS.click_url}/1">B</A>' in body


def test_a_link_with_liquid_is_signed_into_the_mail() -> None:
    body = render(subject="s", html='<a href="https://a.example/{{ contact.id }}?x=1&amp;y={{ event.q }}">A</a>').html
    link = urlsplit(html.unescape(body.split('href="')[1].split('"')[0]))
    assert link.path == f"/t/c/{LINKS.token}/0"
    query = parse_qs(link.query)
    assert query["to"] == ["https://a.example/7?x=1&y="]
    assert TOKENS.verify_destination(LINKS.token, query["to"][0], query["s"][0])


def test_a_link_that_is_all_liquid_is_followed_when_it_is_a_web_address() -> None:
    source = '<a href="{{ event.url }}">A</a>'
    assert parse_qs(urlsplit(html.unescape(render(subject="s", html=source).html.split('"')[1])).query)["to"] == [
        CONTEXT["event"]["url"]
    ]
    assert (
        '<a href="mailto:a@b.example">'
        in render({"event": {"url": "mailto:a@b.example"}}, subject="s", html=source).html
    )


@pytest.mark.parametrize(
    "link",
    [
        "mailto:a@b.example",
        "tel:+123",
        "#top",
        "/relative",
        "{{ unsubscribe_url }}",
        "{{ preferences_url }}?topic={{ event.topic }}",
        "{{ view_in_browser_url }}",
    ],
)
def test_other_links_are_left_alone(link: str) -> None:
    compiled = compile_message(TemplateSource(subject="s", html=f'<a href="{link}">A</a>'))
    assert compiled.destinations == ()
    assert "/t/c/" not in compiled.render(CONTEXT, LINKS).html


def test_the_open_pixel_stands_at_the_end_of_the_body_and_the_preheader_at_its_start() -> None:
    body = render(
        subject="s", preheader="News for {{ contact.first_name }} & you", html="<html><BODY class='x'>Hi</BODY></html>"
    ).html
    assert body.index("News for Zoë &lt;3 &amp; you") < body.index("Hi") < body.index(LINKS.open_url)
    assert body.index(LINKS.open_url) < body.index("</BODY>")
    assert LINKS.open_url in render(subject="s", html="no body tag").html


def test_a_preview_is_not_tracked() -> None:
    body = render(tracked=False, subject="s", html='<a href="https://a.example">A</a>').html
    assert body == '<a href="https://a.example">A</a>'


def test_a_subject_is_one_line_and_not_escaped() -> None:
    message = render(
        {"contact": {"first_name": "A & B\r\nBcc: evil@example.com\x00"}},
        subject="Hi {{ contact.first_name }}",
        text="t",
    )
    assert message.subject == "Hi A & B Bcc: evil@example.com"


def test_mjml_keeps_its_liquid_and_its_tables() -> None:
    message = render(
        {"contact": {"id": 7}, "event": {"total": 1, "items": [{"name": "Mug <b>"}, {"name": "Pen"}]}},
        subject="s",
        mjml=MJML,
    )
    assert "Hi friend,\nsmall" in message.html
    assert "Mug &lt;b&gt;" in message.html
    assert message.html.count("<table") == message.html.count("</table>")
    assert "{%" not in message.html
    assert "zQ" not in message.html
    assert "fonts.googleapis" not in message.html
    assert html.unescape(message.html).count("to=https%3A%2F%2Fshop.example%2Fpay%3Fc%3D7%26d%3D1") >= 1


def test_the_text_part_is_read_off_the_html() -> None:
    source = (
        "<html><head><title>T</title><style>p { }</style></head><body><h1>Hello {{ contact.first_name }}</h1>"
        "<p>Your   order &amp; more:</p><ul><li>One</li><li>Two</li></ul>{% if contact.id %}<p>See "
        '<a href="https://a.example/x">the shop</a> or <a href="https://b.example">https://b.example</a></p>{% endif %}'
        f"<!-- no --><table><tr><td>a</td><td>b</td></tr></table>{FOOTER}</body></html>"
    )
    assert render(subject="s", html=source).text == (
        "Hello Zoë <3\n\nYour order & more:\n\n- One\n- Two\n\n\nSee the shop (https://a.example/x) or https://b.example\n\n\n"
        f"a b\nUnsubscribe ({LINKS.unsubscribe_url})"
    )
    assert render(subject="s", html=source, text="Own {{ contact.id }}").text == "Own 7"


def test_a_mail_may_be_text_alone() -> None:
    message = render(subject="s", text="Hi {{ contact.first_name }}")
    assert (message.html, message.text) == ("", "Hi Zoë <3")


def test_only_what_is_read_is_named() -> None:
    compiled = compile_message(TemplateSource(subject="{{ event.cart_id }}", html="{{ contact.city }}" + FOOTER))
    assert compiled.referenced_paths == {"event.cart_id", "contact.city", "unsubscribe_url"}


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ('<mj-wrapper css-class="/>">', "</mj-wrapper>"),
        ('<mj-wrapper css-class="<">', "</mj-wrapper>"),
        ("<!-- </b> --><b>", "</b>"),
        ("<a.b>", "</a.b>"),
    ],
)
@pytest.mark.parametrize("depth", [9_000, 30_000])
def test_no_nesting_of_mjml_ends_the_process(opening: str, closing: str, depth: int) -> None:
    body = opening * depth + closing * depth
    script = (
        "import sys; from journeys.messaging.mjml import HiddenLiquid, MjmlError, mjml_to_html\n"
        "try: mjml_to_html(HiddenLiquid(sys.stdin.read()))\n"
        "except MjmlError: pass\n"
    )
    document = f"<mjml><mj-body>{body}</mj-body></mjml>"
    done = subprocess.run([sys.executable, "-c", script], input=document, text=True, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "opening",
    ["{{", "{%", "{% raw %}", "{% doc %}", "{{ " + " " * 200 + "}}", "<a ", "<body", "<!-- >", "<!", "</b", "<?"],
)
def test_openings_that_nothing_closes_are_refused_before_anything_looks_for_their_ends(opening: str) -> None:
    started = time.process_time()
    with pytest.raises(InvalidInput):
        compile_message(TemplateSource(subject="s", html=opening * (400_000 // len(opening))))
    assert time.process_time() - started < 2


def test_a_mail_of_nothing_but_empty_cells_is_read_quickly() -> None:
    started = time.process_time()
    assert compile_message(TemplateSource(subject="s", html="<td></td>" * 30_000)).text.source == ""
    assert time.process_time() - started < 2


@pytest.mark.parametrize("source", [{}, {"html": "a", "mjml": "<mjml/>"}])
def test_a_mail_has_one_body(source: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="bod"):
        compile_message(TemplateSource(subject="s", **source))


@pytest.mark.parametrize(
    "mjml",
    [
        "hello",
        "<mjml><mj-body><mj-section></mj-body></mjml>",
        "<mjml><mj-head>{{ contact.id }}</mj-head><mj-body></mj-body></mjml>",
        "<mjml><mj-body>" + "<mj-wrapper>" * 5000 + "</mj-wrapper>" * 5000 + "</mj-body></mjml>",
    ],
)
def test_what_is_not_mjml_is_refused(mjml: str) -> None:
    with pytest.raises(MjmlError):
        compile_message(TemplateSource(subject="s", mjml=mjml))


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        ({"subject": "s", "html": "a\n{{ b" + FOOTER}, "liquid_error", 2),
        ({"subject": "s", "mjml": "<mjml>"}, "mjml_error", None),
        ({"subject": "s", "html": "Hi"}, "missing_unsubscribe", None),
        ({"subject": "s", "html": FOOTER, "text": "Hi"}, "missing_unsubscribe", None),
        ({"subject": "{{ first_name }}", "html": FOOTER}, "unknown_merge_tag", None),
        ({"subject": " ", "html": FOOTER}, "missing_subject", None),
        ({"subject": "s"}, "body", None),
        ({"subject": "s", "html": FOOTER + "x" * 110_000}, "too_large", None),
    ],
)
def test_the_checks_find(source: dict[str, str], code: str, line: int | None) -> None:
    findings = check_message(TemplateSource.model_validate(source), "marketing")
    assert [(finding.code, finding.line) for finding in findings] == [(code, line)]


def test_the_checks_pass_a_good_mail() -> None:
    good = TemplateSource(subject="Hi {{ contact.first_name }} {{ coupon.code }}", mjml=MJML)
    assert check_message(good, "marketing", variables=["coupon"]) == []
    assert check_message(TemplateSource(subject="Receipt", text="Paid"), "transactional") == []
