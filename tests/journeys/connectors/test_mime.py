"""Mails as bytes, read back by the standard library."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.connectors.mime import UnsendableMail, build_mime
from tests.journeys.connectors.mails import mail

SENT_AT = datetime(2026, 3, 1, 12, 30, 5, 999, tzinfo=UTC)


def read(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def recipient(raw: bytes) -> tuple[str, str]:
    # The newer parser puts spaces between the encoded words of a name, which RFC 2047 section 6.2 says are none.
    written = message_from_bytes(raw, policy=compat32)["To"]
    name, address = parseaddr(written.replace("\r\n", ""))
    return str(make_header(decode_header(name))), address


def body(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


BODIES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=400)
# What composing has already done: one line, nothing that is not printable, no space at the ends.
ONE_LINE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=30)
SUBJECTS = st.lists(ONE_LINE.filter(bool), max_size=12).map(" ".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(html=BODIES.filter(bool), text=BODIES, subject=SUBJECTS, name=SUBJECTS)
def test_the_standard_parser_reads_what_was_written(html: str, text: str, subject: str, name: str) -> None:
    raw = build_mime(mail(html=html, text=text, subject=subject, to_name=name), SENT_AT)
    parsed = read(raw)
    assert lines_of(body(parsed, "html")) == lines_of(html)
    assert lines_of(body(parsed, "plain")) == lines_of(text)
    assert parsed["Subject"] == subject
    assert recipient(raw) == (name, "ann2@example.com")
    assert not parsed.defects
    raw.decode("ascii")
    assert all(len(line) <= 78 for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")


@settings(deadline=None)
@given(subject=st.text(max_size=200), name=st.text(max_size=80))
def test_no_subject_or_name_ever_makes_a_header(subject: str, name: str) -> None:
    parsed = read(build_mime(mail(subject=subject, to_name=name), SENT_AT))
    assert parsed.keys() == [
        "From", "To", "Subject", "Date", "Message-ID", "X-Sojourn-Message", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert [address.addr_spec for address in parsed["To"].addresses] == ["ann2@example.com"]


@pytest.mark.parametrize("name", [". ", " Ann", "Dr. No", "a.b"])
def test_a_name_with_dots_or_spaces_at_its_ends_is_read_as_it_was(name: str) -> None:
    (address,) = read(build_mime(mail(to_name=name), SENT_AT))["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "ann2@example.com")


def test_the_headers_a_mail_needs_are_there() -> None:
    headers = {
        "List-Unsubscribe": f"<https://mail.example/u/{'x' * 64}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    parsed = read(build_mime(mail(headers=headers), SENT_AT))
    assert parsed["From"] == "The Shop <shop@mail.example>"
    assert parsed["To"] == "ann2@example.com"
    assert parsed["Date"] == "Sun, 01 Mar 2026 12:30:05 +0000"
    assert parsed["Message-ID"] == f"<{mail().message_id}@mail.example>"
    assert parsed["X-Sojourn-Message"] == str(mail().message_id)
    assert {name: parsed[name] for name in headers} == headers
    assert parsed.get_content_type() == "multipart/alternative"


def test_a_mail_without_html_is_plain_text() -> None:
    parsed = read(build_mime(mail(html="", text="Grüße\n.\nbye"), SENT_AT))
    assert parsed.get_content_type() == "text/plain"
    assert lines_of(str(parsed.get_content())) == ["Grüße", ".", "bye"]


def test_a_body_that_looks_like_the_end_of_a_part_is_not_one() -> None:
    text = "--=_sojourn_part--\nmore"
    parsed = read(build_mime(mail(text=text, html=f"<pre>{text}</pre>"), SENT_AT))
    assert lines_of(body(parsed, "plain")) == lines_of(text)
    assert "more" in body(parsed, "html")


def test_very_long_lines_are_broken_on_the_way_and_whole_again_at_the_end() -> None:
    html = "<p>" + "x" * 5000 + "</p>"
    raw = build_mime(mail(html=html), SENT_AT)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert body(read(raw), "html") == html


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    parsed = read(build_mime(mail(to="ann@müller.example", sender="shop@bücher.example"), SENT_AT))
    assert parsed["To"] == "ann@xn--mller-kva.example"
    assert parsed["Message-ID"].endswith("@xn--bcher-kva.example>")


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "ann2@example.com\r\nBcc: evil@example.com"},
        {"to": "ann2@example.com, evil@example.com"},
        {"to": "ann"},
        {"to": "änn@example.com"},
        {"to": "ann@ö..example"},
        {"sender": "sh op@mail.example"},
        {"headers": {"X-A": "1\r\nBcc: evil@example.com"}},
        {"headers": {"X-A: 1\r\nBcc": "evil@example.com"}},
    ],
)
def test_what_would_add_a_header_or_a_person_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(UnsendableMail):
        build_mime(mail(**changes), SENT_AT)
