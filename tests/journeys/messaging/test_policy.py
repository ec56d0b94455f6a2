"""Send policy: the rules, and that the ledger's SQL says the same in every case there is."""

from dataclasses import replace
from itertools import product
from typing import Literal

import pytest
from sqlalchemy import text

from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.messaging.ledger import REASON_SQL
from journeys.messaging.policy import REASONS, Standing, SuppressedAddress, find_refusal

Category = Literal["marketing", "transactional"]
CATEGORIES: list[Category] = ["marketing", "transactional"]
SCOPES: list[Literal["all", "marketing"]] = ["all", "marketing"]
SUPPRESSIONS = [
    SuppressedAddress(scope, reason)
    for scope in SCOPES
    for reason in ("bounced", "complained", "unsubscribed", "manual", "erased")
]
CONSENTS: list[Literal["subscribed", "unsubscribed"] | None] = [None, "subscribed", "unsubscribed"]
POLICIES: list[Literal["opt_in", "opt_out"] | None] = [None, "opt_in", "opt_out"]
EVERY_STANDING = [
    Standing(erased, address, suppression, consent, policy)
    for erased, address, suppression, consent, policy in product(
        (False, True),
        (None, "ann@example.com"),
        (None, *SUPPRESSIONS),
        CONSENTS,
        POLICIES,
    )
]


@pytest.mark.parametrize(
    ("standing", "marketing", "transactional"),
    [
        (Standing(address="a@b.example"), None, None),
        (Standing(), "no_address", "no_address"),
        (Standing(erased=True, address="a@b.example"), "erased", "erased"),
        (Standing(address="a@b.example", consent="unsubscribed"), "unsubscribed", None),
        (Standing(address="a@b.example", topic_policy="opt_in"), "no_consent", None),
        (Standing(address="a@b.example", topic_policy="opt_in", consent="subscribed"), None, None),
        (
            Standing(address="a@b.example", suppression=SuppressedAddress("marketing", "unsubscribed")),
            "unsubscribed",
            None,
        ),
        (Standing(address="a@b.example", suppression=SuppressedAddress("all", "manual")), "suppressed", "suppressed"),
        (Standing(address="a@b.example", suppression=SuppressedAddress("all", "bounced")), "bounced", "bounced"),
    ],
)
def test_each_rule_stops_the_mails_it_names(
    standing: Standing, marketing: str | None, transactional: str | None
) -> None:
    assert find_refusal(standing, "marketing") == marketing
    assert find_refusal(standing, "transactional") == transactional


@pytest.mark.parametrize("category", CATEGORIES)
async def test_the_ledger_decides_the_same_in_every_case(database: Database, category: Category) -> None:
    rows = [
        {
            "place": place,
            "erased": each.erased,
            "email": each.address,
            "scope": each.suppression.scope if each.suppression else None,
            "reason": each.suppression.reason if each.suppression else None,
            "consent": each.consent,
            "policy": each.topic_policy,
        }
        for place, each in enumerate(EVERY_STANDING)
    ]
    async with database.engine() as session:
        decided = await session.execute(
            text(f"""
                SELECT {REASON_SQL} END FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(place int, erased bool,
                    email text, scope text, reason text, consent text, policy text)
                CROSS JOIN LATERAL (SELECT r.place AS id, CASE WHEN r.erased THEN now() END AS erased_at, r.email) c
                CROSS JOIN LATERAL (SELECT r.scope, r.reason) s
                CROSS JOIN LATERAL (SELECT r.consent AS state) k
                CROSS JOIN LATERAL (SELECT r.policy) t
                ORDER BY r.place
            """),
            {"rows": to_json(rows), "category": category},
        )
        assert list(decided.scalars()) == [find_refusal(each, category) for each in EVERY_STANDING]


def test_every_reason_can_be_put_into_words() -> None:
    reached = Standing(address="a@b.example")
    held_back = [replace(reached, held_out=True), replace(reached, quiet=True), replace(reached, capped=True)]
    found = {find_refusal(each, category) for each in [*EVERY_STANDING, *held_back] for category in CATEGORIES}
    assert found - {None} == set(REASONS)
