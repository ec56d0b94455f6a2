"""The operating system account of a local server: Postgres refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user and group that a child process drops to."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Make the account the owner of a file or folder."""
        os.chown(path, self.uid, self.gid)

    def can_enter(self, path: Path) -> bool:
        """Answer whether every folder above this path lets the account through."""
        return all(self._passes(parent.stat()) for parent in path.resolve().parents)

    def popen_options(self) -> dict[str, Any]:
        """Return the options of `subprocess` that start a child as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def _passes(self, folder: os.stat_result) -> bool:
        if folder.st_uid == self.uid:
            return bool(folder.st_mode & 0o100)
        if folder.st_gid == self.gid:
            return bool(folder.st_mode & 0o010)
        return bool(folder.st_mode & 0o001)


def account_for(data: Path) -> Account | None:
    """Return the account that root drops to, the data's owner or else a system account; None when not root."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise RuntimeError(
        "Postgres cannot run as root and no account 'postgres' or 'nobody' exists: start as a normal user."
    )
