"""Table: a workspace's connections to vendors, secrets sealed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import WorkspaceRow


class Connection(WorkspaceRow):
    """A workspace's account at a vendor. `sealed` holds the secrets, encrypted (connectors/secrets.py)."""

    __tablename__ = "connections"
    __table_args__ = (
        Index("uq_connections_workspace_id_name", "workspace_id", "name", unique=True),
        Index("uq_connections_default_mail", "workspace_id", unique=True, postgresql_where=text("default_mail")),
    )
    connector: Mapped[str]
    name: Mapped[str]
    config: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    default_mail: Mapped[bool] = mapped_column(server_default=text("false"))
    disabled_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
