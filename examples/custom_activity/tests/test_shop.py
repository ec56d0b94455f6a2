"""Both activities keep the contract, and do what they say."""

import httpx
from sojourn_shop.audience import add_to_audience
from sojourn_shop.coupons import issue_coupon

from journeys.sdk.testing import ActivityContract


class TestIssueCoupon(ActivityContract):
    activity = issue_coupon
    config = {"shop_url": "https://shop.example", "percent": 15}
    secrets = {"SHOP_KEY": "s3cret"}

    def respond(self, request: httpx.Request) -> httpx.Response:
        key = request.headers["Idempotency-Key"]
        return httpx.Response(200, json={"code": f"CODE-{key}"})

    def test_the_code_is_set_on_the_contact(self) -> None:
        [answer] = self.call([self.make_call(key="e:n:1")]).answers
        assert (answer.outlet, answer.attributes) == ("issued", {"coupon_code": "CODE-e:n:1"})

    def test_the_shop_may_be_sold_out_or_busy(self) -> None:
        [sold_out] = self.call(vendor=lambda request: httpx.Response(409)).answers
        assert sold_out.outlet == "sold_out"
        [busy] = self.call(vendor=lambda request: httpx.Response(429, headers={"Retry-After": "7"})).answers
        assert (busy.ending, busy.after_seconds) == ("later", 7)

    def test_a_discount_of_more_than_90_percent_is_refused(self) -> None:
        self.config = {**self.config, "percent": 95}
        assert "percent" in (self.call([]).refused or "")


class TestAddToAudience(ActivityContract):
    activity = add_to_audience
    config = {"shop_url": "https://shop.example", "audience": "spring"}
    secrets = {"SHOP_KEY": "s3cret"}

    def test_whoever_the_shop_refuses_fails_alone(self) -> None:
        calls = [self.make_call(), self.make_call({"id": "0" * 32, "email": "x@example.com"})]
        reply = self.call(calls, vendor=lambda request: httpx.Response(200, json={"refused": ["x@example.com"]}))
        assert [answer.ending for answer in reply.answers] == ["done", "failed"]
