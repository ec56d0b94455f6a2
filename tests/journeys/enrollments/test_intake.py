"""Many contacts on their way into journeys, by turns."""

from uuid import UUID

from journeys.db.session import Database
from journeys.enrollments.intake import advance_intake, create_intake, take_intake
from journeys.nodes.ops import Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger


async def test_a_small_intake_does_not_wait_for_the_end_of_a_large_one(fresh_database: Database) -> None:
    intakes: list[UUID] = []
    for people in (5, 2):  # the large one is there first, and in another workspace
        workspace_id = await make_workspace(fresh_database)
        plan = await publish_plan(
            fresh_database, workspace_id, [trigger("rest"), node("rest", Hold(seconds=60), next=None)]
        )
        contacts = await make_contacts(fresh_database, workspace_id, people)
        async with fresh_database.engine() as session:
            intakes.append(await create_intake(session, plan, "start", contact_ids=contacts))
    large, small = intakes
    taken = []
    while intake_id := await advance_one(fresh_database):
        taken.append(intake_id)
    assert taken == [large, small, large, small, large]


async def advance_one(database: Database) -> UUID | None:
    """Take two contacts in; return by which intake."""
    async with database.engine() as session:
        intake = await take_intake(session)
        if intake is None:
            return None
        await advance_intake(session, intake, 2)
        intake_id: UUID = intake.id
        return intake_id
