"""The recipient whose key is in the URL of the form: the form is filled with the phone, which is in no URL."""

from django.http import HttpRequest

from viber_messaging.admin.pages.address import number_in
from viber_messaging.admin.permissions import may_see_people
from viber_messaging.delivery.storage import tables


def phone_in(request: HttpRequest) -> dict[str, str]:
    """Return the initial phone for users who may see people; nothing for an unknown key."""
    key = number_in(request.GET.get("recipient", ""))
    if key is None or not may_see_people(request):
        return {}
    phone = tables.recipients().filter(pk=key).values_list("phone", flat=True).first()
    return {"phone": phone} if phone else {}
