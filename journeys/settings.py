"""One Settings class: everything an operator may set, read from the environment."""

from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Operator settings. An unset URL means that the embedded part is started and its address filled in."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    home: Path = Field(Path(".sojourn"), validation_alias="SOJOURN_HOME")
    host: str = Field("127.0.0.1", validation_alias="SOJOURN_HOST")
    port: int = Field(8000, ge=1, le=65535, validation_alias="SOJOURN_PORT")
    base_url: str | None = Field(None, validation_alias="SOJOURN_BASE_URL")
    secret_key: SecretStr | None = Field(None, validation_alias="SOJOURN_SECRET_KEY")
    reach_inside: str | None = Field(None, validation_alias="SOJOURN_REACH_INSIDE")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="SOJOURN_LOG_LEVEL")

    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    redis_url: str | None = Field(None, validation_alias="REDIS_URL")
    temporal_address: str | None = Field(None, validation_alias="TEMPORAL_ADDRESS")
    temporal_namespace: str = Field("default", validation_alias="TEMPORAL_NAMESPACE")
    temporal_api_key: SecretStr | None = Field(None, validation_alias="TEMPORAL_API_KEY")
    temporal_tls: bool = Field(False, validation_alias="TEMPORAL_TLS")
    temporal_ui_url: str | None = Field(None, validation_alias="TEMPORAL_UI_URL")

    postgres_port: int = Field(0, validation_alias="SOJOURN_PG_PORT")
    valkey_port: int = Field(0, validation_alias="SOJOURN_VALKEY_PORT")
    temporal_port: int = Field(0, validation_alias="SOJOURN_TEMPORAL_PORT")
    temporal_ui_port: int = Field(8233, validation_alias="SOJOURN_TEMPORAL_UI_PORT")

    batch_size: int = Field(5_000, ge=1, le=5_000, validation_alias="SOJOURN_BATCH_SIZE")
    chunk_size: int = Field(1_000, ge=1, le=5_000, validation_alias="SOJOURN_CHUNK_SIZE")
    router_window_seconds: float = Field(0.25, gt=0, le=5, validation_alias="SOJOURN_ROUTER_WINDOW_SECONDS")
    concurrent_stages: int = Field(8, ge=1, le=100, validation_alias="SOJOURN_CONCURRENT_STAGES")
    concurrent_bulk_stages: int = Field(2, ge=1, le=100, validation_alias="SOJOURN_CONCURRENT_BULK_STAGES")
    bulk_niceness: int = Field(19, ge=0, le=19, validation_alias="SOJOURN_BULK_NICENESS")
    events_retain_days: int = Field(400, ge=30, validation_alias="SOJOURN_EVENTS_RETAIN_DAYS")
    refusals_retain_days: float = Field(90, gt=0, validation_alias="SOJOURN_REFUSALS_RETAIN_DAYS")
    dead_events_retain_days: float = Field(90, gt=0, validation_alias="SOJOURN_DEAD_EVENTS_RETAIN_DAYS")
    jobs_retain_days: float = Field(90, gt=0, validation_alias="SOJOURN_JOBS_RETAIN_DAYS")
    files_retain_days: float = Field(7, gt=0, validation_alias="SOJOURN_FILES_RETAIN_DAYS")
    simulations_retain_days: float = Field(90, gt=0, validation_alias="SOJOURN_SIMULATIONS_RETAIN_DAYS")
    answers_retain_days: float = Field(1, gt=0, validation_alias="SOJOURN_ANSWERS_RETAIN_DAYS")

    worker_versions: bool = Field(True, validation_alias="SOJOURN_WORKER_VERSIONS")
    promote: bool = Field(True, validation_alias="SOJOURN_PROMOTE")
    activities: str = Field("", validation_alias="SOJOURN_ACTIVITIES")
    activity_memory_mb: int = Field(512, ge=64, validation_alias="SOJOURN_ACTIVITY_MEMORY_MB")

    @property
    def public_url(self) -> str:
        """Where contacts and browsers reach this installation, without a trailing slash."""
        return (self.base_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def serves_this_machine_only(self) -> bool:
        """Whether nobody else is meant to reach the product: it listens, and says it is found, on this machine."""
        return _is_loopback(self.host) and _is_loopback(urlsplit(self.public_url).hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@lru_cache
def get_settings() -> Settings:
    """Return the process's settings, read once."""
    return Settings()
