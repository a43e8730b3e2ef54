"""The field of a recipient's attributes, and what strangers post into it."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.page import shown
from tests.admin.site.hostile import VALUES
from viber_messaging.models import Recipient

ADD = "admin:viber_messaging_recipient_add"


@pytest.mark.parametrize(
    "typed", [*VALUES.values(), "null", "[1]", '"a"', "1e999"], ids=[*VALUES, "null", "list", "text", "∞"]
)
def test_whatever_is_typed_is_refused_in_the_form_or_kept(admin_client: Client, typed: str):
    page = admin_client.post(
        reverse(ADD), {"phone": "0971234567", "attributes": typed.encode("utf-8", "replace").decode()}
    )
    kept = Recipient.objects.first()
    assert page.status_code == 302 if kept else shown(page)
    assert kept is None or kept.attributes == {}


def test_an_object_of_names_and_values_is_kept(admin_client: Client):
    admin_client.post(reverse(ADD), {"phone": "0971234567", "attributes": '{"city": "Київ", "orders": 3}'})
    assert Recipient.objects.get().attributes == {"city": "Київ", "orders": 3}
