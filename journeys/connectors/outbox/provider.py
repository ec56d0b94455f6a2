"""Writes mails as files instead of sending them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from journeys.connectors.base import EarlierAttempt, Mail, Outcome, SentQuery
from journeys.connectors.config import MailConfig
from journeys.connectors.errors import ProviderUnavailable
from journeys.connectors.mime import UnsendableMail, build_mime
from journeys.connectors.outbox.files import mail_path


class OutboxConfig(MailConfig):
    """Nothing but the sender."""


class OutboxProvider:
    """A mail has one file, named by its message: writing it again changes nothing."""

    name = "outbox"
    max_per_request = 1_000
    honours_keys = True
    timeout_seconds = 30.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        """Write mails in a thread, each file whole or not at all."""
        try:
            return await asyncio.to_thread(self._write_all, mails)
        except OSError as error:
            raise ProviderUnavailable(f"the outbox cannot be written: {error}") from error

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        """Look for the files."""
        return await asyncio.to_thread(
            lambda: {
                mail.key: "sent" if mail_path(self._folder, mail.workspace_id, mail.message_id).exists() else "not_sent"
                for mail in mails
            }
        )

    async def check(self) -> None:
        """Make sure that the folder can be written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / ".check").touch()
        except OSError as error:
            raise ProviderUnavailable(f"the outbox cannot be written: {error}") from error

    async def close(self) -> None:
        """Nothing is held open."""

    def _write_all(self, mails: Sequence[Mail]) -> list[Outcome]:
        now = datetime.now(UTC)
        made: set[Path] = set()
        return [self._write(mail, now, made) for mail in mails]

    def _write(self, mail: Mail, now: datetime, made: set[Path]) -> Outcome:
        try:
            raw = build_mime(mail, now)
        except UnsendableMail as error:
            return Outcome("failed", reason=str(error))
        path = mail_path(self._folder, mail.workspace_id, mail.message_id)
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        draft = path.with_suffix(".tmp")
        draft.write_bytes(raw)
        draft.rename(path)
        return Outcome("sent")
