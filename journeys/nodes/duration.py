"""A length of time as people write it: days, hours, minutes, seconds, added up."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator

LONGEST = timedelta(days=1_000)
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Duration(BaseModel):
    """A length of time; at least one second, at most a thousand days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = Field(0, ge=0, description="Added to the others")
    hours: int = Field(0, ge=0, description="Added to the others")
    minutes: int = Field(0, ge=0, description="Added to the others")
    seconds: int = Field(0, ge=0, description="Added to the others")

    @model_validator(mode="after")
    def _is_sensible(self) -> "Duration":
        if not 0 < self.total_seconds <= LONGEST.total_seconds():
            raise ValueError(f"must be from 1 second to {LONGEST.days:,} days")
        return self

    @property
    def total_seconds(self) -> int:
        """All of it in seconds."""
        return self.days * 86_400 + self.hours * 3_600 + self.minutes * 60 + self.seconds


def in_words(seconds: int) -> str:
    """Say a length of time in words: `2 days 12 hours`."""
    words = []
    for unit, length in _UNITS:
        n, seconds = divmod(seconds, length)
        if n:
            words.append(f"{n} {unit}{'s' if n > 1 else ''}")
    return " ".join(words)
