"""A program that starts the servers of a home, writes to them, says so, and waits to be killed."""

import asyncio
import sys
from pathlib import Path

import psycopg
from redis.asyncio import Redis

from worker.embedded import EmbeddedStack


async def main(home: Path) -> None:
    stack = EmbeddedStack(home, parts={"postgres", "valkey"})
    await stack.start()
    async with await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True) as connection:
        await connection.execute("CREATE TABLE kept (id int)")
        await connection.execute("INSERT INTO kept VALUES (1), (2)")
        async with Redis.from_url(stack.redis_url) as client:
            await client.set("kept", "yes")
        assert stack.postgres.process is not None
        sys.stdout.write(f"{stack.postgres.process.pid}\n")
        sys.stdout.flush()
        await connection.execute("SELECT pg_sleep(600)")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
