"""Where an event goes in the router's queue: all events of one contact share a partition, so their order is kept."""

from uuid import UUID

from journeys.events.models import ROUTER_PARTITIONS


def partition_of(contact_id: UUID) -> int:
    """Return the router partition of a contact, from the last bits of its id, which are random."""
    return contact_id.int % ROUTER_PARTITIONS


def partition_sql(contact_id: str) -> str:
    """Return the SQL expression that agrees with `partition_of`; `contact_id` is a column or expression."""
    return f"(get_byte(uuid_send({contact_id}), 15) % {ROUTER_PARTITIONS})"
