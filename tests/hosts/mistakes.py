"""A site with everything wrong: one run of ``check --deploy`` tells it all, each with its id and what to do."""

import re
from pathlib import Path

from tests.hosts.environments import Environment, Failed
from tests.hosts.visits import manage, start_project

SETTINGS = """
INSTALLED_APPS += ["viber_messaging"]
USE_TZ = False
VIBER_MESSAGING = {
    "API_KEY": "the key\\n",
    "API_URL": "http://gateway.example/api/xml.php?key=x",
    "DISPATCH": "celry",
    "PACKAGE_SISE": 10,
    "MAX_ATTEMPTS": 0,
    "TIME_ZONE": "Europe/Kiew",
    "DEFAULT_REGION": "UKR",
    "READ_TIMEOUT": 90,
    "CLAIM_TIMEOUT": 40,
    "RESEND_WINDOW": 20,
    "GATEWAY": "shop.gateways.Gateway",
    "RECIPIENT_RESOLVER": "math.pi",
}
"""
ERRORS = frozenset({"E004", "E005", "E006", "E007", "E011", "E012", "E014", "E015", "E018", "E019"})
WARNINGS = frozenset({"W002", "W004", "W005", "W007", "W008", "W011"})
TOLD = ERRORS | WARNINGS
COMPLAINT = re.compile(r"\(viber_messaging\.([EW]\d+)\) .+\n\tHINT: .+")


def visit_mistakes(environment: Environment, site: Path) -> str:
    """Make the site, and compare what is told with what is wrong."""
    settings = start_project(environment, site)
    settings.write_text(settings.read_text() + SETTINGS)
    try:
        manage(environment, site, "check", "--deploy")
    except Failed as failure:
        told = frozenset(COMPLAINT.findall(str(failure)))
        if told == TOLD:
            return f"{len(TOLD)} kinds of mistakes told in one run, each with what to do."
        raise Failed(
            f"Not told with a hint: {sorted(TOLD - told)}; besides: {sorted(told - TOLD)}.\n{failure}"
        ) from None
    raise Failed("The checks found nothing wrong.")
