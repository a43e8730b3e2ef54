"""Who may come in by which door, and what becomes of forged, foreign, old and repeated requests."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django.asserts import assertRedirects

from tests import doors
from tests.admin.imports.conftest import PAGES, page_after, press, upload, url_of
from viber_messaging.importing.uploads import KEPT_PER_PERSON
from viber_messaging.models import Message, Recipient, Sender, StagedImport, StagedPiece


def every_url(token: str, subject: str) -> list[str]:
    return [url_of("import", subject=subject), *(url_of(page, token, subject) for page in PAGES)]


@pytest.mark.parametrize("subject", ["recipient", "message", "consentchange"])
def test_nobody_comes_in_without_logging_in(db, subject):
    for url in every_url("x" * 32, subject):
        for answer in (Client().get(url), Client().post(url)):
            assert answer.status_code == 302
            assert "/login/" in answer.url


@pytest.mark.parametrize(
    ("subject", "held"),
    [
        ("recipient", ()),
        ("recipient", ("view_recipient", "add_recipient", "change_recipient", "export_recipient")),
        ("message", ("view_message", "add_message", "change_message")),
        ("message", ("import_recipient", "view_message")),
        ("consentchange", ("view_consentchange", "view_recipient", "change_recipient")),
        ("consentchange", ("import_recipient", "view_consentchange", "view_recipient")),
    ],
)
def test_only_those_who_may_import_come_in_whatever_the_site_says(log_in, settings, subject, held):
    settings.IMPORT_EXPORT_IMPORT_PERMISSION_CODE = None
    client = log_in(*held)
    for url in every_url("x" * 32, subject):
        for answer in (client.get(url), client.post(url, {"_import": "1"})):
            assert answer.status_code == 403, url


def test_a_right_that_was_taken_back_shuts_what_is_open(importer, django_user_model):
    answer = upload(importer)
    django_user_model.objects.get().user_permissions.clear()
    assert importer.post(answer.url, {"_import": "1"}).status_code == 403
    assert not Recipient.objects.exists()


def test_a_get_changes_nothing(importer):
    answer = upload(importer)
    before = (list(StagedImport.objects.values()), StagedPiece.objects.count())
    token = StagedImport.objects.get().token
    for url in every_url(token, "recipient"):
        answer = importer.get(url, {"_import": "1", "_cancel": "1"})
        assert b"".join(answer)
        assert answer.status_code == 200, url
    assert (list(StagedImport.objects.values()), StagedPiece.objects.count()) == before
    assert not Recipient.objects.exists()
    assert importer.post(url_of("import_wrong", token)).status_code == 405


def test_a_form_of_another_site_is_refused_at_every_door(importer):
    upload(importer)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = importer.cookies
    token = StagedImport.objects.get().token
    for url in every_url(token, "recipient"):
        assert strict.post(url, {"_import": "1", "phone": "0"}).status_code == 403, url
    assert StagedImport.objects.filter(done_at=None).count() == 1


def test_the_token_of_our_own_form_is_taken(importer):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = importer.cookies
    page = strict.get(url_of("import")).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert upload(strict, csrfmiddlewaretoken=token).status_code == 302


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("token", ["x", "99", "-1", "abc", "x" * 31, "x" * 500, "_" * 33])
def test_a_forged_address_is_not_found(importer, page, token):
    for answer in (importer.get(url_of(page, token)), importer.post(url_of(page, token), {"_import": "1"})):
        assert answer.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_what_another_person_left_is_not_found(importer, log_in, page):
    upload(importer)
    token = StagedImport.objects.get().token
    other = log_in("import_recipient", name="ivan")
    for answer in (other.get(url_of(page, token)), other.post(url_of(page, token), {"_import": "1", "phone": "0"})):
        assert answer.status_code == 404
    assert not Recipient.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_people_are_not_found_among_messages(importer, page):
    upload(importer)
    url = url_of(page, StagedImport.objects.get().token, "message")
    assert importer.get(url).status_code == 404
    assert importer.post(url, {"_import": "1"}).status_code == 404
    assert not Message.objects.exists()


def test_a_form_without_a_button_is_a_bad_request(importer):
    answer = upload(importer)
    for fields in ({}, {"format": "99"}, {"import_file_name": "../../etc/passwd", "original_file_name": "x"}):
        assert importer.post(answer.url, fields).status_code == 400


def test_confirming_twice_imports_once_and_says_so(importer):
    answer = upload(importer)
    press(importer, answer)
    Recipient.objects.all().delete()
    page = press(importer, answer)
    assert "was already imported; nothing was imported twice. New: 2." in page
    assert not Recipient.objects.exists()
    for page in PAGES:
        again = importer.get(url_of(page, StagedImport.objects.get().token), follow=True)
        assert "was already imported" in again.content.decode()


def test_what_was_cancelled_can_not_be_confirmed(importer):
    answer = upload(importer)
    press(importer, answer, "_cancel")
    page = press(importer, answer)
    assert "no longer exists" in page
    assert "Upload the file again" in page


def test_columns_must_be_known_before_anything_is_confirmed(importer):
    answer = upload(importer, [("Один", "Два"), ("097 123-45-67", "Олена")])
    url = answer.url.removesuffix("columns/")
    page = importer.post(url, {"_import": "1"}, follow=True).content.decode()
    assert "Which column is which?" in page
    assertRedirects(importer.get(f"{url}wrong/"), answer.url)
    assert not Recipient.objects.exists()


def test_an_upload_of_yesterday_is_gone_for_its_owner(importer):
    answer = upload(importer)
    StagedImport.objects.update(created_at=StagedImport.objects.get().created_at - timedelta(hours=24))
    assert "no longer exists" in press(importer, answer)
    assert not Recipient.objects.exists()


def test_an_upload_of_yesterday_is_removed_with_all_that_was_kept(importer):
    upload(importer)
    StagedImport.objects.update(created_at=StagedImport.objects.get().created_at - timedelta(hours=24))
    assert doors.prune_uploads() == 1
    assert not StagedImport.objects.exists()
    assert not StagedPiece.objects.exists()


def test_the_next_upload_of_anybody_removes_those_of_yesterday(importer, log_in):
    upload(importer)
    StagedImport.objects.update(created_at=StagedImport.objects.get().created_at - timedelta(hours=24), file_name="old")
    upload(log_in("import_recipient", name="ivan"))
    assert [staged.file_name for staged in StagedImport.objects.all()] == ["people.xlsx"]


def test_a_person_keeps_the_last_few_uploads_only(importer, log_in):
    upload(log_in("import_recipient", name="ivan"), name="theirs.xlsx")
    for number in range(KEPT_PER_PERSON + 2):
        upload(importer, name=f"{number}.xlsx")
    kept = [staged.file_name for staged in StagedImport.objects.order_by("pk")]
    assert kept == ["theirs.xlsx", *(f"{number}.xlsx" for number in range(2, KEPT_PER_PERSON + 2))]


def test_a_person_without_a_view_of_the_list_is_led_to_the_first_page(log_in):
    client = log_in("import_recipient")
    page = press(client, upload(client))
    assert "Imported from" in page
    assert Recipient.objects.count() == 2


def test_a_busy_database_is_told_and_can_be_tried_again(importer, monkeypatch):
    from viber_messaging.admin.imports import preview
    from viber_messaging.importing import DatabaseBusy

    answer = upload(importer)
    with monkeypatch.context() as patch:
        patch.setattr(preview, "confirm", lambda *args, **kwargs: (_ for _ in ()).throw(DatabaseBusy()))
        assert "Try again in a minute" in press(importer, answer)
    assert "Imported from" in press(importer, answer)


def test_a_failure_half_way_leaves_nothing_written_and_the_upload_there(importer, monkeypatch):
    from viber_messaging.importing import confirmation

    answer = upload(importer)
    with monkeypatch.context() as patch:
        patch.setattr(confirmation, "empty", lambda staged_import: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            press(importer, answer)
    assert not Recipient.objects.exists()
    assert "Import 2 recipients" in page_after(importer, answer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one in-memory database cannot serve two threads")
def test_two_who_confirm_at_the_same_moment_import_once(importer):
    Sender.objects.create(name="Kvitka")
    rows = [("phone", "text"), *((f"+38097{number:07}", "Вітаємо") for number in range(2500))]
    answer = upload(importer, rows, subject="message", sender="Kvitka")
    pages: list[str] = []

    def confirm():
        client = Client()
        client.cookies = importer.cookies
        pages.append(press(client, answer))
        connection.close()

    threads = [threading.Thread(target=confirm) for _press in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Message.objects.count() == 2500
    assert len(pages) == 3
