"""The only code that talks to Temporal as a client: connect, start runs, nudge them, ask which are running."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import (
    Priority,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from journeys.contracts import NUDGE, RUN_QUEUE, SEARCH_ATTRIBUTES, TOKENS, Nudge, RunInput, Token
from journeys.settings import Settings

WORKSPACE = SearchAttributeKey.for_keyword("SojournWorkspace")
JOURNEY = SearchAttributeKey.for_keyword("SojournJourney")
VERSION = SearchAttributeKey.for_int("SojournVersion")
CONTACT = SearchAttributeKey.for_keyword("SojournContact")

MAX_TYPE_BYTES = 200
QUERY_TIMEOUT = timedelta(seconds=10)
TRIGGERED_PRIORITY, BULK_PRIORITY = 2, 4
"""Temporal hands the lower number out first."""


async def connect(settings: Settings) -> Client:
    """Connect to the Temporal that the settings name."""
    key = settings.temporal_api_key.get_secret_value() if settings.temporal_api_key else None
    return await Client.connect(
        settings.temporal_address or "127.0.0.1:7233",
        namespace=settings.temporal_namespace,
        api_key=key,
        tls=settings.temporal_tls or key is not None,
        data_converter=pydantic_data_converter,
    )


async def ensure_search_attributes(client: Client) -> None:
    """Register the product's search attributes where they are missing."""
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in known.custom_attributes}
    if missing:
        types = {
            "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
            "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
        }
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=client.namespace,
                search_attributes={name: types[kind] for name, kind in missing.items()},
            )
        )


async def start_run(client: Client, workflow_id: str, slug: str, run: RunInput, contact_id: UUID | None) -> None:
    """Start a run; one that was started before, running or ended, counts as done."""
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(WORKSPACE, str(run.workspace_id)),
        SearchAttributePair(JOURNEY, slug),
        SearchAttributePair(VERSION, run.version),
    ]
    if contact_id is not None:
        pairs.append(SearchAttributePair(CONTACT, str(contact_id)))
    people = sum(token.size for token in run.tokens)
    try:
        await client.start_workflow(
            workflow_type(run.journey),
            run,
            id=workflow_id,
            task_queue=RUN_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=TypedSearchAttributes(pairs),
            static_summary=f"{run.journey}, version {run.version}: {people:,} {'contact' if people == 1 else 'contacts'}",
            # Its activities inherit it: what an event set off goes first, and journeys share what there is.
            priority=Priority(
                priority_key=BULK_PRIORITY if run.bulk else TRIGGERED_PRIORITY, fairness_key=str(run.journey_id)
            ),
        )
    except WorkflowAlreadyStartedError:
        return


def workflow_type(journey: str) -> str:
    """Return a journey's name as a Workflow Type, within Temporal's limit of bytes."""
    return journey.encode()[:MAX_TYPE_BYTES].decode(errors="ignore") or "journey"


async def nudge_run(client: Client, workflow_id: str, nudge: Nudge) -> None:
    """Tell a run about its batches; one that has ended needs no news."""
    try:
        await client.get_workflow_handle(workflow_id).signal(NUDGE, nudge)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


async def let_go(client: Client, workflow_id: str) -> None:
    """Let a run that carries nobody forget its tokens, and so end."""
    run = client.get_workflow_handle(workflow_id)
    tokens: list[Token] = await run.query(TOKENS, result_type=list[Token], rpc_timeout=QUERY_TIMEOUT)
    await nudge_run(client, workflow_id, Nudge(empty=[token.batch_id for token in tokens]))


async def list_running(client: Client) -> AsyncIterator[str]:
    """Yield the workflow ids of all runs that Temporal has open."""
    async for each in client.list_workflows(f"TaskQueue = '{RUN_QUEUE}' AND ExecutionStatus = 'Running'"):
        yield each.id


async def is_running(client: Client, workflow_id: str) -> bool:
    """Ask about one run by id, which is exact where listing lags behind."""
    try:
        description = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return description.status is not None and description.status.name == "RUNNING"
