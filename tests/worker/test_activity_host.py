"""The processes of custom activities: whatever an activity does there, it does to itself, and the next call works."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import psutil
import pytest

from journeys.enrollments.custom import ActivityMissing, ActivityUnfit
from journeys.sdk.wire import ActivityDied, Answer, Call, Request
from journeys.settings import Settings
from tests.fakes.activities import TIMEOUT
from tests.until import until
from worker.activity_host import ActivityHost, ActivityProcess


@pytest.fixture
async def host(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ActivityHost]:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("SOJOURN_ACTIVITY_SECRET_COUPONS", "open sesame")
    settings = Settings.model_validate(
        {"SOJOURN_ACTIVITIES": "tests.fakes.activities", "SOJOURN_ACTIVITY_MEMORY_MB": 200}
    )
    host = ActivityHost(settings)
    yield host
    await host.close()


def request(activity: str, *doing: str | None, config: dict[str, Any] | None = None) -> Request:
    calls = [
        Call(f"key{n}", 1, {"id": str(uuid4()), "attributes": {"do": do} if do else {}}, {})
        for n, do in enumerate(doing)
    ]
    return Request(activity, config or {}, uuid4(), uuid4(), "coupon", calls)


async def call(host: ActivityHost, activity: str, *doing: str | None, alone: bool = False) -> list[Answer]:
    return list(await host.call(request(activity, *doing), alone=alone))


async def call_until_it_blocks(host: ActivityHost, process: ActivityProcess) -> asyncio.Task[list[Answer]]:
    """Begin a call that blocks its process, and return it once the process has it."""
    blocked = asyncio.create_task(call(host, "issue_coupon", "block"))

    async def begun() -> bool:
        return bool(process.pending)

    await until(begun, 10, every=0.01)
    return blocked


async def works(host: ActivityHost) -> bool:
    [answer] = await call(host, "issue_coupon", None)
    return answer.outlet == "issued"


async def test_an_activity_answers_with_its_outlet_and_what_it_sets(host: ActivityHost) -> None:
    [answer] = await call(host, "issue_coupon", None)
    assert answer == Answer("done", outlet="issued", attributes={"coupon": "C-key0"}, detail="attempt 1")


@pytest.mark.parametrize(
    ("does", "ending", "reason"),
    [
        ("raise", "later", "raised ValueError"),
        ("refuse", "failed", "the vendor does not know them"),
        ("later", "later", "the vendor is busy"),
        ("hang", "later", f"timed out after {TIMEOUT:g} s"),
        ("rubbish", "failed", "returned a str instead of an Outcome"),
        ("elsewhere", "failed", "returned the outlet 'nowhere', which it does not have"),
        ("email", "failed", "sets 'email', which is no attribute of an activity's to set"),
    ],
)
async def test_what_goes_wrong_for_one_contact_is_its_answer(
    host: ActivityHost, does: str, ending: str, reason: str
) -> None:
    bad, good = await asyncio.gather(call(host, "issue_coupon", does), call(host, "issue_coupon", None))
    assert (bad[0].ending, bad[0].reason) == (ending, reason)
    assert good[0].outlet == "issued"


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("exit", "its process ended with status 3"),
        ("block", "it blocked its process for more than 3 s"),
        ("leak", "its process used more than 200 MB of memory"),
    ],
)
async def test_an_activity_that_ends_blocks_or_floods_its_process_dies_alone(
    host: ActivityHost, does: str, words: str
) -> None:
    with pytest.raises(ActivityDied, match=words):
        await call(host, "issue_coupon", does)
    assert await works(host)


async def test_the_process_of_one_activity_is_not_that_of_another(host: ActivityHost) -> None:
    async def die() -> None:
        with pytest.raises(ActivityDied):
            await call(host, "issue_coupon", "exit")

    assert (await call(host, "look_up", None))[0].outlet == "found"
    _, answers = await asyncio.gather(die(), call(host, "look_up", None))
    assert answers[0].outlet == "found"


async def test_a_call_alone_leaves_the_others_alone(host: ActivityHost) -> None:
    slow = asyncio.create_task(call(host, "issue_coupon", "hang"))
    with pytest.raises(ActivityDied):
        await call(host, "issue_coupon", "exit", alone=True)
    assert [answer.reason for answer in await slow] == [f"timed out after {TIMEOUT:g} s"]


async def test_a_call_alone_may_use_no_more_memory_than_others(host: ActivityHost) -> None:
    host._limit_bytes = 1
    with pytest.raises(ActivityDied, match="its process used more than 0 MB of memory"):
        await call(host, "issue_coupon", "block", alone=True)


async def test_nothing_runs_unwatched_and_the_next_call_is_watched_again(
    host: ActivityHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = asyncio.create_task(call(host, "issue_coupon", "block"))
    with monkeypatch.context() as patch:

        def fail(_: ActivityProcess) -> int:
            raise RuntimeError("psutil is broken")

        patch.setattr(ActivityProcess, "used_bytes", fail)
        with pytest.raises(ActivityDied, match="it was no longer watched"):
            await slow
    assert await works(host)
    assert host._watching is not None
    assert not host._watching.done()


async def test_a_process_that_writes_what_cannot_be_read_is_ended_and_replaced(host: ActivityHost) -> None:
    process = await host._process("issue_coupon")
    slow = await call_until_it_blocks(host, process)
    process._lines.feed_data(b"not json\n")
    with pytest.raises(ActivityDied, match="what it wrote could not be read"):
        await slow
    assert await works(host)


async def test_a_thread_that_hangs_is_left_behind_with_its_process(host: ActivityHost) -> None:
    first = await host._process("look_up")
    [answer] = await call(host, "look_up", "hang")
    assert answer.reason == f"timed out after {TIMEOUT:g} s"
    assert (await call(host, "look_up", None))[0].outlet == "found"
    assert await host._process("look_up") is not first

    async with asyncio.timeout(10):
        while first.ended is None:
            await asyncio.sleep(0.05)


async def test_an_activity_sees_its_secrets_and_none_of_ours(host: ActivityHost) -> None:
    [secret], [environment] = [await call(host, "issue_coupon", does) for does in ("secret", "environment")]
    assert (secret.detail, environment.detail) == ("open sesame", "none")


async def test_a_rate_limit_spreads_calls_evenly(host: ActivityHost) -> None:
    await call(host, "look_up", None)
    began = time.monotonic()
    await asyncio.gather(*(call(host, "look_up", None) for _ in range(5)))
    assert time.monotonic() - began >= 4 / 20


async def test_a_batch_is_answered_contact_by_contact(host: ActivityHost) -> None:
    fine, refused = await call(host, "sync_audience", None, "refuse")
    assert (fine.detail, refused.ending, refused.reason) == ("2 at once", "failed", "no address")
    short = await call(host, "sync_audience", None, "too few")
    assert [answer.reason for answer in short] == ["returned 0 outcomes for 2 contacts"] * 2


async def test_an_activity_that_is_missing_or_does_not_take_its_config_says_so(host: ActivityHost) -> None:
    with pytest.raises(ActivityMissing, match="'print_letter' is not installed where activities run"):
        await host.prepare(request("print_letter"))
    with pytest.raises(ActivityUnfit, match="percent: Input should be less than or equal to 90"):
        await host.prepare(request("issue_coupon", config={"percent": 100}))
    facts = await host.prepare(request("issue_coupon", config={"percent": 20}))
    assert (facts.outlets, facts.max_attempts) == (["issued", "sold_out", "failed"], 2)


async def test_modules_that_cannot_be_loaded_keep_no_other_from_it(host: ActivityHost) -> None:
    broken = ActivityHost(
        Settings.model_validate({"SOJOURN_ACTIVITIES": "tests.fakes.activities,tests.fakes.no_such_module"})
    )
    assert await works(broken)
    with pytest.raises(ActivityMissing, match="no_such_module could not be loaded: ModuleNotFoundError"):
        await broken.prepare(request("print_letter"))
    await broken.close()


async def test_processes_end_with_the_host(host: ActivityHost) -> None:
    process = await host._process("issue_coupon")
    blocked = await call_until_it_blocks(host, process)
    await host.close()
    with pytest.raises(ActivityDied):
        await blocked
    assert not psutil.pid_exists(process._process.pid)
