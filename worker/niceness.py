"""Stand back from other processes on the machine: this process, and what its database connections do in Postgres."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import psutil
from sqlalchemy import make_url

from worker.embedded.ports import LOOPBACK

NICENESS = 10
SESSION = Path("/proc/self/autogroup")
"""Where Linux weighs whole sessions against each other, and a process only within its own."""


def stand_back(database_url: str) -> Callable[[int], None] | None:
    """Lower this process's priority; return what does the same for a database session, or None when it is elsewhere."""
    niceness = os.nice(NICENESS)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # a kernel that does not group sessions
            SESSION.write_text(str(niceness))

    def lower(pid: int) -> None:
        try:
            session = psutil.Process(pid)
            # A server in a container counts its processes for itself: one of ours may have the same number.
            if session.name() == "postgres" and session.nice() < niceness:
                session.nice(niceness)
        except psutil.Error:  # not ours to change
            return

    return lower if make_url(database_url).host in (LOOPBACK, "localhost") else None
