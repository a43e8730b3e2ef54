"""A person's word on an upload, said once or more often."""

import pytest
from django.db import OperationalError

from tests.moments import Moments
from tests.spreadsheets import files
from viber_messaging.importing import DatabaseBusy, Kind, Subject
from viber_messaging.importing.confirmation import AlreadyOver, confirm
from viber_messaging.importing.intake import receive
from viber_messaging.importing.uploads import discard
from viber_messaging.models import Recipient, StagedImport


@pytest.fixture
def waiting(db):
    """An upload that waits for a word."""
    upload = files.text("phone,name\n0971234567,Олена\n044,\n")
    return receive(upload, "a.csv", owner="1", subject=Subject.RECIPIENTS, options={"group": "Spring"})


def test_the_good_rows_are_written_and_counted(waiting):
    counts = confirm(waiting, user=None)
    assert (counts[Kind.NEW], counts[Kind.WRONG]) == (1, 1)
    assert [group.name for group in Recipient.objects.get().groups.all()] == ["Spring"]
    assert StagedImport.objects.get().counts == counts


def test_a_second_word_on_the_same_upload_does_nothing(waiting):
    confirm(waiting, user=None)
    Recipient.objects.all().delete()
    with pytest.raises(AlreadyOver):
        confirm(waiting, user=None)
    assert not Recipient.objects.exists()


def test_what_was_removed_meanwhile_is_not_written(waiting):
    discard(StagedImport.objects.get())
    with pytest.raises(AlreadyOver):
        confirm(waiting, user=None)


def test_what_was_not_judged_is_not_written(db):
    upload = files.text("a,b\n0971234567,Олена\n")
    unclear = receive(upload, "a.csv", owner="1", subject=Subject.RECIPIENTS, options={})
    with pytest.raises(AlreadyOver):
        confirm(unclear, user=None)


def test_a_database_that_stays_busy_is_told_and_leaves_the_upload(waiting, monkeypatch):
    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr("viber_messaging.importing.confirmation.write", busy)
        with pytest.raises(DatabaseBusy):
            confirm(waiting, user=None)
    assert confirm(waiting, user=None)[Kind.NEW] == 1


def test_a_deadlock_is_overcome_by_beginning_anew(waiting, moments: Moments):

    real, tries = moments.original("the import's writing"), []

    def once_dead(*args, **kwargs):
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("deadlock detected")
        return real(*args, **kwargs)

    moments.replace("the import's writing", once_dead)
    assert confirm(waiting, user=None)[Kind.NEW] == 1
    assert len(tries) == 2
