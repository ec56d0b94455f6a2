"""Runs the fake activities in this process: for tests that are about something else than their processes."""

from collections.abc import Sequence

from journeys.sdk.definition import ActivityDefinition, definition_of
from journeys.sdk.invoke import Invoker
from journeys.sdk.wire import Answer, Facts, Request
from tests.fakes import activities


class InProcessRunner:
    """Implements journeys.enrollments.custom.ActivityRunner."""

    async def prepare(self, request: Request) -> Facts:
        return Facts.of(_definition(request))

    async def call(self, request: Request, *, alone: bool = False) -> Sequence[Answer]:
        invoker = Invoker(_definition(request))
        try:
            return (await invoker(request)).answers
        finally:
            await invoker.close()


def _definition(request: Request) -> ActivityDefinition:
    definition = definition_of(getattr(activities, request.activity))
    assert definition
    return definition
