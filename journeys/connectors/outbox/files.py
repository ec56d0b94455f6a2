"""Where the outbox keeps a mail, and how it is read again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from journeys.errors import NotFound

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MILLISECOND = 253_402_214_400_000


class StoredMail(NamedTuple):
    """A mail as it would have travelled, and its parts."""

    raw: bytes
    headers: list[tuple[str, str]]
    html: str
    text: str


def mail_path(folder: Path, workspace_id: UUID, message_id: UUID) -> Path:
    """Return the file of a message: in a folder for its workspace and for the day that its id was made."""
    made_at = _EPOCH + timedelta(milliseconds=min(message_id.int >> 80, _LAST_MILLISECOND))
    return folder / str(workspace_id) / made_at.date().isoformat() / f"{message_id}.eml"


def read_mail(path: Path) -> StoredMail:
    """Read a mail back.

    Raises:
        NotFound: the outbox does not hold it.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise NotFound("the outbox does not hold this mail") from None
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    headers = [(name, str(value)) for name, value in parsed.items()]
    return StoredMail(raw, headers, _part(parsed, "html"), _part(parsed, "plain"))


def _part(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    return str(part.get_content()) if part else ""


def forget_mails(folder: Path, workspace_id: UUID, message_ids: Sequence[UUID]) -> None:
    """Remove the mails to someone who was erased."""
    for message_id in message_ids:
        mail_path(folder, workspace_id, message_id).unlink(missing_ok=True)
