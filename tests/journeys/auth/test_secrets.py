"""The installation's secret, the throttle without Redis, passwords."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError

from journeys.auth.passwords import hash_password, is_password
from journeys.auth.roles import RIGHTS
from journeys.auth.secret import digest, new_secret
from journeys.auth.secret_key import load_secret_key
from journeys.auth.throttle import Allowance, Throttle
from journeys.errors import TooMany
from journeys.live.connect import open_redis
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
    redis = open_redis("redis://127.0.0.1:1")
    throttle = Throttle(redis)
    allowance = Allowance(burst=2, per_second=0.01)
    await throttle.take("a", allowance)
    await throttle.take("a", allowance)
    with pytest.raises(TooMany) as refused:
        await throttle.take("a", allowance)
    assert 0 < refused.value.retry_after_seconds <= 100
    await throttle.take("b", allowance)
    await redis.aclose()


async def test_a_redis_that_is_away_is_asked_twice_and_no_more() -> None:
    asked = 0

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        redis = open_redis(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises(RedisError):
            await redis.ping()
        await redis.aclose()
    assert 1 <= asked <= 4  # a connection asks once more itself before it gives up


def test_an_analyst_only_reads_and_an_owner_may_do_everything() -> None:
    assert RIGHTS["analyst"] == {"read"}
    assert all(rights <= RIGHTS["owner"] for rights in RIGHTS.values())


def test_secrets_differ_and_are_not_what_is_stored() -> None:
    secret = new_secret("sk_")
    assert secret != new_secret("sk_")
    assert secret.encode() not in digest(secret)
