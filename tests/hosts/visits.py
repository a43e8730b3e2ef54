"""What is done in a host site, from an empty directory to its first message."""

import shutil
from collections.abc import Sequence
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
    """Check with mypy and pyright a site that uses our types; each must find a mistake planted in it."""
    copy("typed", site)
    environment.pip("mypy", "django-stubs[compatible-mypy]", "pyright[nodejs]")
    checkers = {
        "mypy --strict": [environment.python, "-m", "mypy", "--strict", "shop"],
        "pyright": [environment.python, "-m", "pyright", "--pythonpath", environment.python, "shop"],
    }
    for checker in checkers.values():
        run(checker, cwd=site)
    code = site / "shop" / "messages.py"
    code.write_text(code.read_text() + '\n\nsend_message(PHONE, "Text", sendr="Kvitka")\n')
    for name, checker in checkers.items():
        _expect_complaint(name, checker, site)
    return f"{' and '.join(checkers)} are content, and find a mistake."


def _expect_complaint(name: str, checker: Sequence[str | Path], site: Path) -> None:
    try:
        run(checker, cwd=site)
    except Failed as found:
        if "sendr" not in str(found):
            raise
    else:
        raise Failed(f"{name} did not notice a misspelt argument: our types do not reach the site.")


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
