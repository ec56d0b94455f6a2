"""Mails for the tests of providers."""

from typing import Any
from uuid import UUID

from journeys.connectors.base import Mail


def mail(number: int = 2, **changes: Any) -> Mail:
    """Return a mail whose key, message and recipient follow from its number."""
    fields: dict[str, Any] = {
        "key": f"e{number}:n:1",
        "workspace_id": UUID(int=1),
        "message_id": UUID(int=(1_767_225_600_000 << 80) + number),
        "sender": "shop@mail.example",
        "sender_name": "The Shop",
        "to": f"ann{number}@example.com",
        "to_name": "",
        "subject": "Hello",
        "html": "<p>Hi</p>",
        "text": "Hi",
        "headers": {},
    }
    return Mail(**{**fields, **changes})
