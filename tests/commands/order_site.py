"""A site of a shop, settings and pages in one module: whoever submits an order's form is told by Viber."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from project.settings import *  # noqa: F403 (a settings module extends another one so)
from project.settings import DATABASES, env

ROOT_URLCONF = __name__
ALLOWED_HOSTS = ["127.0.0.1"]

if env.bool("SITE_BEGINS_BY_READING", default=False):
    DATABASES["default"]["OPTIONS"] = {"timeout": 20}  # SQLite's own: a transaction waits for nobody until it writes


@csrf_exempt
def ship(request: HttpRequest, order: str) -> HttpResponse:
    """Tell that an order is on its way."""
    from viber_messaging.api import send_message  # the settings are being read when this module is

    def tell() -> Any:
        return send_message("097 123-45-67", f"Order {order} is on its way", key=f"{order}-shipped", sender="SMSTest")

    if "atomic" in request.GET:
        with transaction.atomic():
            message = tell()
    else:
        message = tell()
    return HttpResponse(str(message.reference))


urlpatterns = [path("ship/<str:order>/", ship)]
