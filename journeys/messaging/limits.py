"""What holds marketing mail back beyond consent: quiet hours, frequency caps, holdouts. All times are the contact's own."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

DEFAULT_PRIORITY = 50
LocalTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Percent = Annotated[float, Field(ge=0, le=50)]


class _Limit(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuietHours(_Limit):
    """No mail from `start` until `end`, local time; from a later `start` to an earlier `end` it runs overnight."""

    start: LocalTime = "21:00"
    end: LocalTime = "08:00"

    @model_validator(mode="after")
    def _spans_some_time(self) -> "QuietHours":
        if self.start == self.end:
            raise ValueError("quiet hours start and end at different times")
        return self


class Cap(_Limit):
    """At most `limit` marketing mails per calendar day or week (from Monday); with a `tag`, only of mails that have it."""

    channel: Literal["email"] = "email"
    tag: str | None = Field(None, min_length=1, max_length=50)
    limit: int = Field(ge=1, le=1_000)
    per: Literal["day", "week"] = "day"


class WorkspaceLimits(BaseModel):
    """What a workspace sets for all its journeys. Source: `workspaces.settings`, which holds more than this."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    quiet_hours: QuietHours | None = None
    caps: tuple[Cap, ...] = ()
    holdout_percent: Percent = 0
    max_journeys: int | None = Field(None, ge=1, le=100)


