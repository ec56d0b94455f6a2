"""The outbox: a file for each mail, whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from journeys.connectors.base import SentQuery
from journeys.connectors.errors import ProviderUnavailable
from journeys.connectors.outbox.files import mail_path, read_mail
from journeys.connectors.outbox.provider import OutboxProvider
from journeys.db.ids import new_id
from journeys.errors import NotFound
from tests.journeys.connectors.mails import mail


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_mail_can_be_read_as_it_was_written(tmp_path: Path) -> None:
    sent = mail(subject="Grüße", html="<p>Größe & mehr</p>", text="Größe", headers={"List-Unsubscribe": "<https://u>"})
    (outcome,) = await OutboxProvider(tmp_path).send([sent])
    assert outcome.state == "sent"
    stored = read_mail(mail_path(tmp_path, sent.workspace_id, sent.message_id))
    assert (stored.html.strip(), stored.text.strip()) == (sent.html, sent.text)
    headers = dict(stored.headers)
    assert (headers["Subject"], headers["To"], headers["List-Unsubscribe"]) == ("Grüße", sent.to, "<https://u>")
    assert stored.raw.startswith(b"From: The Shop <shop@mail.example>\r\n")


async def test_a_mail_written_twice_is_one_file(tmp_path: Path) -> None:
    outbox = OutboxProvider(tmp_path)
    await outbox.send([mail(), mail(3)])
    await outbox.send([mail()])
    assert sorted(path.suffix for path in files_in(tmp_path)) == [".eml", ".eml"]


async def test_what_was_written_is_told_from_what_was_not(tmp_path: Path) -> None:
    outbox = OutboxProvider(tmp_path)
    await outbox.send([mail(2)])
    asked = [SentQuery(each.key, each.workspace_id, each.message_id) for each in (mail(2), mail(3))]
    assert await outbox.find_sent(asked) == {mail(2).key: "sent", mail(3).key: "not_sent"}


async def test_one_mail_that_cannot_be_written_fails_alone(tmp_path: Path) -> None:
    outcomes = await OutboxProvider(tmp_path).send([mail(2), mail(3, to="a@b.example\r\nBcc: c@d.example"), mail(4)])
    assert [outcome.state for outcome in outcomes] == ["sent", "failed", "sent"]
    assert outcomes[1].permanent


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    outbox = OutboxProvider(tmp_path / "file")
    with pytest.raises(ProviderUnavailable, match="outbox"):
        await outbox.send([mail()])
    with pytest.raises(ProviderUnavailable, match="outbox"):
        await outbox.check()


def test_a_mail_lies_under_the_day_its_id_was_made() -> None:
    message_id, today = new_id(), datetime.now(UTC).date().isoformat()
    assert mail_path(Path("o"), UUID(int=1), message_id) == Path("o") / str(UUID(int=1)) / today / f"{message_id}.eml"
    assert mail_path(Path("o"), UUID(int=1), UUID(int=2**128 - 1)).parent.name == "9999-12-31"


def test_a_mail_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_mail(tmp_path / "x.eml")
