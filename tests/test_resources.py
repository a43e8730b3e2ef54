"""The resource for sites that use django-import-export themselves."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from tablib import Dataset

from tests.moments import Moments
from viber_messaging.models import Recipient, RecipientGroup
from viber_messaging.resources import AheadLoader, RecipientResource

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


def imported(rows: list[list[Any]], headers: list[str], group: Any = None, **options: Any) -> Any:
    return RecipientResource(group=group).import_data(Dataset(*rows, headers=headers), **options)


@pytest.mark.django_db
def test_a_wrong_phone_is_an_invalid_row_with_its_sentence_and_the_others_are_written() -> None:
    result = imported([["0441234567"], ["0971234567"], ["x"]], ["phone"])
    assert not result.has_errors()
    assert [(row.number, row.error_dict["phone"]) for row in result.invalid_rows] == [
        (1, ["This is a landline, but Viber only reaches mobile phones; enter a mobile number."]),
        (3, ["This is not a phone number; enter one as text, such as +380971234567."]),
    ]
    assert Recipient.objects.get().phone == PHONE


@pytest.mark.django_db
def test_a_row_that_repeats_a_phone_is_told_and_the_first_counts() -> None:
    result = imported([["0971234567", "Олена"], [PHONE, "Ія"]], ["phone", "name"])
    (invalid,) = result.invalid_rows
    assert invalid.error_dict["phone"] == ["This phone number repeats row 1; only the first row is used."]
    assert Recipient.objects.get().name == "Олена"


@pytest.mark.django_db
@pytest.mark.parametrize("row", [[PHONE, "x" * 201, ""], [PHONE, "", "x" * 1001]])
def test_a_text_that_is_too_long_is_an_invalid_row(row: list[str]) -> None:
    result = imported([row], ["phone", "name", "city"])
    assert (len(result.invalid_rows), result.has_errors(), Recipient.objects.count()) == (1, False, 0)


@pytest.mark.django_db
def test_known_people_are_updated_and_stay_opted_out() -> None:
    left = timezone.now()
    Recipient.objects.create(phone=PHONE, name="Олена", attributes={"city": "Київ"}, opted_out_at=left)
    result = imported([[PHONE, "Олена Коваль", "Львів"]], ["phone", "name", "city"])
    assert result.totals["update"] == 1
    found = Recipient.objects.get()
    assert (found.name, found.attributes, found.opted_out_at) == ("Олена Коваль", {"city": "Львів"}, left)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 2500])
def test_many_rows_take_few_queries(count: int, django_assert_max_num_queries: Any) -> None:
    rows = [[f"+38097{number:07}", "Олена"] for number in range(count)]
    for _again in range(2):
        with django_assert_max_num_queries(30):
            assert not imported(rows, ["phone", "name"]).has_errors()
    assert Recipient.objects.count() == count


@pytest.mark.django_db
@pytest.mark.parametrize("make", [str, lambda name: RecipientGroup.objects.create(name=name)], ids=["name", "record"])
def test_all_go_to_the_group_those_who_are_unchanged_too(make: Any) -> None:
    Recipient.objects.create(phone=PHONE)
    result = imported([[PHONE], ["0501234567"], ["044"]], ["phone"], group=make("Весна"))
    assert not result.has_errors()
    group = RecipientGroup.objects.get(name="Весна")
    assert sorted(group.recipients.values_list("phone", flat=True)) == ["+380501234567", PHONE]


@pytest.mark.django_db
def test_a_dry_run_leaves_nothing() -> None:
    result = imported([[PHONE]], ["phone"], group="Весна", dry_run=True)
    assert result.totals["new"] == 1
    assert not Recipient.objects.exists()
    assert not RecipientGroup.objects.exists()


@pytest.mark.django_db
def test_one_whom_somebody_else_inserts_meanwhile_stays(moments: Moments) -> None:
    def loads_nobody(loader: AheadLoader, cells: Any) -> None:
        loader.known = dict.fromkeys([PHONE])

    Recipient.objects.create(phone=PHONE, name="Олена")
    moments.replace("the reading ahead of a resource", loads_nobody)
    assert not imported([[PHONE, "Ія"]], ["phone", "name"]).has_errors()
    assert Recipient.objects.get().name == "Олена"


@pytest.mark.django_db
def test_the_commands_of_import_export_work_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Телефон,Ім'я,Місто\n097 123-45-67,Олена,Київ\n0441234567,Ія,Суми\n", encoding="utf-8")
    resource = "viber_messaging.resources.RecipientResource"
    call_command("import", resource, str(path), interactive=False)
    assert Recipient.objects.get().attributes == {"Місто": "Київ"}
    assert "1 new" in capsys.readouterr().err
    call_command("export", "CSV", resource)
    assert capsys.readouterr().out.splitlines() == ["phone,name,Місто", f"{PHONE},Олена,Київ"]
