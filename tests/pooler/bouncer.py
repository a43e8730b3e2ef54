"""PgBouncer in transaction pooling, on a free port of this machine, in front of PostgreSQL."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.processes import HANG_SECONDS

POSTGRESQL = os.environ.get("POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432")

CONFIGURATION = """\
[databases]
* = {server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
; Each transaction gets the connection that rested longest: what is left on one is missing on the next, every time.
server_round_robin = 1
min_pool_size = 3
default_pool_size = 6
max_client_conn = 200
"""


def program() -> str | None:
    """Return where PgBouncer is; None on a machine without it."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def bouncer(folder: Path) -> Iterator[str]:
    """Run it; yield the address of PostgreSQL behind it, to which a database's name is added."""
    port, ini, log = _free_port(), folder / "pgbouncer.ini", folder / "pgbouncer.log"
    ini.write_text(CONFIGURATION.format(server=_server(), port=port))
    with log.open("wb") as output:
        process = subprocess.Popen([*_command(), str(ini)], stdout=output, stderr=output, cwd=folder)
    try:
        _wait_for(port, process, log)
        yield f"postgres://pooled@127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=HANG_SECONDS)


def _command() -> list[str]:
    """It does not run as root; it reads its configuration before it becomes somebody else."""
    return [str(program()), *(["--user=nobody"] if os.geteuid() == 0 else [])]


def _server() -> str:
    address = urlsplit(POSTGRESQL)
    words = {"host": address.hostname, "port": address.port or 5432, "user": address.username or "postgres"}
    return " ".join(f"{name}={value}" for name, value in (words | _password(address.password)).items())


def _password(password: str | None) -> dict[str, str]:
    return {"password": f"'{password}'"} if password else {}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + HANG_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"PgBouncer did not start: {log.read_text(errors='replace')}")
