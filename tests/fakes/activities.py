"""Activities that behave, and activities that do not; what happens is said by the contact's attribute `do`."""

import asyncio
import os
import threading
from collections.abc import Sequence
from datetime import timedelta

from pydantic import BaseModel, Field

from journeys.sdk import (
    ActivityContext,
    BatchContext,
    Contact,
    Outcome,
    PermanentError,
    RetryLater,
    journey_activity,
)
from journeys.sdk.values import ActivityError

TIMEOUT = 1.0


class CouponConfig(BaseModel):
    percent: int = Field(10, ge=1, le=90, description="Discount")
    note: str = Field("", max_length=20)


class Nothing(BaseModel):
    pass


async def hang() -> None:
    await asyncio.Event().wait()


def block() -> None:
    threading.Event().wait(60)


async def leak() -> None:
    kept = b"x" * 300_000_000
    await hang()
    del kept


async def behave(do: str, context: ActivityContext) -> Outcome:
    """Do what the contact's attribute says."""
    match do:
        case "hang":
            await hang()
        case "leak":
            await leak()
        case "block":
            block()
        case "exit":
            os._exit(3)
    if do in ERRORS:
        raise ERRORS[do]
    if do in RESULTS:
        return RESULTS[do]  # type: ignore[return-value]
    if do == "secret":
        return Outcome("issued", detail=context.secret("COUPONS"))
    return Outcome("issued", attributes={"coupon": f"C-{context.key}"}, detail=f"attempt {context.attempt}")


ERRORS = {
    "raise": ValueError("this contact is odd"),
    "refuse": PermanentError("the vendor does not know them"),
    "later": RetryLater("the vendor is busy", after=90),
}
RESULTS = {
    "rubbish": "coupon",
    "elsewhere": Outcome("nowhere"),
    "email": Outcome("issued", attributes={"email": "other@example.com"}),
    "environment": Outcome("issued", detail=os.environ.get("DATABASE_URL", "none")),
    "sold out": Outcome("sold_out"),
}


@journey_activity(
    "issue_coupon", title="Issue coupon", icon="ticket", outlets=("issued", "sold_out"), timeout=TIMEOUT, max_attempts=2
)
async def issue_coupon(context: ActivityContext, contact: Contact, config: CouponConfig) -> Outcome:
    """Gives a code for the shop."""
    outcome = await behave(contact.get("do", "behave"), context)
    return outcome.model_copy(update={"detail": config.note}) if config.note else outcome


@journey_activity(
    "charge_card", title="Charge card", outlets=("charged",), timeout=timedelta(seconds=TIMEOUT), idempotent=False
)
async def charge_card(context: ActivityContext, contact: Contact, config: Nothing) -> Outcome:
    """May not be done twice."""
    await behave(contact.get("do", "behave"), context)
    return Outcome("charged")


@journey_activity("look_up", title="Look up", outlets=("found",), timeout=TIMEOUT, rate_limit=20)
def look_up(context: ActivityContext, contact: Contact, config: Nothing) -> Outcome:
    """Is not async."""
    if contact.get("do") == "hang":
        block()
    return Outcome("found")


@journey_activity(
    "sync_audience", title="Sync audience", outlets=("synced",), timeout=TIMEOUT, batch=True, max_attempts=1
)
async def sync_audience(
    context: BatchContext, contacts: Sequence[Contact], config: Nothing
) -> Sequence[Outcome | ActivityError]:
    """Takes them all at once."""
    doing = [contact.get("do") for contact in contacts]
    if "raise" in doing:
        raise ValueError("one of these is odd")
    if "too few" in doing:
        return []
    return [
        PermanentError("no address") if do == "refuse" else Outcome("synced", detail=f"{len(contacts)} at once")
        for do in doing
    ]
