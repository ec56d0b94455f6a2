"""Which loopback port a local server listens on."""

import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


class PortTaken(RuntimeError):
    """The port that was asked for belongs to another process."""

    def __init__(self, port: int, purpose: str, setting: str) -> None:
        super().__init__(
            f"Port {port} for {purpose} is taken by another program: stop it, or choose another port with {setting}."
        )


def is_free(port: int) -> bool:
    """Answer whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def find_free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def choose_port(remembered: Path) -> int:
    """Return the port used last time if it is still free, else a new one, and remember it."""
    try:
        port = int(remembered.read_text())
    except (FileNotFoundError, ValueError):
        port = 0
    if not port or not is_free(port):
        port = find_free_port()
    remembered.write_text(f"{port}\n")
    return port
