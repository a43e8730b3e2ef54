"""Buttons that our forms do not have, pressed all the same."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.page import shown
from tests.admin.site.access import EDITED


@pytest.mark.parametrize("model", EDITED)
def test_save_as_new_is_no_button_of_ours(admin_client: Client, model: str):
    assert shown(admin_client.post(reverse(f"admin:viber_messaging_{model}_add"), {"_saveasnew": "1"}))
