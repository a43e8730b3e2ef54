"""Template tags for the admin's index pages, whose views belong to Django."""

from typing import Any

from django import template
from django.template import RequestContext

from viber_messaging.admin.statistics.dashboard import dashboard_of

register = template.Library()


@register.inclusion_tag("admin/viber_messaging/dashboard.html", takes_context=True)
def viber_dashboard(context: RequestContext) -> dict[str, Any]:
    """Show the dashboard to users who may view messages."""
    request = context["request"]
    site_name = getattr(request, "current_app", "admin")
    return {"request": request, "dashboard": dashboard_of(request, site_name), "csrf_token": context.get("csrf_token")}
