"""The page shown in place of any other while the tables are missing: it says what to do."""

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from viber_messaging.logs.database_errors import TABLES_MISSING, lacks_migrations

UNAVAILABLE = 503


def instead_of(error: Error, request: HttpRequest) -> HttpResponse:
    """Return the page if the database lacks a table or column. Raises any other error again."""
    if not lacks_migrations(error):
        raise error
    context = {"title": _("The database is not ready"), "sentence": _(TABLES_MISSING)}
    return render(request, "admin/viber_messaging/absent_tables.html", context, status=UNAVAILABLE)
