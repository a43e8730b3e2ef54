"""How the documentation is built: ``python -m sphinx -W -b html docs build/docs``."""

import os
import sys
from importlib import metadata
from pathlib import Path

import django
from django.utils.translation import override

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
sys.path.insert(0, str(Path(__file__).parents[1]))
django.setup()

from viber_messaging import log_facts, wording  # noqa: E402

project = "django-viber-messaging"
author = project_copyright = "The django-viber-messaging authors"
release = metadata.version("django-viber-messaging")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "substitution"]
myst_heading_anchors = 3
exclude_patterns = ["deploy/*.md"]

html_theme = "furo"
html_title = "django-viber-messaging"
html_static_path = ["_static"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
nitpicky = False


def table_of(explanations):
    """Return a Markdown table of the gateway's numbers in the words that the admin uses."""
    with override("en"):
        rows = [f"| {int(code)} | `{code.name}` | {e.meaning} | {e.advice} |" for code, e in explanations.items()]
    return "\n".join(["| code | name | what it means | what to do |", "|---|---|---|---|", *rows])


myst_substitutions = {
    "log_facts": "\n".join(f"- `{log_facts.PREFIX}{name}`: {told}" for name, told in log_facts.FACTS.items()),
    "message_codes": table_of(wording.MESSAGE_CODES),
    "request_codes": table_of(wording.REQUEST_CODES),
}
