"""The installation's secret, the throttle without Redis, passwords."""

import os
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from journeys.auth.passwords import hash_password, is_password
from journeys.auth.roles import RIGHTS
from journeys.auth.secret import digest, new_secret
from journeys.auth.secret_key import load_secret_key
from journeys.auth.throttle import Allowance, Throttle
from journeys.errors import TooMany
from journeys.settings import Settings


def test_a_secret_is_made_once_and_read_only_by_its_owner(tmp_path: Path) -> None:
    variables: dict[str, Any] = {"SOJOURN_HOME": tmp_path / "new"}
    settings = Settings(**variables, _env_file=None)
    first = load_secret_key(settings)
    assert load_secret_key(settings) == first
    assert len(first) >= 32
    assert os.stat(tmp_path / "new/secret.key").st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]


async def test_passwords_are_hashed_with_argon2id_and_an_unknown_person_has_none() -> None:
    stored = await hash_password("correct horse")
    assert stored.startswith("$argon2id$")
    assert await is_password(stored, "correct horse")
    assert not await is_password(stored, "wrong")
    assert not await is_password(None, "nobody has this password")


async def test_tries_are_limited_while_redis_is_away() -> None:
    redis = Redis(port=1, retry=Retry(NoBackoff(), 0))
    throttle = Throttle(redis)
    allowance = Allowance(burst=2, per_second=0.01)
    await throttle.take("a", allowance)
    await throttle.take("a", allowance)
    with pytest.raises(TooMany) as refused:
        await throttle.take("a", allowance)
    assert 0 < refused.value.retry_after_seconds <= 100
    await throttle.take("b", allowance)
    await redis.aclose()


def test_an_analyst_only_reads_and_an_owner_may_do_everything() -> None:
    assert RIGHTS["analyst"] == {"read"}
    assert all(rights <= RIGHTS["owner"] for rights in RIGHTS.values())


def test_secrets_differ_and_are_not_what_is_stored() -> None:
    secret = new_secret("sk_")
    assert secret != new_secret("sk_")
    assert secret.encode() not in digest(secret)
