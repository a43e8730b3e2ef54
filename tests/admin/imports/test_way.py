"""A spreadsheet on its way through the admin: upload, preview, import."""

import io

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.urls import reverse
from import_export.signals import post_import

from tests.admin.imports.conftest import PARTLY_WRONG, PEOPLE, page_after, press, upload, url_of
from tests.admin.page import page_of
from tests.moments import Moments
from tests.spreadsheets import files
from viber_messaging.models import Recipient, RecipientGroup, StagedImport, StagedPiece


def names() -> list[str]:
    return list(Recipient.objects.order_by("pk").values_list("name", flat=True))


def test_a_spreadsheet_is_shown_before_anything_is_written(importer):
    page = page_after(importer, upload(importer))
    assert "+380971234567" in page
    assert "Import 2 recipients" in page
    assert not Recipient.objects.exists()


def test_what_was_shown_is_imported_into_a_new_group(importer):
    page = press(importer, upload(importer, new_group="Spring"))
    assert "Imported from people.xlsx. New: 2." in page
    assert RecipientGroup.objects.get(name="Spring").recipients.count() == 2
    assert names() == ["Олена", "Ігор"]
    assert not StagedPiece.objects.exists()


def test_people_go_to_a_group_that_exists(importer):
    group = RecipientGroup.objects.create(name="Friends")
    answer = upload(importer, group=group.pk)
    assert "Friends" in page_after(importer, answer)
    press(importer, answer)
    assert group.recipients.count() == 2
    assert RecipientGroup.objects.count() == 1


def test_a_group_is_chosen_or_named_but_not_both(importer):
    group = RecipientGroup.objects.create(name="Friends")
    page = upload(importer, group=group.pk, new_group="Spring").content.decode()
    assert "not both" in page
    assert not StagedImport.objects.exists()


def test_the_same_file_again_brings_nothing_new(importer):
    press(importer, upload(importer))
    page = press(importer, upload(importer))
    assert "Unchanged: 2." in page
    assert Recipient.objects.count() == 2


def test_the_preview_tells_each_kind_with_its_first_rows(importer):
    Recipient.objects.create(phone="+380971234567", name="Стара", attributes={"Місто": "Київ"})
    Recipient.objects.create(phone="+380501234567", name="Ігор", opted_out_at="2026-01-01T00:00Z")
    page = page_after(importer, upload(importer, [*PARTLY_WRONG, ("0971234567", "", ""), ("", "Без", "")]))
    assert "<del><bdi>Стара</bdi></del> <ins><bdi>Олена</bdi></ins>" in page
    for title in ("Updated: 1", "Opted out: 1", "Repeated in the file: 1", "Without a phone number: 1", "Invalid: 2"):
        assert f">{title}</h2>" in page
    assert "A4" in page
    assert "044 123-45-67" in page
    assert "landline" in page
    assert "shortened" in page


def test_good_rows_are_imported_without_the_wrong_ones(importer):
    page = press(importer, upload(importer, PARTLY_WRONG))
    assert "New: 2; Invalid: 2." in page
    assert names() == ["Олена", "Ігор"]


