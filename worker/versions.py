"""Which version of the engine carries the runs: Temporal's Worker Versioning, with runs that move to the current one."""

import asyncio
from importlib.metadata import PackageNotFoundError, version

import structlog
from temporalio.api.workflowservice.v1 import ListWorkerDeploymentsRequest, SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from journeys.settings import Settings

log = structlog.get_logger()

DEPLOYMENT = "sojourn"
RETRY_SECONDS = 0.5
UNKNOWN_YET = {RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.UNAVAILABLE}
"""What a server answers until it has seen a worker of the version."""

UNSUPPORTED = {RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.INVALID_ARGUMENT}


def installed_version() -> str:
    """Return the version of the installed product, which is the build id."""
    try:
        return version("sojourn")
    except PackageNotFoundError:
        return "dev"


async def supports_versions(client: Client) -> bool:
    """Ask whether the server knows Worker Deployments (1.29 and newer, unless switched off)."""
    try:
        await client.workflow_service.list_worker_deployments(
            ListWorkerDeploymentsRequest(namespace=client.namespace, page_size=1)
        )
    except RPCError as error:
        if error.status not in UNSUPPORTED:
            raise
        log.warning("versions.unsupported", reason=str(error))
        return False
    return True


def deployment_of(build_id: str) -> WorkerDeploymentConfig:
    """Return what a worker says of its version: its runs go on in whichever is current."""
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


async def versioned_build(client: Client, settings: Settings) -> str | None:
    """Return the build id of this worker; None where runs are not versioned."""
    if settings.worker_versions and await supports_versions(client):
        return installed_version()
    return None


async def promote(client: Client, build_id: str | None) -> None:
    """Make a version the current one, as soon as a worker of it polls; new runs, and runs at their next step, go there.

    None stands for workers without a version.
    """
    while True:
        try:
            await client.workflow_service.set_worker_deployment_current_version(
                SetWorkerDeploymentCurrentVersionRequest(
                    namespace=client.namespace,
                    deployment_name=DEPLOYMENT,
                    build_id=build_id or "",
                    ignore_missing_task_queues=True,
                    identity=DEPLOYMENT,
                )
            )
        except RPCError as error:
            if build_id is None and error.status in {RPCStatusCode.NOT_FOUND, *UNSUPPORTED}:
                return
            if error.status not in UNKNOWN_YET:
                raise
            await asyncio.sleep(RETRY_SECONDS)
        else:
            log.info("version.promoted", build_id=build_id)
            return
