"""Stand back from other processes on the machine: this process, and what its database connections do in Postgres."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from sqlalchemy import make_url

from worker.embedded.ports import LOOPBACK

TRIES, TRY_AGAIN_SECONDS = 50, 0.1


def stand_back(database_url: str, by: int) -> Callable[[int], None] | None:
    """Lower this process's priority by 0 to 19; return what does so for a database session, or None when it is elsewhere."""
    niceness = os.nice(by)
    if os.getsid(0) == os.getpid():
        _lower_group(os.getpid(), niceness)

    def lower(pid: int) -> None:
        try:
            session = psutil.Process(pid)
            # A server in a container counts its processes for itself: one of ours may have the same number.
            if session.name() == "postgres" and session.nice() < niceness:
                session.nice(niceness)
                threading.Thread(target=_lower_group, args=(pid, niceness), daemon=True).start()
        except psutil.Error:  # not ours to change
            return

    return lower if make_url(database_url).host in (LOOPBACK, "localhost") else None


def group_of(pid: int) -> Path:
    """Return where Linux weighs a whole session of processes against others, and each process only within its own.

    Whatever serves a connection to Postgres leads a session of its own.
    """
    return Path(f"/proc/{pid}/autogroup")


def _lower_group(pid: int, niceness: int) -> None:
    for _ in range(TRIES):
        try:
            group_of(pid).write_text(str(niceness))
        except BlockingIOError:  # of all who are not root, the kernel takes ten a second
            time.sleep(TRY_AGAIN_SECONDS)
        except OSError:  # a kernel that does not group sessions, or a process that is gone
            return
        else:
            return
