"""The send ledger's statements in a database of its own."""

from uuid import UUID

from sqlalchemy import text

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.messaging import ledger
from tests.conftest import make_workspace

MAILS = 20_000


async def test_the_first_large_broadcast_of_an_installation_looks_its_mails_up_by_their_key(
    fresh_database: Database,
) -> None:
    """Postgres knows nothing of the rows yet; by their workspace it would look through all of them for every chunk."""
    workspace_id, claim_id = await make_workspace(fresh_database), new_id()
    async with fresh_database.engine() as session:
        await session.execute(_FILL, {"workspace_id": workspace_id, "claim_id": claim_id, "n": MAILS})
        ids: list[UUID] = list(await session.scalars(text("SELECT enrollment_id FROM messages LIMIT 1000")))
    async with fresh_database.workspace(workspace_id) as session:
        explained = await session.scalars(
            text(f"EXPLAIN {ledger._RECORD_SENT.text}"), {"ids": ids, "node_id": "mail", "claim_id": claim_id}
        )
        plan = "\n".join(explained)
    assert "pk_messages" in plan
    assert "workspace_id_id" not in plan


_FILL = text("""
    INSERT INTO messages (enrollment_id, node_id, visit, id, workspace_id, contact_id, category, provider, state, claim_id)
    SELECT gen_random_uuid(), 'mail', 1, gen_random_uuid(), :workspace_id, gen_random_uuid(), 'marketing', 'no_op', 'sending',
           :claim_id
    FROM generate_series(1, :n)
""")
