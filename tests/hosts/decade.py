"""The site of ten years: split settings, UUID users, two databases, Celery, its own admin, all at once."""

import os
import signal
from pathlib import Path

from tests.hosts import servers
from tests.hosts.environments import Environment, find_server, run
from tests.hosts.terminals import free_port, terminal, wait_until
from tests.hosts.visits import copy, manage, probe

DATABASES = {"default": "viber_host_default", "messages": "viber_host_messages"}
BROKER = os.environ.get("CELERY_BROKER", "redis://127.0.0.1:6379/9")
WARNED_OF = "viber_messaging.W008 viber_messaging.W003"
"""Of its local times; and, once the stand-in is there, of an address that leads to this machine."""

TELL = """
from django.contrib.auth import get_user_model
from shop.models import Order
customer = get_user_model().objects.create_user("olena", viber_phone="097 123-45-67")
print(Order.objects.create(customer=customer).tell_customer().state)
"""
LOOK = "from viber_messaging.models import Message; print(Message.objects.get().state)"


def visit_decade(environment: Environment, site: Path, *, database: str = "sqlite") -> str:
    """Bring it to its first message, by its own commands, and run the tests that it had."""
    facts = _set_up(environment, site, database)
    manage(environment, site, "collectstatic", "--noinput", "-v", "0", **facts)
    manage(environment, site, "check", "--deploy", "--tag", "viber_messaging", **facts)
    told = probe(environment, site, "config.settings.production", **facts)
    run([environment.python, "-m", "pytest", "-q"], cwd=site, **facts)
    return told


def visit_with_celery(environment: Environment, site: Path) -> str:
    """Send its first message on MariaDB by a real worker of Celery, whose broker stands in ``CELERY_BROKER``."""
    find_server(BROKER)
    port = free_port()
    gateway = {"HOST_BROKER": BROKER, "HOST_GATEWAY": f"http://127.0.0.1:{port}/api/xml.php"}
    facts = _set_up(environment, site, "mariadb") | gateway
    python = str(environment.python)
    celery = [python, "-m", "celery", "-A", "config", "worker", "-c", "1", "-l", "ERROR"]
    with (
        terminal([python, "manage.py", "viber_sandbox", "--port", str(port)], site, facts),
        terminal(celery, site, facts, end=signal.SIGTERM),
    ):
        assert manage(environment, site, "shell", "-v", "0", "-c", TELL, **facts).strip() == "queued"
        wait_until(lambda: _state(environment, site, facts) in {"accepted", "delivered"}, "Celery sent it")
    return "a worker of Celery sent what the site had queued."


def _set_up(environment: Environment, site: Path, database: str) -> dict[str, str]:
    """Copy the site, and migrate both of its databases; return its variables."""
    copy("decade", site)
    environment.pip("celery[redis]>=5.4")
    if database == "mariadb":
        servers.MARIADB.make_empty(environment, site, *DATABASES.values())
    facts = {"HOST_DATABASE": database, "HOST_ADMIN": "backoffice", "HOST_MIGRATED": "yes", "HOST_WARNED_OF": WARNED_OF}
    manage(environment, site, "makemigrations", "people", "shop", "-v", "0", **facts)
    for alias in DATABASES:
        manage(environment, site, "migrate", "--database", alias, "-v", "0", **facts)
    return facts


def _state(environment: Environment, site: Path, facts: dict[str, str]) -> str:
    return manage(environment, site, "shell", "-v", "0", "-c", LOOK, **facts).strip()
