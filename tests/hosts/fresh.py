"""A new site that follows the README to the letter."""

import shutil
from pathlib import Path

from tests.hosts import readme
from tests.hosts.environments import ROOT, Environment, run
from tests.hosts.visits import manage, probe, start_project


def visit_fresh(environment: Environment, site: Path) -> str:
    """Make a site with ``startproject``, follow the README, and run the examples of its tests."""
    settings = start_project(environment, site)
    settings.write_text(settings.read_text() + "\n" + readme.settings())
    shutil.copytree(ROOT / "tests" / "examples", site / "tests" / "examples")
    (site / "tests" / "__init__.py").touch()
    manage(environment, site, "migrate", "-v", "0")
    manage(environment, site, "check", "--deploy", "--tag", "viber_messaging")  # ours: Django has its own
    module = f"{settings.parent.name}.settings"
    told = probe(environment, site, module, HOST_MIGRATED="yes")
    manage(environment, site, "test", "tests.examples.test_with_unittest")
    run([environment.python, "-m", "pytest", "-q", "tests"], cwd=site, DJANGO_SETTINGS_MODULE=module)
    return told