def quiet_until(quiet: QuietHours, zone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours end in which this moment falls for someone in a zone, or None when it is in none."""
    tz = _zone(zone)
    local = now.astimezone(tz)
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    clock = local.time().replace(tzinfo=None)
    overnight = start > end
    inside = (clock >= start or clock < end) if overnight else start <= clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1) if overnight and clock >= start else local.date()
    return _after(datetime.combine(day, end, tz).astimezone(UTC), now)


def period(per: Literal["day", "week"], zone: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the start and end of the calendar day, or week from Monday, that someone in a zone is in."""
    tz = _zone(zone)
    today = now.astimezone(tz).date()
    first = today if per == "day" else today - timedelta(days=today.weekday())
    after = first + timedelta(days=1 if per == "day" else 7)
    start, end = (datetime.combine(day, time.min, tz).astimezone(UTC) for day in (first, after))
    return start, _after(end, now)


def _after(at: datetime, now: datetime) -> datetime:
    """Return a time that lies ahead: a clock that is set back meets the same local time twice."""
    return at if at > now else now + timedelta(minutes=1)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


_RANGE = 2**32


def holdout_draw(salt: str, address: str) -> float:
    """Return the draw of an address for a holdout: two contacts with one address are in or out together."""
    digest = hashlib.md5(f"{salt}:{address}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) / _RANGE


def _draw_sql(salt: str) -> str:
    return (
        f"(CAST(CAST('x' || left(md5(:{salt} || ':' || c.email), 8) AS bit(32)) AS bigint) / CAST({_RANGE} AS float8))"
    )


class Guard(BaseModel):
    """The limits that one marketing mail meets, as SQL for its claim (see ledger.py) over contact `c` and member `m`."""

    model_config = ConfigDict(frozen=True)

    quiet_hours: QuietHours | None = None
    caps: tuple[Cap, ...] = ()
    holdouts: tuple[tuple[str, float], ...] = ()
    """Salts and shares in [0, 1)."""
    if_capped: Literal["skip", "wait"] = "skip"
    patience: timedelta = timedelta(days=3)
    """How long after its first try a capped mail may still wait for room."""
    priority: int = DEFAULT_PRIORITY
    workspace_zone: str = "UTC"

    @property
    def needs_zones(self) -> bool:
        """Say whether the contacts' time zones matter."""
        return self.quiet_hours is not None or bool(self.caps)

    def reason_sql(self) -> str:
        """Return further WHENs of the claim's reason."""
        whens = [f"WHEN {_draw_sql(f'holdout{n}')} < :share{n} THEN 'held_out'" for n in range(len(self.holdouts))]
        if self.quiet_hours:
            whens.append("WHEN z.quiet_until IS NOT NULL THEN 'quiet_hours'")
        whens += [f"WHEN {self._is_reached(n)} THEN 'capped'" for n in range(len(self.caps))]
        return " ".join(whens)

    def due_sql(self, first_tried: str) -> str:
        """Return when a mail that is held back is tried again; NULL where it is not. Quiet hours come before caps."""
        held_out = "".join(
            f" WHEN {_draw_sql(f'holdout{n}')} < :share{n} THEN CAST(NULL AS timestamptz)"
            for n in range(len(self.holdouts))
        )
        whens = [held_out]
        if self.quiet_hours:
            whens.append("WHEN z.quiet_until IS NOT NULL THEN z.quiet_until")
        if self.if_capped == "wait":
            for n, cap in enumerate(self.caps):
                in_time = f"z.{cap.per}_end <= {first_tried} + CAST(:patience AS interval)"
                whens.append(f"WHEN {self._is_reached(n)} THEN CASE WHEN {in_time} THEN z.{cap.per}_end END")
        body = " ".join(filter(None, whens))
        return f"CASE {body} END" if body else "CAST(NULL AS timestamptz)"

    def join_sql(self) -> str:
        """Return the join that gives each contact's local times; those of the workspace to who just moved elsewhere."""
        if not self.needs_zones:
            return ""
        return """
            LEFT JOIN jsonb_to_recordset(CAST(:zones AS jsonb)) AS z(zone text, quiet_until timestamptz,
                day_start timestamptz, day_end timestamptz, week_start timestamptz, week_end timestamptz)
              ON z.zone = CASE WHEN c.time_zone = ANY(CAST(:zone_names AS text[])) THEN c.time_zone
                               ELSE :workspace_zone END"""

    def params(self) -> dict[str, Any]:
        """Return what the SQL binds, but for `zones`."""
        values: dict[str, Any] = {"workspace_zone": self.workspace_zone} if self.needs_zones else {}
        for n, (salt, share) in enumerate(self.holdouts):
            values |= {f"holdout{n}": salt, f"share{n}": share}
        for n, cap in enumerate(self.caps):
            values |= {f"limit{n}": cap.limit, f"tag{n}": cap.tag} if cap.tag else {f"limit{n}": cap.limit}
        if self.caps:
            values["priority"] = self.priority
            if self.if_capped == "wait":
                values["patience"] = self.patience
        return values

    def zone_rows(self, zones: Sequence[str], now: datetime) -> list[dict[str, Any]]:
        """Return the local times of each zone, and of the workspace's, as rows of the join."""
        rows = []
        for zone in {*zones, self.workspace_zone}:
            day, week = period("day", zone, now), period("week", zone, now)
            rows.append(
                {
                    "zone": zone,
                    "quiet_until": quiet_until(self.quiet_hours, zone, now) if self.quiet_hours else None,
                    "day_start": day[0],
                    "day_end": day[1],
                    "week_start": week[0],
                    "week_end": week[1],
                }
            )
        return rows

    def _is_reached(self, n: int) -> str:
        """Return whether a cap leaves no room. Mails of a higher priority that are held back keep their place."""
        cap = self.caps[n]
        tag = f" AND x.tag = :tag{n}" if cap.tag else ""
        return f"""
            (SELECT count(*) FROM messages x WHERE x.contact_id = m.contact_id AND x.category = 'marketing'{tag}
               AND x.queued_at >= z.{cap.per}_start - interval '15 days'
               AND CASE WHEN x.state IN ('sent', 'delivered', 'bounced', 'unknown')
                             THEN coalesce(x.sent_at, x.queued_at) >= z.{cap.per}_start
                        WHEN x.state = 'sending' THEN x.enrollment_id <> m.id OR x.node_id <> :node_id
                        WHEN x.state = 'deferred' THEN x.priority > :priority AND x.due_at < z.{cap.per}_end
                        ELSE false END)
            + m.nth >= :limit{n}"""
