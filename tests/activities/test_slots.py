"""Slots: a way out that hangs leaves room for others, and a quick one may use what there is."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from activities.slots import Slots, WayOutBusy


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.slots.WAIT_SECONDS", 0.05)


async def take_all(slots: Slots, way: str, stack: AsyncExitStack) -> int:
    """Hold as many slots as a way out gets."""
    n = 0
    while True:
        try:
            await stack.enter_async_context(slots.hold(way))
        except WayOutBusy:
            return n
        n += 1


async def test_each_way_out_that_hangs_leaves_as_many_slots_as_it_takes() -> None:
    slots = Slots(32)
    async with AsyncExitStack() as stack:
        taken = [await take_all(slots, way, stack) for way in ("first", "second", "third")]
    assert taken == [16, 8, 4]
    async with AsyncExitStack() as stack:
        assert await take_all(slots, "another", stack) == 16, "what is over is free again"


async def test_a_single_slot_is_for_anyone() -> None:
    async with AsyncExitStack() as stack:
        assert await take_all(Slots(1), "only", stack) == 1


async def test_a_stage_waits_for_its_turn_and_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("activities.slots.WAIT_SECONDS", 20)
    slots, under_way, most = Slots(4), 0, 0

    async def stage() -> None:
        nonlocal under_way, most
        async with slots.hold("quick"):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1

    await asyncio.gather(*(stage() for _ in range(20)))
    assert most == 2


async def test_a_stage_that_fails_gives_its_slot_back() -> None:
    slots = Slots(2)
    with pytest.raises(RuntimeError):
        async with slots.hold("way"):
            raise RuntimeError
    async with slots.hold("way"):
        pass
