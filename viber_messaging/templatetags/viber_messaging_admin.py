"""Template tags for the admin's index pages, whose views belong to Django, and for the filters of our lists."""

from typing import Any

from django import template
from django.db import Error
from django.template import RequestContext
from django.utils.translation import gettext as _

from viber_messaging.admin.campaign.columns import newest
from viber_messaging.admin.pages.banner import read_banner
from viber_messaging.admin.pages.changelist import List, Menu
from viber_messaging.admin.permissions import may_see_campaigns, may_see_messages, may_send
from viber_messaging.admin.statistics.dashboard import dashboard_of
from viber_messaging.admin.statistics.front_page import start_of
from viber_messaging.logs.database_errors import TABLES_MISSING, lacks_migrations

register = template.Library()


@register.inclusion_tag("admin/viber_messaging/dashboard.html", takes_context=True)
def viber_dashboard(context: RequestContext) -> dict[str, Any]:
    """Show the dashboard to users who may view messages, and the campaigns to others who may view these."""
    request = context["request"]
    site_name = getattr(request, "current_app", "admin")
    shown = {"request": request, "csrf_token": context.get("csrf_token")}
    try:
        if not may_see_messages(request) and may_see_campaigns(request):
            return {**shown, "start": start_of(request, site_name), "campaigns": newest(request, site_name)}
        return {**shown, "dashboard": dashboard_of(request, site_name)}
    except Error as error:
        if not lacks_migrations(error):
            raise
        return {**shown, "sentence": _(TABLES_MISSING)}


@register.inclusion_tag("admin/viber_messaging/index_banner.html", takes_context=True)
def viber_banner(context: RequestContext) -> dict[str, Any]:
    """Show the banner, if there is one, to users who may send, or view messages or campaigns."""
    request = context["request"]
    site_name = getattr(request, "current_app", "admin")
    if not (may_send(request) or may_see_messages(request) or may_see_campaigns(request)):
        return {}
    shown = {"csrf_token": context.get("csrf_token")}
    try:
        return {**shown, "viber_banner": read_banner(request, site_name, may_try=may_send(request))}
    except Error as error:
        if not lacks_migrations(error):
            raise
        return {**shown, "sentence": _(TABLES_MISSING)}


@register.simple_tag
def viber_menus(cl: List) -> list[Menu]:
    """Take a list's filters for the bar above it."""
    return cl.take_menus()


@register.inclusion_tag("admin/viber_messaging/start.html", takes_context=True)
def viber_start(context: RequestContext) -> dict[str, Any]:
    """Show on the site's first page where the usual work begins, as far as this user may do it."""
    request = context["request"]
    try:
        start = start_of(request, getattr(request, "current_app", "admin"))
    except Error as error:
        if not lacks_migrations(error):
            raise
        return {}
    return {"start": start, "csrf_token": context.get("csrf_token")}
