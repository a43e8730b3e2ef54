"""The resource for sites that use django-import-export themselves."""

import pytest
from tablib import Dataset

from viber_messaging.models import Recipient
from viber_messaging.resources import RecipientResource

PHONE = "+380971234567"


@pytest.mark.django_db
def test_headings_and_phones_are_read_as_people_write_them() -> None:
    result = RecipientResource().import_data(Dataset(["Олена", 971234567, "Київ"], headers=["Ім'я", " ТЕЛ. ", "Місто"]))
    assert not result.has_errors()
    recipient = Recipient.objects.get()
    assert (recipient.phone, recipient.name, recipient.attributes) == (PHONE, "Олена", {"Місто": "Київ"})


@pytest.mark.django_db
def test_a_blank_cell_empties_nothing_and_a_second_time_changes_nothing() -> None:
    Recipient.objects.create(phone=PHONE, name="Олена", attributes={"city": "Київ"})
    result = RecipientResource().import_data(Dataset([PHONE, "", ""], headers=["phone", "name", "city"]))
    assert result.totals["skip"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("headings", [["who", "name"], ["phone", "телефон"]])
def test_exactly_one_column_must_hold_phones(headings: list[str]) -> None:
    result = RecipientResource().import_data(Dataset([PHONE, PHONE], headers=headings))
    assert "Exactly one column" in str(result.base_errors[0].error)
