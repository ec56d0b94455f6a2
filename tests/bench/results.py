"""What a measurement found, per contact."""

from dataclasses import dataclass, field

from tests.bench.processes import Usage


@dataclass(frozen=True)
class Footprint:
    """What contacts left behind, each: history events and bytes, rows and bytes in Postgres; bytes of Temporal's file."""

    history_events: float = 0
    history_bytes: float = 0
    temporal_file_bytes: float = 0
    rows: float = 0
    postgres_bytes: float = 0


@dataclass(frozen=True)
class Measured:
    """One way of carrying so many contacts through the journey."""

    name: str
    contacts: int
    usage: Usage
    footprint: Footprint = field(default_factory=Footprint)

    @property
    def per_second(self) -> float:
        """Return contacts a second, from the first entry to the last end."""
        return self.contacts / self.usage.seconds

    @property
    def cpu_us(self) -> dict[str, float]:
        """Return microseconds of CPU per contact, by group."""
        return {name: seconds / self.contacts * 1e6 for name, seconds in self.usage.cpu.items()}

    @property
    def total_cpu_us(self) -> float:
        """Return microseconds of CPU per contact in all processes."""
        return sum(self.cpu_us.values())

    def __str__(self) -> str:
        groups = "  ".join(f"{name} {us:,.0f}" for name, us in self.cpu_us.items() if us >= 0.5)
        print_ = self.footprint
        return (
            f"{self.name:34} {self.contacts:9,} contacts {self.per_second:10,.1f}/s  CPU {self.total_cpu_us:9,.0f} us ({groups})"
            f"  history {print_.history_events:.2f} events {print_.history_bytes:,.0f} B"
            f"  Postgres {print_.rows:.1f} rows {print_.postgres_bytes:,.0f} B"
            f"  peak {self.usage.peak_bytes / 1e6:,.0f} MB  strangers {self.usage.strangers:.2f} cores"
        )
