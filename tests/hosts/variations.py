"""The fresh site with one thing otherwise, each a few lines of its settings."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosts import readme, servers
from tests.hosts.environments import Environment
from tests.hosts.visits import HERE, manage, probe, start_project

DECADE = HERE / "sites" / "decade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """What makes a site other than ``startproject`` does."""

    settings: str = ""
    """Added to the README's."""
    urls: str = ""
    """Added to ``urls.py``."""
    borrowed: tuple[str, ...] = ()
    """Files and packages of the site of ten years."""
    env_file: str = ""
    """What stands in ``.env``."""
    environment: Mapping[str, str] = field(default_factory=dict)
    readme: bool = True
    """Whether the README's settings are followed."""
    server: servers.Server | None = None


_TWO_DATABASES = """
DATABASES["messages"] = DATABASES["default"] | {"NAME": BASE_DIR / "messages.sqlite3"}
DATABASE_ROUTERS = ["config.routers.MessagesRouter"]
"""

_I18N_PATTERNS = """
from django.conf.urls.i18n import i18n_patterns

urlpatterns = i18n_patterns(path("office/", admin.site.urls))
"""

_LOCALES = """
MIDDLEWARE.insert(2, "django.middleware.locale.LocaleMiddleware")
LANGUAGES, LANGUAGE_CODE = [("uk", "Українська"), ("en", "English")], "uk"
"""

_FROM_ENVIRONMENT = """
from viber_messaging.conf import settings_from_env

DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
INSTALLED_APPS += ["import_export", "viber_messaging"]
VIBER_MESSAGING = settings_from_env(BASE_DIR / ".env")
"""

_NOTHING = """
INSTALLED_APPS += ["import_export", "viber_messaging"]
"""

VARIATIONS: Mapping[str, Variation] = {
    "uuid-user": Variation(
        settings='INSTALLED_APPS += ["people"]\nAUTH_USER_MODEL = "people.Person"', borrowed=("people",)
    ),
    "two-databases": Variation(settings=_TWO_DATABASES, borrowed=("config/routers.py",)),
    "atomic-requests": Variation(settings='DATABASES["default"]["ATOMIC_REQUESTS"] = True'),
    "without-time-zones": Variation(
        settings='USE_TZ, TIME_ZONE = False, "Europe/Kyiv"', environment={"HOST_WARNED_OF": "viber_messaging.W008"}
    ),
    "other-auto-field": Variation(settings='DEFAULT_AUTO_FIELD = "django.db.models.SmallAutoField"'),
    "i18n-patterns": Variation(settings=_LOCALES, urls=_I18N_PATTERNS),
    "namespaced-admin": Variation(
        settings='INSTALLED_APPS[INSTALLED_APPS.index("django.contrib.admin")] = "config.office.OfficeConfig"',
        borrowed=("config/office.py",),
        environment={"HOST_ADMIN": "backoffice"},
    ),
    "postgresql": Variation(server=servers.POSTGRESQL),
    "mariadb": Variation(server=servers.MARIADB),
    "environment": Variation(
        settings=_FROM_ENVIRONMENT,
        readme=False,
        env_file="VIBER_API_KEY=the-key\nVIBER_DISPATCH=celery\nVIBER_PACKAGE_SIZE=2\n",
        environment={"VIBER_DISPATCH": "worker"},  # which wins over the file
    ),
    "nothing-configured": Variation(settings=_NOTHING, readme=False),
}


def visit_variation(environment: Environment, site: Path, *, variation: Variation) -> str:
    """Make the site, all of it in one process after ``startproject``."""
    settings = start_project(environment, site)
    lines = [settings.read_text(), readme.settings() if variation.readme else "", variation.settings]
    if variation.server is not None:
        lines.append(variation.server.settings_of("viber_host"))
        variation.server.make_empty(environment, site, "viber_host")
    settings.write_text("\n".join(lines))
    (site / ".env").write_text(variation.env_file)
    for borrowed in variation.borrowed:
        _borrow(borrowed, site)
    urls = settings.with_name("urls.py")
    urls.write_text(urls.read_text() + variation.urls)
    if "people" in variation.borrowed:
        manage(environment, site, "makemigrations", "people", "-v", "0", **variation.environment)
    return probe(environment, site, f"{settings.parent.name}.settings", **variation.environment)


def _borrow(name: str, site: Path) -> None:
    source, target = DECADE / name, site / name
    target.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
