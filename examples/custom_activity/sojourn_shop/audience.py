"""A whole batch of contacts into an audience of the shop, by one request."""

from collections.abc import Sequence

from pydantic import BaseModel, Field, HttpUrl

from journeys.sdk import ActivityError, BatchContext, Contact, Outcome, PermanentError, journey_activity


class AudienceConfig(BaseModel):
    """The form that the marketer fills in."""

    shop_url: HttpUrl = Field(description="Where the shop's API is")
    audience: str = Field(min_length=1, max_length=40, description="The audience's name in the shop")


@journey_activity(
    "add_to_audience",
    title="Add to audience",
    icon="users",
    description="Puts contacts into an audience of the shop, up to 200 in one request",
    outlets=("added",),
    timeout=30,
    batch=True,
)
async def add_to_audience(
    context: BatchContext, contacts: Sequence[Contact], config: AudienceConfig
) -> Sequence[Outcome | ActivityError]:
    """Add all who have an address; the shop says of each whether it took them. Adding somebody twice does nothing."""
    addresses = [contact.email for contact in contacts if contact.email]
    answer = await context.http.put(
        f"{config.shop_url}audiences/{config.audience}",
        json={"addresses": addresses},
        headers={"Authorization": f"Bearer {context.secret('SHOP_KEY')}"},
    )
    answer.raise_for_status()
    refused = set(answer.json().get("refused", []))
    context.log.info("audience.sent size=%d refused=%d", len(addresses), len(refused))
    return [_outcome(contact, refused) for contact in contacts]


def _outcome(contact: Contact, refused: set[str]) -> Outcome | ActivityError:
    if contact.email is None:
        return PermanentError("has no address")
    return PermanentError("the shop refuses this address") if contact.email in refused else Outcome("added")
