"""Activities are written as the engine needs them, or say at once what is wrong."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError, field_validator

from journeys.nodes.base import CompileContext
from journeys.nodes.custom import CustomActivity, install_activities
from journeys.nodes.ops import CallActivity
from journeys.nodes.palette import palette
from journeys.nodes.registry import NODE_KINDS
from journeys.sdk import ActivityContext, Contact, Outcome, journey_activity
from journeys.sdk.definition import BadActivity, definition_of
from journeys.sdk.discovery import find_activities


class Config(BaseModel):
    percent: int = 10


class Labelled(BaseModel):
    label: str


class Moody(BaseModel):
    mood: str = ""

    @field_validator("mood")
    @classmethod
    def _read(cls, mood: str) -> str:
        raise RuntimeError(mood)


def two(context: ActivityContext, contact: Contact) -> Outcome:
    return Outcome("done")


def bare(context: ActivityContext, contact: Contact, config: dict[str, Any]) -> Outcome:
    return Outcome("done")


def labelled(context: ActivityContext, contact: Contact, config: Labelled) -> Outcome:
    return Outcome("done")


def moody(context: ActivityContext, contact: Contact, config: Moody) -> Outcome:
    return Outcome("done")


class Moods(BaseModel):
    mood: list[str]


def moods(context: ActivityContext, contact: Contact, config: Moods) -> Outcome:
    return Outcome("done")


def good(context: ActivityContext, contact: Contact, config: Config) -> Outcome:
    """Does something.

    At length.
    """
    return Outcome("done")


@pytest.mark.parametrize(
    ("function", "said", "complaint"),
    [
        (two, {}, "takes three parameters"),
        (bare, {}, "annotate config with a Pydantic model"),
        (labelled, {}, "every node has a label already"),
        (good, {"name": "Issue Coupon"}, "lower-case letters"),
        (good, {"outlets": ()}, "1 to 20 different outlets"),
        (good, {"outlets": "done"}, "1 to 20 different outlets"),
        (good, {"outlets": ("retry",)}, "cannot be the name of an outlet"),
        (good, {"outlets": ("it's",)}, "cannot be the name of an outlet"),
        (good, {"timeout": 0}, "a time-out is over 0"),
        (good, {"timeout": 3_600}, "at most 300 seconds"),
        (good, {"max_attempts": 0}, "1 to 20 attempts"),
        (good, {"rate_limit": 0}, "calls a second"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_change(
    function: Callable[..., Any], said: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(BadActivity, match=complaint):
        journey_activity(**{"name": "mine", "title": "Mine", "outlets": ("done",), **said})(function)


def defined(function: Callable[..., Any], **said: Any) -> CustomActivity:
    definition = definition_of(journey_activity("mine", title="Mine", outlets=("done", "other"), **said)(function))
    assert definition
    return CustomActivity(definition)


def test_an_activity_is_a_kind_of_node_with_a_form_and_handles(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = defined(good)
    monkeypatch.setitem(NODE_KINDS, "mine", kind)
    shown = next(each for each in palette() if each["kind"] == "mine")
    assert (shown["group"], shown["description"], shown["outlets"]) == (
        "custom",
        "Does something.",
        ["done", "other", "failed"],
    )
    assert shown["config_schema"]["properties"]["percent"]["default"] == 10
    assert kind.falls_to == {"failed": "done"}


def test_only_what_was_said_is_compiled_so_that_defaults_stay_the_activitys_own() -> None:
    kind = defined(good)
    context = CompileContext(UUID(int=1), UUID(int=2), "node", {})
    outlets = ["done", "other", "failed"]
    bare_config = kind.config.model_validate({"label": "Here"})
    assert kind.compile(bare_config, context) == CallActivity(activity="mine", outlets=outlets)
    said = kind.config.model_validate({"percent": 10})
    assert kind.compile(said, context) == CallActivity(activity="mine", config={"percent": 10}, outlets=outlets)


def test_merge_tags_in_texts_are_checked_where_they_are_rendered() -> None:
    for batch, texts in ((False, (("mood.0", "{{ contact.mood }}"),)), (True, ())):
        kind = defined(moods, batch=batch)
        assert kind.references(kind.config.model_validate({"mood": ["{{ contact.mood }}"]})).texts == texts


def test_a_config_with_unknown_fields_or_a_check_that_breaks_is_a_fault_not_a_failure() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        defined(good).config.model_validate({"percentage": 10})
    with pytest.raises(ValidationError, match="its own check raised RuntimeError"):
        defined(moody).config.model_validate({"mood": "bad"})


def test_an_activity_takes_no_name_of_a_built_in_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop_activities.py").write_text(
        textwrap.dedent("""
            from pydantic import BaseModel
            from journeys.sdk import journey_activity

            class Config(BaseModel):
                pass

            @journey_activity("wait", title="Wait", outlets=("done",))
            def wait(context, contact, config: Config): ...

            @journey_activity("of_the_shop", title="Shop", outlets=("done",))
            def shop(context, contact, config: Config): ...
        """)
    )
    (tmp_path / "broken_activities.py").write_text("raise SystemExit('no licence')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("journeys.nodes.custom.NODE_KINDS", kinds := dict(NODE_KINDS))
    found = install_activities("shop_activities, broken_activities,")
    assert found.faults == {"broken_activities": "SystemExit: no licence"}
    assert kinds["wait"] is NODE_KINDS["wait"]
    assert isinstance(kinds["of_the_shop"], CustomActivity)


def test_two_activities_of_one_name_are_a_fault_of_the_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "from tests.journeys.sdk.test_definition import twin\nmine = twin()\n"
    for name in ("first_twin", "second_twin"):
        (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = find_activities("first_twin,second_twin:mine,first_twin")
    assert list(found.activities) == ["twin"]
    assert list(found.faults.values()) == [f"there is an activity called twin already, in {__name__}"]


def twin() -> Callable[..., Any]:
    @journey_activity("twin", title="Twin", outlets=("done",))
    def activity(context: ActivityContext, contact: Contact, config: Config) -> Outcome:
        return Outcome("done")

    return activity
