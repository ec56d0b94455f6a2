"""Every kind of node there is: a new one is a file and a row here."""

from typing import Any

from journeys.nodes.api_trigger import ApiTrigger
from journeys.nodes.attribute_trigger import AttributeTrigger
from journeys.nodes.base import NodeKind
from journeys.nodes.branch import Branch
from journeys.nodes.date_trigger import DateTrigger
from journeys.nodes.event_trigger import EventTrigger
from journeys.nodes.exit import Exit
from journeys.nodes.form_trigger import FormTrigger
from journeys.nodes.goal import Goal
from journeys.nodes.holdout import Holdout
from journeys.nodes.schedule_trigger import ScheduleTrigger
from journeys.nodes.score import Score
from journeys.nodes.segment_trigger import SegmentTrigger
from journeys.nodes.send_email import SendEmail
from journeys.nodes.split import Split
from journeys.nodes.start_journey import StartJourney
from journeys.nodes.subscribe import Subscribe
from journeys.nodes.tag import Tag
from journeys.nodes.time_window import TimeWindow
from journeys.nodes.update_contact import UpdateContact
from journeys.nodes.wait import Wait
from journeys.nodes.wait_for_condition import WaitForCondition
from journeys.nodes.wait_for_event import WaitForEvent
from journeys.nodes.wait_until import WaitUntil
from journeys.nodes.webhook import Webhook

_ALL: tuple[NodeKind[Any], ...] = (
    EventTrigger(),
    SegmentTrigger(),
    ScheduleTrigger(),
    DateTrigger(),
    AttributeTrigger(),
    FormTrigger(),
    ApiTrigger(),
    Wait(),
    WaitUntil(),
    WaitForEvent(),
    WaitForCondition(),
    TimeWindow(),
    Branch(),
    Split(),
    Holdout(),
    UpdateContact(),
    Tag(),
    Score(),
    Subscribe(),
    SendEmail(),
    Webhook(),
    Goal(),
    StartJourney(),
    Exit(),
)

NODE_KINDS: dict[str, NodeKind[Any]] = {kind.kind: kind for kind in _ALL}
