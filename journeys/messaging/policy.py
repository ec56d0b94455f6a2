"""Who may be sent what: the rules in plain Python, for showing why and for trying; the ledger has them in SQL.

The first rule that applies decides. Transactional mail stops at the third.

| the contact or its address                                | reason                          | stops      |
|-----------------------------------------------------------|---------------------------------|------------|
| is gone or was erased                                     | erased                          | every mail |
| has no address                                            | no_address                      | every mail |
| bounced for good, complained, is suppressed for all mail  | bounced, complained, suppressed | every mail |
| is suppressed for marketing                               | unsubscribed, suppressed        | marketing  |
| unsubscribed from the topic                               | unsubscribed                    | marketing  |
| never agreed to a topic that needs it (`opt_in`)          | no_consent                      | marketing  |
| is in the workspace's or the journey's holdout            | held_out                        | marketing  |
| is in quiet hours, local time: held until they end        | quiet_hours                     | marketing  |
| had as many mails as a frequency cap allows: skipped,     | capped                          | marketing  |
| or held until there is room, as the node says             |                                 |            |
"""

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "erased",
    "no_address",
    "bounced",
    "complained",
    "suppressed",
    "unsubscribed",
    "no_consent",
    "held_out",
    "quiet_hours",
    "capped",
]

REASONS: dict[Reason, str] = {
    "erased": "The contact was erased.",
    "no_address": "The contact has no email address.",
    "bounced": "Mail to this address bounced for good.",
    "complained": "The contact marked an earlier mail as spam.",
    "suppressed": "The address is on the suppression list.",
    "unsubscribed": "The contact unsubscribed.",
    "no_consent": "The contact has not agreed to this topic.",
    "held_out": "The contact's address is in a holdout, which gets no marketing mail.",
    "quiet_hours": "It is night, or another quiet hour, where the contact is.",
    "capped": "The contact has had as many mails as the frequency cap allows.",
}
"""Each reason in words."""


@dataclass(frozen=True)
class SuppressedAddress:
    """An entry of the suppression list."""

    scope: Literal["all", "marketing"]
    reason: str


@dataclass(frozen=True)
class Standing:
    """What is known of a contact at the moment of sending."""

    erased: bool = False
    address: str | None = None
    suppression: SuppressedAddress | None = None
    consent: Literal["subscribed", "unsubscribed"] | None = None
    """What they said about the mail's topic."""
    topic_policy: Literal["opt_in", "opt_out"] | None = None
    held_out: bool = False
    quiet: bool = False
    capped: bool = False


def find_refusal(standing: Standing, category: Literal["marketing", "transactional"]) -> Reason | None:
    """Return why this contact may not get such a mail, or None when they may."""
    if standing.erased:
        return "erased"
    if standing.address is None:
        return "no_address"
    if refusal := _refusal_of_address(standing.suppression, category):
        return refusal
    if category == "transactional":
        return None
    if standing.consent == "unsubscribed":
        return "unsubscribed"
    if standing.topic_policy == "opt_in" and standing.consent != "subscribed":
        return "no_consent"
    if standing.held_out:
        return "held_out"
    if standing.quiet:
        return "quiet_hours"
    return "capped" if standing.capped else None


def _refusal_of_address(found: SuppressedAddress | None, category: str) -> Reason | None:
    if found is None:
        return None
    if found.reason == "bounced":
        return "bounced"
    if found.reason == "complained":
        return "complained"
    if found.scope == "all":
        return "suppressed"
    if category == "transactional":
        return None
    return "unsubscribed" if found.reason == "unsubscribed" else "suppressed"
