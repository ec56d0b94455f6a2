"""Limits of a connection: held by all processes together, with and without Redis, with the right of way for triggered mail."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest
import redis.asyncio as redis

from journeys.connectors.base import EarlierAttempt, Mail, Outcome, SentQuery
from journeys.connectors.errors import ProviderBusy, ProviderSilent, ProviderUnavailable
from journeys.connectors.limited import LimitedProvider
from journeys.connectors.limits import Gate, Limit
from tests.journeys.connectors.mails import mail

NOBODY = "redis://127.0.0.1:1/0"


class Recorder:
    """Notes when how many mails came, and how many requests were under way; fails when told to."""

    name, honours_keys, max_per_request, timeout_seconds = "recorder", False, 1_000, 5.0

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.came: list[tuple[float, int]] = []
        self.under_way = self.most_under_way = 0
        self.errors: list[Exception] = []

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        if self.errors and self.came:
            raise self.errors.pop()
        self.came.append((time.monotonic(), len(mails)))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(self.seconds)
        self.under_way -= 1
        return [Outcome("sent")] * len(mails)

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        return {}

    async def check(self) -> None: ...

    async def close(self) -> None: ...

    @property
    def taken(self) -> int:
        return sum(n for _, n in self.came)

    def most_within(self, seconds: float) -> int:
        return max(sum(n for at, n in self.came if start <= at < start + seconds) for start, _ in self.came)


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator["redis.Redis"]:
    opened = redis.Redis.from_url(redis_url)
    yield opened
    await opened.aclose()


def mails(n: int) -> list[Mail]:
    return [mail(2)] * n


async def test_no_second_sees_more_than_the_limit_whoever_sends(client: "redis.Redis") -> None:
    recorder, connection_id, limit = Recorder(), uuid4(), Limit(per_second=200)
    senders = [
        LimitedProvider(recorder, Gate(client, connection_id, limit, 5), bulk=bulk) for bulk in (False, False, True)
    ]
    began = time.monotonic()
    answers = await asyncio.gather(*(sender.send(mails(100)) for sender in senders))
    assert [len(each) for each in answers] == [100, 100, 100]
    assert recorder.most_within(1.0) <= 200
    assert time.monotonic() - began < 3, "the limit is used, too"


_SENDER = """
import asyncio, sys, time
from uuid import UUID
import redis.asyncio as redis
from journeys.connectors.limits import Gate, Limit
async def main():
    gate = Gate(redis.Redis.from_url(sys.argv[1]), UUID(sys.argv[2]), Limit(per_second=100), 5)
    print("ready", flush=True)
    sys.stdin.readline()
    until = time.monotonic() + 2
    try:
        while True:
            async with gate.turn(5, bulk=False, until=until):
                print(time.time(), flush=True)
    except Exception:
        print("done", flush=True)
