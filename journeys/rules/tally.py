"""Count once what many rules ask of the same few contacts: one pass over their events, one column per question."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Source = Literal["events", "contact_event_stats"]
_ALIASES: dict[Source, str] = {"events": "tallied", "contact_event_stats": "totalled"}
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass
class Tally:
    """Aggregates over the events and roll-ups (both `v`) of each contact; equal ones share a column."""

    columns: dict[Source, dict[str, str]] = field(default_factory=lambda: {"events": {}, "contact_event_stats": {}})
    names: dict[str, None] = field(default_factory=dict)
    """Placeholders of the event names asked for; other events need not be read."""

    oldest: datetime | None = LATEST
    """The earliest time that any question reaches back to, so that older partitions need not be opened; None: any."""

    def column(self, source: Source, aggregate: str, name: str, since: datetime | None) -> str:
        """Return the column that will hold an aggregate over the events with this name since then (None: ever)."""
        columns = self.columns[source]
        self.names[name] = None
        if source == "events":
            self.oldest = min(self.oldest, since) if self.oldest and since else None
        return f"{_ALIASES[source]}.{columns.setdefault(aggregate, f'n{len(columns)}')}"

    def joins(self, workspace_id: str, contact_ids: str) -> str:
        """Return the joins that add the columns to contacts `c`; both arguments are placeholders."""
        return "".join(
            f"""
            LEFT JOIN (
                SELECT v.contact_id, {", ".join(f"{aggregate} AS {column}" for aggregate, column in columns.items())}
                FROM {source} v
                WHERE v.workspace_id = {workspace_id} AND v.contact_id = ANY({contact_ids})
                  AND v.name IN ({", ".join(self.names)}){self._after(source)}
                GROUP BY v.contact_id OFFSET 0) {_ALIASES[source]} ON {_ALIASES[source]}.contact_id = c.id"""
            for source, columns in self.columns.items()
            if columns
        )

    def _after(self, source: Source) -> str:
        if source != "events" or self.oldest is None:
            return ""
        return f" AND v.occurred_at > CAST('{self.oldest.isoformat()}' AS timestamptz)"
