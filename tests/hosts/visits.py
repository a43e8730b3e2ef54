"""What is done in each host site, from an empty directory to its first message."""

import shutil
from pathlib import Path

from tests.hosts import readme
from tests.hosts.environments import ROOT, Environment, Failed, run

HERE = Path(__file__).parent
PROBE = HERE / "probe.py"
MARIADB_NAMES = ("viber_host_default", "viber_host_messages")
NEW_DATABASES = "; ".join(
    f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb4" for name in MARIADB_NAMES
)


def visit_fresh(environment: Environment, site: Path) -> str:
    """Make a site with ``startproject``, follow the README to the letter, and run the examples of its tests."""
    _empty(site)
    run([environment.directory / "bin" / "django-admin", "startproject", "site_of_someone", "."], cwd=site)
    settings = site / "site_of_someone" / "settings.py"
    settings.write_text(settings.read_text() + "\n" + readme.settings())
    shutil.copytree(ROOT / "tests" / "examples", site / "tests" / "examples")
    (site / "tests" / "__init__.py").touch()
    _manage(environment, site, "migrate", "-v", "0")
    module = "site_of_someone.settings"
    told = _check_and_probe(environment, site, module)
    _manage(environment, site, "test", "tests.examples.test_with_unittest")
    run([environment.python, "-m", "pytest", "-q", "tests"], cwd=site, DJANGO_SETTINGS_MODULE=module)
    return told


def visit_decade(environment: Environment, site: Path, *, database: str = "sqlite") -> str:
    """Bring a site of ten years to its first message."""
    _empty(site)
    site.rmdir()
    shutil.copytree(HERE / "sites" / "decade", site)
    environment.pip("celery>=5.4", *(["mysqlclient>=2.2.1"] if database == "mariadb" else []))
    if database == "mariadb":
        _make_mariadb(environment, site)
    facts = {"HOST_DATABASE": database, "HOST_ADMIN": "backoffice"}
    _manage(environment, site, "makemigrations", "people", "shop", "-v", "0", **facts)
    for alias in ("default", "messages"):
        _manage(environment, site, "migrate", "--database", alias, "-v", "0", **facts)
    _manage(environment, site, "collectstatic", "--noinput", "-v", "0", **facts)
    told = _check_and_probe(environment, site, "config.settings.production", **facts)
    run([environment.python, "-m", "pytest", "-q"], cwd=site, **facts)
    return told


def visit_typed(environment: Environment, site: Path) -> str:
    """Check with mypy a site that uses our types; a mistake planted in it must be found."""
    _empty(site)
    site.rmdir()
    shutil.copytree(HERE / "sites" / "typed", site)
    environment.pip("mypy", "django-stubs[compatible-mypy]")
    mypy = [environment.python, "-m", "mypy", "--strict", "shop"]
    run(mypy, cwd=site)
    code = site / "shop" / "messages.py"
    code.write_text(code.read_text() + '\n\nsend_message(PHONE, "Text", sendr="Kvitka")\n')
    try:
        run(mypy, cwd=site)
    except Failed as found:
        if "sendr" in str(found):
            return "mypy --strict is content, and finds a mistake."
        raise
    raise Failed("mypy did not notice a misspelt argument: our types do not reach the site.")


def _check_and_probe(environment: Environment, site: Path, settings: str, **facts: str) -> str:
    _manage(environment, site, "makemigrations", "--check", "--dry-run", **facts)
    _manage(environment, site, "check", "--deploy", "--tag", "viber_messaging", **facts)  # ours: Django has its own
    first = site / "first_message.py"
    first.write_text(readme.first_message())
    environment_of_site = {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": str(site), **facts}
    return run([environment.python, PROBE, first], cwd=site, **environment_of_site).strip()


def _manage(environment: Environment, site: Path, *arguments: str, **facts: str) -> str:
    return run([environment.python, "manage.py", *arguments], cwd=site, **facts)


def _make_mariadb(environment: Environment, site: Path) -> None:
    code = f"import MySQLdb; MySQLdb.connect(host='127.0.0.1', user='root').query({NEW_DATABASES!r})"
    run([environment.python, "-c", code.replace("connect(", "connect(client_flag=65536, ")], cwd=site)


def _empty(site: Path) -> None:
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
