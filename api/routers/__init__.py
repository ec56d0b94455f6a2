"""Every router of the app, in the order of the documentation."""

from fastapi import APIRouter

from api.routers import audit, auth, keys, system, users, workspace

ROUTERS: tuple[APIRouter, ...] = (
    auth.router,
    workspace.router,
    users.router,
    keys.router,
    audit.router,
    system.router,
)
