"""How the documentation is built: ``python -m sphinx -W -b html docs build/docs``."""

import inspect
import os
import re
import sys
from importlib import metadata
from pathlib import Path

import django
from django.utils.translation import override

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
sys.path.insert(0, str(Path(__file__).parents[1]))
django.setup()

from viber_messaging import checks  # noqa: E402
from viber_messaging.checks.messages import COMPLAINTS, TAG  # noqa: E402
from viber_messaging.logs import facts  # noqa: E402
from viber_messaging.models import (  # noqa: E402
    Campaign,
    ConsentChange,
    Message,
    Recipient,
    RecipientGroup,
    SendAttempt,
    Sender,
)
from viber_messaging.statistics import FIGURES  # noqa: E402
from viber_messaging.words import explanations as words  # noqa: E402

SHOWN = (Message, SendAttempt, Recipient, RecipientGroup, Sender, Campaign, ConsentChange)
UNSEEN = frozenset({"claim_token"})

project = "django-viber-messaging"
author = project_copyright = "The django-viber-messaging authors"
release = metadata.version("django-viber-messaging")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "substitution"]
myst_heading_anchors = 3
exclude_patterns = ["deploy/*.md"]

html_theme = "furo"
html_title = "django-viber-messaging"
html_static_path = ["_static"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
nitpicky = False
smartquotes = False  # what is shown is to be copied


def table_of(explanations):
    """Return a Markdown table of the gateway's codes in the words that the admin uses."""
    with override("en"):
        rows = [f"| {int(code)} | `{code.name}` | {e.meaning} | {e.advice} |" for code, e in explanations.items()]
    return "\n".join(["| code | name | what it means | what to do |", "|---|---|---|---|", *rows])


def table_of_words(explanations):
    """Return a Markdown table of what our own words mean, in those that the admin uses."""
    with override("en"):
        rows = [f"| `{word}` | {e.meaning} | {e.advice} |" for word, e in explanations.items()]
    return "\n".join(["| what you see | what it means | what to do |", "|---|---|---|", *rows])


def promises():
    """Yield the number of each check with what must hold, as the docstrings of the checks say it."""
    for module in filter(inspect.ismodule, vars(checks).values()):
        for _name, function in inspect.getmembers(module, inspect.isfunction):
            numbers, _colon, promise = (function.__doc__ or "").partition(": ")
            yield from ((number, promise) for number in numbers.split(", ") if number in COMPLAINTS)


def list_of_checks():
    """Return a Markdown list of what the checks say; words in angle quotes stand for what a site wrote."""
    must_hold, items = dict(promises()), []
    for number, complaint in sorted(COMPLAINTS.items()):
        title = f"**[{TAG}.{number}]{{#{number.lower()}}}**: {must_hold[number]}"
        items.append(f"{title}\n: {_with_gaps(complaint.text)}\n: Hint: {_with_gaps(complaint.hint)}")
    return "\n\n".join(items)


def _with_gaps(text):
    return re.sub(r"{(\w+)(!r)?}", lambda found: f"‹{found[1].replace('_', ' ')}›", text)


def tables_of_models():
    """Return a Markdown table of the fields of each model that code of a site reads."""
    with override("en"):
        return "\n\n".join(
            f"## {model.__name__}\n\n{_first_line(model)}\n\n{table_of_fields(model)}" for model in SHOWN
        )


def table_of_fields(model):
    fields = [field for field in model._meta.get_fields() if not field.auto_created and field.name not in UNSEEN]
    rows = [f"| `{field.name}` | {_type(field)} | {_description_of(field)} |" for field in fields]
    return "\n".join(["| field | type | what it is |", "|---|---|---|", *rows])


def _type(field):
    to = f" to {field.related_model.__name__}" if field.is_relation else ""
    return f"{field.get_internal_type()}{to}"


def _description_of(field):
    """What its name does not say already."""
    name = "" if field.verbose_name == field.name.replace("_", " ") else str(field.verbose_name)
    choices = ", ".join(f"`{value}`" for value, _label in field.choices or ())
    return ". ".join(filter(None, [name, choices, str(field.help_text).rstrip(".")]))


def _first_line(model):
    return inspect.getdoc(model).splitlines()[0]


def list_of(meanings, prefix=""):
    """Return a Markdown list of names and their meanings."""
    return "\n".join(f"- `{prefix}{name}`: {told}" for name, told in meanings.items())


myst_substitutions = {
    "checks": list_of_checks(),
    "figures": list_of(FIGURES),
    "log_events": list_of(facts.EVENTS),
    "log_facts": list_of(facts.FACTS, facts.PREFIX),
    "models": tables_of_models(),
    "message_codes": table_of(words.MESSAGE_CODES),
    "reasons": table_of_words(words.REASONS),
    "request_codes": table_of(words.REQUEST_CODES),
    "states": table_of_words(words.STATES),
}
