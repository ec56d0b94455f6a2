"""A file that somebody uploads, streamed to disk: authentication comes first, the transaction only after the last byte."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from fastapi import Request
from starlette.datastructures import UploadFile

from api.deps import Editor, SettingsDep
from journeys.db.ids import new_id
from journeys.errors import Fault, InvalidInput

_MOST_FIELDS = 20


@dataclass
class Upload:
    """An upload on disk; it is deleted after the request unless it was kept."""

    id: UUID
    path: Path
    filename: str
    size: int
    fields: dict[str, str] = field(default_factory=dict)
    kept: bool = False

    def keep(self) -> None:
        """Leave the file where it is."""
        self.kept = True


async def receive_upload(request: Request, _actor: Editor, settings: SettingsDep) -> AsyncIterator[Upload]:
    """Store the part `file` of a multipart form under the home folder; return it with the form's other fields."""
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidInput("Send the file as the part `file` of a multipart form.", [Fault("/file", "Missing.")])
        upload_id = new_id()
        folder = settings.home.absolute() / "imports"
        path = folder / f"{upload_id}.upload"
        upload = Upload(upload_id, path, (file.filename or "upload")[:200], file.size or 0)
        upload.fields = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            await asyncio.to_thread(_store, file, path)
            yield upload
        finally:
            if not upload.kept:
                path.unlink(missing_ok=True)


def _store(file: UploadFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target, 1 << 20)