def test_the_wrong_rows_are_downloaded_with_their_reasons(importer):
    answer = upload(importer, PARTLY_WRONG)
    content = b"".join(importer.get(f"{answer.url}wrong/").streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[0] == ("Телефон", "Ім'я", "Місто", "Row", "What is wrong")
    assert [row[3] for row in rows[1:]] == [4, 5]
    assert "landline" in rows[1][4]
    assert not Recipient.objects.exists()


def test_a_file_of_wrong_rows_only_has_no_button_to_import(importer):
    page = page_after(importer, upload(importer, [("Телефон",), ("044 123-45-67",)]))
    assert 'name="_import"' not in page
    assert "nothing to import" in page


def test_cancelling_leaves_nothing(importer):
    page = press(importer, upload(importer), "_cancel")
    assert "Nothing was imported." in page
    assert not Recipient.objects.exists()
    assert not StagedImport.objects.exists()


def test_a_person_says_which_column_is_which_where_no_heading_tells(importer):
    answer = upload(importer, [("A1", "B1", "C1"), ("Олена", "097 123-45-67", "Київ"), ("Ігор", "0501234567", "Суми")])
    assert answer.url.endswith("/columns/")
    page = page_after(importer, answer)
    assert "097 123-45-67" in page
    assert "B: B1" in page
    answer = importer.post(answer.url, {"phone": "1", "name": "0", "has_headings": "on"})
    assert "Import 2 recipients" in page_after(importer, answer)
    press(importer, answer)
    assert list(Recipient.objects.order_by("pk").values_list("phone", "name", "attributes")) == [
        ("+380971234567", "Олена", {"C1": "Київ"}),
        ("+380501234567", "Ігор", {"C1": "Суми"}),
    ]


def test_a_file_without_headings_loses_no_row(importer):
    answer = upload(importer, [("097 123-45-67", "Олена"), ("0501234567", "Ігор")])
    answer = importer.post(answer.url, {"phone": "0", "name": "1"})
    press(importer, answer)
    assert names() == ["Олена", "Ігор"]


def test_headings_that_leave_no_row_are_told_where_another_file_is_chosen(importer):
    answer = upload(importer, [("097 123-45-67", "Олена")])
    page = importer.post(answer.url, {"phone": "0", "has_headings": "on"}, follow=True).content.decode()
    assert "no rows below them" in page
    assert 'type="file"' in page


def test_a_person_may_choose_other_columns_than_were_recognised(importer):
    answer = upload(importer, [("Телефон", "Другий телефон клієнта"), ("0971234567", "0501234567")])
    importer.post(f"{answer.url}columns/", {"phone": "1", "has_headings": "on"})
    press(importer, answer)
    assert Recipient.objects.get().phone == "+380501234567"


@pytest.mark.parametrize(
    "fields",
    [{}, {"phone": "9"}, {"phone": "-1"}, {"phone": "abc"}, {"phone": "0", "name": "0"}, {"phone": ["0", "x"]}],
)
def test_a_wrong_choice_of_columns_is_told_at_the_form(importer, fields):
    answer = upload(importer, [("Один", "Два"), ("097 123-45-67", "Олена")])
    again = importer.post(answer.url, {"has_headings": "on", **fields})
    assert again.status_code == 200
    assert "errorlist" in again.content.decode()
    assert not StagedImport.objects.get().is_judged


def test_how_a_file_was_read_is_told(importer):
    text = files.text("Телефон;Ім'я\n0971234567;Олена\n", "windows-1251")
    assert "Read as text in windows-1251 with semicolons" in page_after(importer, upload(importer, text, "a.csv"))
    book = files.workbook([("Зміст", "")], PEOPLE, titles=["Перший", "Люди"])
    assert "Read from the sheet Люди." in page_after(importer, upload(importer, book))


def test_what_people_wrote_is_shown_and_not_run(importer):
    rows = [("Телефон", "<b>Ім'я</b>"), ("0971234567", "<script>alert(1)</script>"), ("<img src=x>", "\u202eabc")]
    page = page_after(importer, upload(importer, rows, "<i>\u202ea.xlsx"))
    for spoilt in ("<script>alert", "<img src=x>", "<b>Ім", "<i>"):
        assert spoilt not in page
    page = press(importer, upload(importer, rows, "<i>.xlsx"))
    assert "<i>.xlsx" not in page


def test_no_phone_stands_in_an_address(importer):
    answer = upload(importer, new_group="0971234567")
    page = page_after(importer, answer)
    addresses = [piece.split('"')[0] for piece in page.split('href="')[1:] + page.split('action="')[1:]]
    assert not [address for address in addresses if "97123" in address or "50123" in address]


@pytest.mark.django_db(transaction=True)
def test_an_import_is_a_transaction_of_its_own_whatever_the_site_wraps_requests_in(
    importer, monkeypatch, moments: Moments
):
    began_inside: list[bool] = []
    confirm = moments.original("the confirmation by a page")
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    moments.replace(
        "the confirmation by a page",
        lambda *a, **k: began_inside.append(connection.in_atomic_block) or confirm(*a, **k),
    )
    assert "Imported from" in press(importer, upload(importer))
    assert began_inside == [False]
    assert Recipient.objects.count() == 2


def test_the_button_stands_above_the_list(importer, log_in):
    url = url_of("import")
    assert f'href="{url}"' in importer.get(url_of("changelist")).content.decode()
    other = log_in("view_recipient", "add_recipient", "change_recipient", name="ivan")
    assert url not in other.get(url_of("changelist")).content.decode()


def test_all_pages_are_in_ukrainian_where_asked(importer):
    page = importer.get(url_of("import"), headers={"accept-language": "uk"}).content.decode()
    assert '<html lang="uk"' in page


def test_who_imported_which_file_is_noted_once_and_shown(importer):
    answer = upload(importer)
    press(importer, answer, "_import")
    press(importer, answer, "_import")
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.change_message) == ("olena", "Imported from people.xlsx. New: 2.")
    assert "Imported from people.xlsx. New: 2." in importer.get(url_of("import")).content.decode()
    assert "Imported from people.xlsx." in importer.get(reverse("admin:index")).content.decode()
    assert "Imported from people.xlsx." not in importer.get(url_of("import", subject="message")).content.decode()


def test_what_is_cancelled_is_not_noted(importer):
    press(importer, upload(importer), "_cancel")
    assert not LogEntry.objects.exists()


