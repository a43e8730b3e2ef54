"""The database servers of this machine: empty databases for the host sites, and their settings."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.hosts.environments import Environment, find_server, run


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One that lets us make databases."""

    url: str
    engine: str
    driver: str
    """What pip installs."""
    connect: str
    """Python that makes a connection of ``host``, ``port`` and ``user``."""
    suffix: str = ""
    """How its databases are made."""

    def settings_of(self, name: str) -> str:
        """Return the lines of a site's settings that put its default database there."""
        address = urlsplit(self.url)
        place = {"HOST": address.hostname, "PORT": str(address.port or ""), "USER": address.username}
        return f'DATABASES["default"] = { ({"ENGINE": self.engine, "NAME": name} | place)!r}'

    def make_empty(self, environment: Environment, site: Path, *names: str) -> None:
        """Install the driver, and make these databases anew. Raises Missing where nobody listens."""
        address = find_server(self.url)
        environment.pip(self.driver)
        lines = [f"host, port, user = {address.hostname!r}, {address.port!r}, {address.username!r}"]
        lines.append(f"cursor = {self.connect}.cursor()")
        for name in names:
            lines.append(f'cursor.execute("DROP DATABASE IF EXISTS {name}")')
            lines.append(f'cursor.execute("CREATE DATABASE {name} {self.suffix}")')
        run([environment.python, "-c", "\n".join(lines)], cwd=site)


POSTGRESQL = Server(
    url=os.environ.get("POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432"),
    engine="django.db.backends.postgresql",
    driver="psycopg[binary]>=3.2",
    connect='__import__("psycopg").connect(host=host, port=port, user=user, autocommit=True)',
)
MARIADB = Server(
    url=os.environ.get("MARIADB_URL", "mysql://root@127.0.0.1:3306"),
    engine="django.db.backends.mysql",
    driver="mysqlclient>=2.2.1",
    connect='__import__("MySQLdb").connect(host=host, port=port, user=user)',
    suffix="CHARACTER SET utf8mb4",
)
