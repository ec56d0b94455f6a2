"""Every router of the app, in the order of the documentation."""

from fastapi import APIRouter

from api.hooks import tracking, unsubscribe, view
from api.live import socket
from api.routers import (
    audience,
    audit,
    auth,
    connections,
    contacts,
    enrollments,
    find,
    hints,
    imports,
    ingest,
    journeys,
    keys,
    messages,
    palette,
    segments,
    suppressions,
    system,
    templates,
    topics,
    users,
    workspace,
    workspaces,
)

ROUTERS: tuple[APIRouter, ...] = (
    auth.router,
    workspace.router,
    workspaces.router,
    find.router,
    users.router,
    keys.router,
    audit.router,
    journeys.router,
    enrollments.router,
    palette.router,
    hints.router,
    segments.router,
    imports.router,
    audience.router,
    contacts.router,
    suppressions.router,
    templates.router,
    messages.router,
    connections.router,
    topics.router,
    tracking.router,
    unsubscribe.router,
    view.router,
    socket.router,
    ingest.router,
    system.router,
)
