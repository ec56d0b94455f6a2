"""A coupon for one contact, made by the shop's own API."""

from pydantic import BaseModel, Field, HttpUrl

from journeys.sdk import ActivityContext, Contact, Outcome, PermanentError, RetryLater, journey_activity


class CouponConfig(BaseModel):
    """The form that the marketer fills in."""

    shop_url: HttpUrl = Field(description="Where the shop's API is")
    percent: int = Field(10, ge=1, le=90, title="Discount in percent")
    campaign: str = Field("welcome", max_length=40, description="Coupons are counted by this in the shop")


@journey_activity(
    "issue_coupon",
    title="Issue coupon",
    icon="ticket",
    description="Makes a code in the shop; mails that follow read {{ contact.coupon_code }}",
    outlets=("issued", "sold_out"),
    timeout=10,
    max_attempts=5,
    rate_limit=50,
)
async def issue_coupon(context: ActivityContext, contact: Contact, config: CouponConfig) -> Outcome:
    """Ask the shop for a code. The same key gets the same code, so a repeat gives nobody two."""
    customer = contact.external_id or contact.email
    if customer is None:
        raise PermanentError("the shop knows nobody without a number or an address")
    answer = await context.http.post(
        f"{config.shop_url}coupons",
        json={"customer": customer, "percent": config.percent, "campaign": config.campaign},
        headers={"Idempotency-Key": context.key, "Authorization": f"Bearer {context.secret('SHOP_KEY')}"},
    )
    match answer.status_code:
        case 409:
            return Outcome("sold_out", detail=f"no coupons left in {config.campaign}")
        case 422:
            raise PermanentError("the shop refuses this customer")
        case 429:
            raise RetryLater("the shop is busy", after=float(answer.headers.get("Retry-After", 60)))
    answer.raise_for_status()  # anything else raises, and is tried again
    code = answer.json()["code"]
    return Outcome("issued", attributes={"coupon_code": code}, detail=f"{config.percent} % in {config.campaign}")