asyncio.run(main())
"""


async def test_two_processes_keep_to_one_limit(redis_url: str) -> None:
    pipe, connection_id = asyncio.subprocess.PIPE, str(uuid4())
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _SENDER, redis_url, connection_id, stdin=pipe, stdout=pipe
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    told = [(await process.communicate(b"go\n"))[0].decode().split() for process in processes]
    assert all(each[-1] == "done" and len(each) > 3 for each in told), "both had their share"
    times = sorted(float(at) for each in told for at in each[:-1])
    assert 5 * max(sum(start <= at < start + 1 for at in times) for start in times) <= 100
    assert 5 * len(times) >= 140, "two seconds of nine tenths of the limit, at most a little is lost"


async def test_triggered_mail_goes_first(client: "redis.Redis") -> None:
    connection_id, limit = uuid4(), Limit(per_second=100)
    blast, welcome = Recorder(), Recorder()
    broadcast = LimitedProvider(blast, Gate(client, connection_id, limit, 5), bulk=True)
    triggered = LimitedProvider(welcome, Gate(client, connection_id, limit, 5), bulk=False)
    sending = [asyncio.create_task(broadcast.send(mails(100))) for _ in range(3)]
    while blast.taken < 20:
        await asyncio.sleep(0.01)
    waits = []
    for _ in range(10):
        began = time.monotonic()
        await triggered.send(mails(1))
        waits.append(time.monotonic() - began)
    assert sorted(waits)[8] < 0.1, "the broadcast leaves a reserve"
    before = blast.taken
    await triggered.send(mails(60))
    assert blast.taken - before < 20, "while triggered mail waits, the broadcast does"
    for task in sending:
        task.cancel()
    await asyncio.gather(*sending, return_exceptions=True)


async def test_no_more_requests_are_under_way_than_allowed(client: "redis.Redis") -> None:
    recorder, connection_id = Recorder(seconds=0.05), uuid4()
    senders = [LimitedProvider(recorder, Gate(client, connection_id, Limit(at_once=3), 5), bulk=False) for _ in "ab"]
    await asyncio.gather(*(sender.send(mails(1)) for sender in senders * 6))
    assert (recorder.taken, recorder.most_under_way) == (12, 3)


async def test_a_broadcast_leaves_one_request_free(client: "redis.Redis") -> None:
    recorder, gate = Recorder(seconds=0.05), Gate(client, uuid4(), Limit(at_once=3), 5)
    broadcast = LimitedProvider(recorder, gate, bulk=True)
    await asyncio.gather(*(broadcast.send(mails(1)) for _ in range(6)))
    assert recorder.most_under_way == 2


async def test_without_redis_each_process_keeps_to_a_share() -> None:
    recorder = Recorder()
    provider = LimitedProvider(
        recorder, Gate(redis.Redis.from_url(NOBODY), uuid4(), Limit(per_second=200), 5), bulk=False
    )
    began = time.monotonic()
    await provider.send(mails(100))
    took = time.monotonic() - began
    assert recorder.taken == 100
    assert recorder.most_within(1.0) <= 110, "half of the limit, for there are two processes as far as it knows"
    assert took < 3


async def test_a_limit_that_cannot_be_had_in_time_is_no_attempt(
    client: "redis.Redis", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeys.connectors.limited.PATIENCE_SECONDS", 0.05)
    gate = Gate(client, uuid4(), Limit(per_second=1), 5)
    provider = LimitedProvider(Recorder(), gate, bulk=False)
    assert provider.max_per_request == 1
    outcomes = await provider.send(mails(4))
    assert [(each.state, each.free) for each in outcomes] == [("sent", False)] * 2 + [("deferred", True)] * 2
    with pytest.raises(ProviderUnavailable) as caught:
        await provider.send(mails(1))
    assert 0 < (caught.value.retry_after_seconds or 0) < 3


async def test_a_provider_that_asks_for_a_rest_has_it_and_others_go_on(client: "redis.Redis") -> None:
    tired, fresh = Recorder(), Recorder()
    limit, connection_id = Limit(per_second=1_000), uuid4()
    gates = [Gate(client, connection_id, limit, 5) for _ in range(2)]
    tired.errors = [ProviderBusy("answered 429", 60)]
    here, elsewhere = (LimitedProvider(tired, gate, bulk=False) for gate in gates)
    await here.send(mails(1))
    with pytest.raises(ProviderBusy):
        await here.send(mails(1))
    for provider in (here, elsewhere):
        with pytest.raises(ProviderUnavailable) as caught:
            await provider.send(mails(1))
        assert 50 < (caught.value.retry_after_seconds or 0) <= 60
    assert tired.taken == 1, "it was left alone"
    other = LimitedProvider(fresh, Gate(client, uuid4(), limit, 5), bulk=False)
    assert len(await other.send(mails(3))) == 3


async def test_a_rest_ends_in_time(client: "redis.Redis") -> None:
    recorder = Recorder()
    recorder.errors = [ProviderBusy("answered 429", 0.1)]
    provider = LimitedProvider(recorder, Gate(client, uuid4(), Limit(), 5), bulk=False)
    await provider.send(mails(1))
    with pytest.raises(ProviderBusy):
        await provider.send(mails(1))
    began = time.monotonic()
    await provider.send(mails(1))
    assert 0.05 < time.monotonic() - began < 2


async def test_what_was_sent_before_a_failure_counts_as_sent(client: "redis.Redis") -> None:
    recorder = Recorder()
    recorder.errors = [ProviderSilent("no answer")]
    provider = LimitedProvider(recorder, Gate(client, uuid4(), Limit(per_second=100), 5), bulk=False)
    outcomes = await provider.send(mails(25))
    assert [each.state for each in outcomes] == ["sent"] * 10 + ["unknown"] * 10 + ["deferred"] * 5
    assert all(each.free for each in outcomes[20:])


async def test_a_connection_without_limits_asks_nobody() -> None:
    recorder = Recorder()
    gate = Gate(redis.Redis.from_url(NOBODY), uuid4(), Limit(), 5)
    assert len(await LimitedProvider(recorder, gate, bulk=True).send(mails(1_000))) == 1_000
    assert recorder.came[0][1] == 1_000


async def test_requests_are_as_large_as_the_provider_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journeys.connectors.limited.WORK_SECONDS", 0.01)
    recorder = Recorder(seconds=0.05)
    provider = LimitedProvider(recorder, Gate(redis.Redis.from_url(NOBODY), uuid4(), Limit(), 5), bulk=False)
    await provider.send(mails(1_000))
    slow = provider.max_per_request
    assert 10 <= slow <= 200
    await provider.send(mails(slow - 1))
    assert provider.max_per_request == slow, "only a full request tells"
    recorder.seconds = 0
    while provider.max_per_request < 1_000:
        before = provider.max_per_request
        await provider.send(mails(before))
        assert provider.max_per_request > before
