"""The contract passes activities that keep it, and fails those that do not."""

from collections.abc import Callable
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import BaseModel

from journeys.sdk import ActivityContext, Contact, Outcome, journey_activity
from journeys.sdk.testing import ActivityContract
from tests.fakes.activities import issue_coupon, sync_audience


class TestIssueCoupon(ActivityContract):
    activity = issue_coupon


class TestSyncAudience(ActivityContract):
    activity = sync_audience


class Nothing(BaseModel):
    pass


@journey_activity("careless", title="Careless", outlets=("done",))
async def careless(context: ActivityContext, contact: Contact, config: Nothing) -> Outcome:
    return Outcome("done", attributes={"plan": contact.attributes["plan"]})


@journey_activity("forgetful", title="Forgetful", outlets=("done",))
async def forgetful(context: ActivityContext, contact: Contact, config: Nothing) -> Outcome:
    answer = await context.http.post("http://vendor/")
    return Outcome("done", attributes={"code": answer.json()["code"]})


class Careless(ActivityContract):
    activity = careless
    contact: ClassVar = {"email": "anna@example.com", "plan": "pro"}


class Forgetful(ActivityContract):
    activity = forgetful
    made = 0

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.made += 1
        return httpx.Response(200, json={"code": self.made})


@pytest.mark.parametrize(
    "test",
    [
        Careless().test_a_contact_of_whom_nothing_is_known_gets_an_answer,
        Forgetful().test_a_repeated_call_ends_as_the_first_did,
    ],
)
def test_an_activity_that_breaks_the_contract_fails_its_test(test: Callable[[], Any]) -> None:
    with pytest.raises(AssertionError):
        test()
    Careless().test_it_leaves_by_an_outlet_of_its_own()