def test_the_rows_above_the_headings_are_counted_and_shown(importer):
    rows = [("ТОВ «Квітка»",), ("Список", "на листопад"), *PEOPLE]
    page = page_after(importer, upload(importer, rows))
    assert "2 rows above the headings are not imported:" in page
    assert "ТОВ «Квітка»" in page
    assert "на листопад" in page


def test_a_person_chooses_among_the_sheets(importer):
    file = files.workbook(PEOPLE, [("Хто", "Куди"), ("Ія", "0931234567")], titles=["Клієнти", "Інші"])
    answer = upload(importer, file)
    page = page_after(importer, answer)
    assert "Read from the sheet Клієнти." in page
    assert "Choose the sheet and the columns yourself" in page
    address = f"{answer.url}columns/?sheet=1"
    assert "0931234567" in importer.get(address).content.decode()
    answer = importer.post(address, {"phone": "1", "name": "0", "has_headings": "on"})
    page = page_after(importer, answer)
    assert "Read from the sheet Інші." in page
    assert "Import 1 recipient" in page
    assert "0931234567" in importer.get(f"{answer.url}columns/").content.decode()


@pytest.mark.parametrize("sheet", ["2", "-1", "abc", "", "1" * 5000, "１"])
def test_a_sheet_that_is_not_there_is_not_shown(importer, sheet: str):
    file = files.workbook(PEOPLE, [("Хто", "Куди"), ("Ія", "0931234567")], titles=["Клієнти", "Інші"])
    page = importer.get(f"{upload(importer, file).url}columns/", {"sheet": sheet})
    assert page.status_code == 200
    assert "097 123-45-67" in page.content.decode()


def test_those_who_listen_to_import_export_are_told(importer):
    heard = []

    def listen(sender, model, **kwargs):
        heard.append((model, Recipient.objects.count()))
        raise RuntimeError("a listener's own affair")

    post_import.connect(listen)
    try:
        page = press(importer, upload(importer))
    finally:
        post_import.disconnect(listen)
    assert "Imported from people.xlsx. New: 2." in page
    assert heard == [(Recipient, 2)]


def test_a_sheet_without_rows_leads_back_to_the_others(importer):
    file = files.workbook(PEOPLE, [("Звіт",)], titles=["Клієнти", "Звіт"])
    answer = upload(importer, file)
    page = importer.get(f"{answer.url}columns/", {"sheet": "1"}, follow=True)
    assert page.redirect_chain == [(f"{answer.url}columns/", 302)]
    assert "This file has headings but no rows below them" in page.content.decode()


def test_after_people_joined_a_group_a_campaign_to_it_is_offered(log_in):
    client = log_in("import_recipient", "view_recipient", "add_recipientgroup", "add_campaign")
    page = press(client, upload(client, new_group="Spring"))
    group = RecipientGroup.objects.get()
    offer = f'<a href="{reverse("admin:viber_messaging_campaign_add")}?groups={group.pk}">'
    assert f"Imported from people.xlsx. New: 2. {offer}Write a campaign to this group</a>" in page
    form = client.get(reverse("admin:viber_messaging_campaign_add"), {"groups": group.pk}).context["adminform"].form
    assert list(form.initial["groups"]) == [group]


def test_one_button_imports_and_goes_on_to_the_campaign(log_in):
    client = log_in("import_recipient", "view_recipient", "add_recipientgroup", "add_campaign")
    answer = upload(client, new_group="Spring")
    assert 'name="_write"' in page_after(client, answer)
    response = client.post(answer.url, {"_write": "1"})
    group = RecipientGroup.objects.get()
    assert response["Location"] == f"{reverse('admin:viber_messaging_campaign_add')}?groups={group.pk}"
    assert group.recipients.count() == 2
    assert 'name="_write"' not in page_after(client, upload(client))


def test_without_a_group_or_without_the_right_to_write_no_campaign_is_offered(importer, log_in):
    assert "Write a campaign" not in press(importer, upload(importer, new_group="Spring"))
    client = log_in("import_recipient", "view_recipient", "add_campaign", name="writer")
    assert "Write a campaign" not in press(client, upload(client))


def test_the_name_of_a_file_is_no_markup_beside_the_offer(log_in):
    client = log_in("import_recipient", "view_recipient", "add_recipientgroup", "add_campaign")
    page = press(client, upload(client, name="<b>.xlsx", new_group="Spring"))
    assert "Imported from &lt;b&gt;.xlsx." in page
    assert "Write a campaign to this group</a>" in page


@pytest.mark.parametrize("typed", ["", "abc", "99999999999999999999", "500"])
def test_a_group_is_chosen_by_the_address_if_it_exists(importer, typed):
    group = RecipientGroup.objects.create(name="Friends")
    assert "selected>Friends" not in page_of(importer, url_of("import"), {"group": typed})
    page = page_of(importer, url_of("import"), {"group": group.pk})
    assert f'value="{group.pk}" selected>Friends' in page
