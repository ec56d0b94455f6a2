"""The contract of every activity, to inherit in the tests of a package: `class TestMine(ActivityContract): activity = mine`."""

import asyncio
import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from unittest.mock import patch
from uuid import UUID, uuid4

import httpx

from journeys.sdk.context import SECRET_PREFIX
from journeys.sdk.definition import ActivityDefinition, definition_of
from journeys.sdk.invoke import Invoker
from journeys.sdk.values import Contact
from journeys.sdk.wire import Answer, Call, Reply, Request

SHORT_SECONDS = 0.2
GRACE_SECONDS = 2.0
STANDARD = Contact.model_fields.keys()


class ActivityContract:
    """What the engine relies on. Set `activity`, and whatever else your activity needs to work."""

    activity: ClassVar[Callable[..., Any]]
    config: ClassVar[Mapping[str, Any]] = {}
    contact: ClassVar[Mapping[str, Any]] = {"email": "anna@example.com", "first_name": "Anna"}
    event: ClassVar[Mapping[str, Any]] = {}
    secrets: ClassVar[Mapping[str, str]] = {}

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Answer as the vendor would: whatever the activity asks of `context.http` comes here."""
        return httpx.Response(200, json={})

    def test_its_config_makes_a_form(self) -> None:
        """Every field has a type, and the config of this test is valid."""
        schema = self.definition.config.model_json_schema()
        for name, field in schema.get("properties", {}).items():
            assert field.keys() & {"type", "anyOf", "$ref", "enum", "const", "allOf"}, f"{name} has no type"
        assert self.call(calls=[]).refused is None

    def test_it_leaves_by_an_outlet_of_its_own(self) -> None:
        """The contact of this test gets an outcome."""
        [answer] = self.call().answers
        assert answer.ending == "done", answer
        assert answer.outlet in self.definition.outlets

    def test_a_repeated_call_ends_as_the_first_did(self) -> None:
        """The engine repeats a call whose answer was lost, with the same key."""
        calls = [self.make_call(key="enrollment:node:1")]
        first, second = self.call(calls=calls).answers, self.call(calls=calls).answers
        assert _effect(first) == _effect(second)

    def test_a_contact_of_whom_nothing_is_known_gets_an_answer(self) -> None:
        """Contacts lack attributes: say what happens then by an outlet or a PermanentError, not by a KeyError."""
        [answer] = self.call(calls=[self.make_call({"id": str(uuid4())})]).answers
        assert not (answer.reason or "").startswith(("raised", "returned")), answer

    def test_it_ends_in_time_when_the_vendor_is_silent(self) -> None:
        """A vendor who never answers takes no longer than the time-out."""

        async def silent(request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError

        began = time.monotonic()
        self.call(vendor=silent, timeout_seconds=SHORT_SECONDS)
        assert time.monotonic() - began < SHORT_SECONDS + GRACE_SECONDS

    def test_every_contact_of_a_batch_gets_an_answer(self) -> None:
        """As many outcomes as contacts, in their order; one without attributes spoils none of the others."""
        calls = [self.make_call(), self.make_call({"id": str(uuid4())}), self.make_call()]
        groups = [calls] if self.definition.batch else [[call] for call in calls]
        answers = [answer for group in groups for answer in self.call(calls=group).answers]
        assert len(answers) == len(calls)
        assert [answers[0].outlet, answers[2].outlet] == [self.call().answers[0].outlet] * 2

    @property
    def definition(self) -> ActivityDefinition:
        """The activity under test."""
        found = definition_of(inspect.getattr_static(self, "activity"))
        assert found is not None, "set `activity` to a function decorated with @journey_activity"
        return found

    def make_call(self, contact: Mapping[str, Any] | None = None, key: str | None = None) -> Call:
        """Return a call for a contact of this test."""
        person = dict(contact) if contact is not None else {"id": str(UUID(int=1)), **_contact(self.contact)}
        return Call(key or f"{uuid4()}:node:1", 1, person, dict(self.event))

    def call(
        self,
        calls: list[Call] | None = None,
        vendor: Callable[[httpx.Request], Any] | None = None,
        timeout_seconds: float | None = None,
    ) -> Reply:
        """Call the activity as the engine does, with the vendor played by this test."""
        definition = replace(self.definition, timeout_seconds=timeout_seconds or self.definition.timeout_seconds)
        asked = [self.make_call()] if calls is None else calls
        request = Request(definition.name, dict(self.config), UUID(int=2), UUID(int=3), "node", asked)
        secrets = {SECRET_PREFIX + name: value for name, value in self.secrets.items()}
        with patch.dict("os.environ", secrets):
            return asyncio.run(_invoke(definition, request, httpx.MockTransport(vendor or self.respond)))


async def _invoke(definition: ActivityDefinition, request: Request, transport: httpx.MockTransport) -> Reply:
    invoker = Invoker(definition, transport)
    try:
        return await invoker(request)
    finally:
        await invoker.close()


def _contact(said: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is no standard field among the attributes."""
    own = {name: value for name, value in said.items() if name not in STANDARD}
    standard = {name: value for name, value in said.items() if name in STANDARD}
    return {**standard, "attributes": {**said.get("attributes", {}), **own}}


def _effect(answers: Any) -> list[tuple[str, str | None, dict[str, Any]]]:
    found: list[Answer] = list(answers)
    return [(answer.ending, answer.outlet, answer.attributes) for answer in found]
