"""A Chromium for the browser tests: one that is here, or on a Debian machine as root, a fresh one."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
INSTALL = ("apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation")


def find_chromium() -> str | None:
    """Return the path of a browser, installing one where that is the custom; None when there is none."""
    return _present() or (_present() if _install() else None)


def _present() -> str | None:
    named = os.environ.get("CHROMIUM_PATH")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> bool:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("apt-get", "update"), INSTALL):
        if subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        ).returncode:
            return False
    return True
