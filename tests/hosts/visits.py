"""What is done in a host site, from an empty directory to its first message."""

import shutil
from pathlib import Path

from tests.hosts import readme
from tests.hosts.environments import Environment, Failed, run

HERE = Path(__file__).parent
PROBE = HERE / "inside" / "probe.py"


def start_project(environment: Environment, site: Path) -> Path:
    """Make a new site in an empty directory; return its settings."""
    empty(site)
    run([environment.directory / "bin" / "django-admin", "startproject", "site_of_someone", "."], cwd=site)
    return site / "site_of_someone" / "settings.py"


def visit_typed(environment: Environment, site: Path) -> str:
    """Check with mypy a site that uses our types; a mistake planted in it must be found."""
    copy("typed", site)
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


def probe(environment: Environment, site: Path, settings: str, **facts: str) -> str:
    """Run the probe in the site; return what it tells."""
    first = site / "first_message.py"
    first.write_text(readme.first_message())
    environment_of_site = {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": str(site), **facts}
    return run([environment.python, PROBE, first], cwd=site, **environment_of_site).strip().splitlines()[-1]


def manage(environment: Environment, site: Path, *arguments: str, **facts: str) -> str:
    """Run a command of the site."""
    return run([environment.python, "manage.py", *arguments], cwd=site, **facts)


def copy(name: str, site: Path) -> None:
    """Copy one of the sites that are kept here."""
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(HERE / "sites" / name, site)


def empty(site: Path) -> None:
    """Make the directory, with nothing in it."""
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
