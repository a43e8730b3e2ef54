"""Template tags for the admin's index pages, whose views belong to Django."""

from typing import Any

from django import template
from django.db import Error
from django.template import RequestContext
from django.utils.translation import gettext as _

from viber_messaging.admin.statistics.dashboard import dashboard_of
from viber_messaging.logs.database_errors import TABLES_MISSING, lacks_migrations

register = template.Library()


@register.inclusion_tag("admin/viber_messaging/dashboard.html", takes_context=True)
def viber_dashboard(context: RequestContext) -> dict[str, Any]:
    """Show the dashboard to users who may view messages."""
    request = context["request"]
    site_name = getattr(request, "current_app", "admin")
    shown = {"request": request, "csrf_token": context.get("csrf_token")}
    try:
        return {**shown, "dashboard": dashboard_of(request, site_name)}
    except Error as error:
        if not lacks_migrations(error):
            raise
        return {**shown, "sentence": _(TABLES_MISSING)}
