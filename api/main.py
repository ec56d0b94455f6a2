"""The app: routers, errors and middleware put together, and the web app beside them."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse

from api.body_limit import BodyLimit
from api.errors import add_error_handlers
from api.lifespan import lifespan
from api.middleware import Surroundings
from api.routers import ROUTERS
from api.routers.system import product_version
from api.schemas.base import Problem
from api.web import WebApp
from journeys.settings import Settings, get_settings

BODY_LIMIT = 1_000_000
_PROBLEM = {"model": Problem, "content": {"application/problem+json": {}}}
_DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net;"
    " style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; img-src 'self' data: https://fastapi.tiangolo.com"
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the app; it connects when it starts."""
    settings = settings or get_settings()
    app = FastAPI(
        title="Sojourn",
        version=product_version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        responses={"4XX": _PROBLEM},
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.settings = settings
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(BodyLimit, max_body_size=BODY_LIMIT)
    app.add_middleware(Surroundings)
    add_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.mount("/", WebApp(), name="web")
    return app


async def _docs() -> HTMLResponse:
    """Show the API's description."""
    page = get_swagger_ui_html(openapi_url="/openapi.json", title="Sojourn API")
    page.headers["Content-Security-Policy"] = _DOCS_POLICY
    return page
