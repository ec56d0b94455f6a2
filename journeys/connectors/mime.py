"""A mail as the bytes that travel: RFC 5322, 2045 and 2047, built by hand because every mail pays for it.

The standard library's builder takes some ten times as long. What is written here is parsed back by it in the tests.
"""

import re
from base64 import b64encode
from binascii import b2a_qp
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

import idna

from journeys.connectors.base import Mail

# Quoted-printable never has `=` followed by `_`; a plain body that holds this is encoded after all.
_BOUNDARY = b"=_sojourn_part"
_BOUNDARY_TEXT = _BOUNDARY.decode()
_LINE = 76
_WORD_BYTES = 36
_NO_TOKEN = re.compile(r"[^!#$%&'*+\-/0-9=?A-Z^_`a-z{|}~ ]")
_BAD_IN_ADDRESS = re.compile(r"[^!-~]|[<>(),;:\\\"\[\]]")
_HEADER_NAME = re.compile(r"[!-9;-~]+")

# Text that may travel as it is: printable ASCII in lines well under the 998 characters that SMTP carries.
_PLAIN = re.compile(r"[\t -~]{0,900}(?:\n[\t -~]{0,900})*")

_START = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="' + _BOUNDARY + b'"\r\n\r\n'
_NEXT = b"\r\n--" + _BOUNDARY + b"\r\n"
_END = b"\r\n--" + _BOUNDARY + b"--\r\n"


class UnsendableMail(ValueError):
    """A mail has an address or header that cannot be written down without changing its meaning."""


def build_mime(mail: Mail, sent_at: datetime) -> bytes:
    """Return the whole mail with CRLF line ends.

    Raises:
        UnsendableMail: an address or header holds what it must not.
    """
    domain = ascii_address(mail.sender).rpartition("@")[2]
    head = (
        f"{_sender(mail.sender_name, mail.sender)}"
        f"To: {_mailbox(mail.to_name, mail.to)}\r\n"
        f"Subject: {_text_value(mail.subject)}\r\n"
        f"Date: {_date(sent_at.replace(microsecond=0))}\r\n"
        f"Message-ID: <{mail.message_id}@{domain}>\r\n"
        f"X-Sojourn-Message: {mail.message_id}\r\n"
        f"{_further(mail)}"
    ).encode("ascii")
    text = _part(b"plain", mail.text)
    if not mail.html:
        return b"".join((head, b"MIME-Version: 1.0\r\n", text, b"\r\n"))
    return b"".join((head, _START, _NEXT[2:], text, _NEXT, _part(b"html", mail.html), _END))


def _part(kind: bytes, text: str) -> bytes:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _BOUNDARY_TEXT not in text and _PLAIN.fullmatch(text):
        encoding, body = b"7bit", text.encode("ascii")
    else:
        encoding, body = b"quoted-printable", b2a_qp(text.encode("utf-8", "replace"), istext=True)
    start = b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: %b\r\n\r\n' % (kind, encoding)
    return start + body.replace(b"\n", b"\r\n")


def _further(mail: Mail) -> str:
    lines = [f"{name}: {_text_value(value, fold=False)}\r\n" for name, value in mail.headers.items()]
    for name in mail.headers:
        if not _HEADER_NAME.fullmatch(name):
            raise UnsendableMail(f"no header can be called {name!r}")
    return "".join(lines)


@lru_cache(maxsize=256)
def _sender(name: str, address: str) -> str:
    return f"From: {_mailbox(name, address)}\r\n"


@lru_cache(maxsize=16)
def _date(sent_at: datetime) -> str:
    return format_datetime(sent_at)


def ascii_address(address: str) -> str:
    """Return an address as mail servers spell it: a domain in another script has an ASCII form, a mailbox has none.

    Raises:
        UnsendableMail: it cannot be written so, or would not be one address.
    """
    if not address.isascii():
        mailbox, _, domain = address.rpartition("@")
        try:
            address = f"{mailbox}@{idna.encode(domain, uts46=True).decode('ascii')}"
        except idna.IDNAError as error:
            raise UnsendableMail(f"this address has no valid domain: {address!r}") from error
    if _BAD_IN_ADDRESS.search(address) or address.count("@") != 1:
        raise UnsendableMail(f"this address cannot be written into a mail: {address!r}")
    return address


def _mailbox(name: str, address: str) -> str:
    address = ascii_address(address)
    if not name:
        return address
    if not name.isascii() or not name.isprintable() or "=?" in name or len(name) > _LINE - 16:
        return f"{_encoded_words(name)}\r\n <{address}>"
    if _NO_TOKEN.search(name) or name != name.strip():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name} <{address}>" if len(name) + len(address) < _LINE - 9 else f"{name}\r\n <{address}>"


def _text_value(text: str, fold: bool = True) -> str:
    """Write an unstructured value: as it is, folded at spaces, or as encoded words."""
    if text.isascii() and text.isprintable() and "=?" not in text:
        if len(text) < _LINE - 9 or (not fold and len(text) < 900):
            return text
        if fold and (folded := _fold(text)):
            return folded
    elif not fold and not text.isprintable():
        raise UnsendableMail("a header holds a line break or another control character")
    return _encoded_words(text)


def _fold(text: str) -> str | None:
    """Break at spaces, or return None where a piece without one is too long or a break would lose a space."""
    if "  " in text or text != text.strip():
        return None
    lines, line = [], ""
    room = _LINE - 9
    for word in text.split(" "):
        if len(word) > room - 1:
            return None
        if len(line) + len(word) + 1 > room:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def _encoded_words(text: str) -> str:
    """Write any text as RFC 2047 words, none of which ends inside a character."""
    words, piece = [], b""
    # A line break in a header would begin another header.
    for character in " ".join(text.splitlines()) if not text.isprintable() else text:
        encoded = character.encode("utf-8", "replace")
        if len(piece) + len(encoded) > _WORD_BYTES:
            words.append(piece)
            piece = b""
        piece += encoded
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in [*words, piece])
