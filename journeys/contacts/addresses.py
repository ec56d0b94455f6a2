"""Email addresses: one spelling for each, and whether it can be one at all (its syntax; no look-up)."""

import re

from email_validator import EmailNotValidError, validate_email

LONGEST = 320
_PLAIN = re.compile(r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
"""Nearly every address; those it does not match take the long way."""


def normalize_address(text: str) -> str | None:
    """Return the address in lower case, or None when it is none."""
    address = text.strip().lower()
    if len(address) <= 254 and _PLAIN.fullmatch(address) and len(address.partition("@")[0]) <= 64:
        return address
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.normalized.lower()
