"""A recipient's opt-out, and saves that know nothing of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import doors
from viber_messaging.models import OptInBypassed, Recipient
from viber_messaging.resources import RecipientResource

PHONE = "+380971234567"

pytestmark = pytest.mark.django_db


def is_opted_out() -> bool:
    return Recipient.objects.get().opted_out_at is not None


@pytest.fixture
def stale() -> Recipient:
    """A recipient as read before the person opted out."""
    Recipient.objects.create(phone=PHONE, name="Taras")
    read = Recipient.objects.get()
    doors.opt_out([PHONE], source="code")
    return read


@pytest.fixture
def unwilling() -> Recipient:
    return Recipient.objects.create(phone=PHONE, opted_out_at=timezone.now() - timedelta(days=3))


@pytest.mark.parametrize("fields", [None, ["name"], ["name", "opted_out_at"]])
def test_a_stale_copy_saves_the_rest_and_lets_nobody_in_again(stale: Recipient, fields: list[str] | None):
    stale.name = "Taras Shevchenko"
    stale.save(update_fields=fields)
    assert is_opted_out()
    assert Recipient.objects.get().name == "Taras Shevchenko"


def test_nor_does_one_that_was_made_here(stale: Recipient):
    made = Recipient.objects.get(pk=stale.pk)
    made.name = "First"
    made.save()
    doors.opt_in([PHONE], source="code")
    made.name = "Second"
    made.save()
    assert not is_opted_out()
    assert Recipient.objects.get().name == "Second"


def test_nor_does_one_that_bears_the_key_by_hand(stale: Recipient):
    Recipient(pk=stale.pk, phone=PHONE, name="By hand").save()
    assert is_opted_out()
    assert Recipient.objects.get().name == "By hand"


def test_nor_does_one_that_was_read_in_part(stale: Recipient):
    part = Recipient.objects.only("name").get()
    part.name = "Part"
    part.save()
    assert is_opted_out()
    assert (Recipient.objects.get().name, Recipient.objects.get().phone) == ("Part", PHONE)


def test_clearing_an_opt_out_by_hand_is_refused(unwilling: Recipient):
    for copy in (unwilling, Recipient.objects.get()):
        copy.opted_out_at = None
        with pytest.raises(OptInBypassed, match="opt_in"):
            copy.save()
    with pytest.raises(OptInBypassed):
        Recipient.objects.update_or_create(phone=PHONE, defaults={"opted_out_at": None})
    assert is_opted_out()


def test_an_opt_out_may_be_set_by_hand():
    Recipient.objects.create(phone=PHONE)
    Recipient.objects.update_or_create(phone=PHONE, defaults={"opted_out_at": timezone.now()})
    assert is_opted_out()


def test_a_copy_read_anew_is_as_good_as_any(stale: Recipient):
    stale.refresh_from_db()
    assert stale.opted_out_at is not None
    doors.opt_in([PHONE], source="code")
    stale.refresh_from_db(fields=["name"])
    stale.save()
    assert not is_opted_out()
    stale.refresh_from_db()
    stale.save()
    assert not is_opted_out()


def test_a_new_one_with_a_key_of_its_own_is_inserted():
    Recipient(pk=77, phone=PHONE, opted_out_at=timezone.now()).save()
    assert is_opted_out()


def test_the_sites_own_import_lets_nobody_in_again(stale: Recipient, monkeypatch: pytest.MonkeyPatch):
    RecipientResource().save_instance(stale, is_create=False, row={})
    assert is_opted_out()
