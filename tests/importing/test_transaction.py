"""People from a spreadsheet written: what is there already is kept."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import override

from tests.importing.conftest import Stager
from tests.moments import Moments
from tests.spreadsheets import files
from viber_messaging.importing import Change, DatabaseBusy, Kind, Person, preview, stage, write, write_wrong_rows
from viber_messaging.models import Recipient, RecipientGroup
from viber_messaging.spreadsheets.headings import REMARKS
from viber_messaging.spreadsheets.writer import Format

pytestmark = pytest.mark.django_db

HEADINGS = ["phone", "name", "city"]
OLENA, IVAN, OKSANA = "+380971234567", "+380501234567", "+380631234567"


def stored() -> dict[str, tuple[str, dict[str, str]]]:
    return {person.phone: (person.name, person.attributes) for person in Recipient.objects.all()}


def counted(counts: Any) -> dict[str, int]:
    return {str(kind): count for kind, count in counts.items() if count}


def test_a_preview_writes_nothing_and_tells_what_would_be_written(staged: Stager) -> None:
    Recipient.objects.create(phone=OLENA, name="Олена", attributes={"city": "Львів"})
    Recipient.objects.create(phone=OKSANA, name="Оксана", opted_out_at=timezone.now())
    before = stored()
    plan = preview(
        staged(
            HEADINGS,
            [OLENA, "Олена К.", "Київ"],
            [IVAN, "Іван", None],
            [OKSANA, "Оксана", None],
            [IVAN, "Іван", None],
            ["911", "Ніхто", None],
            [None, "Без телефону", None],
        )
    )
    assert counted(plan.counts) == {"new": 1, "updated": 1, "opted_out": 1, "repeated": 1, "wrong": 1, "empty": 1}
    assert (plan.total, plan.good, plan.columns) == (6, 3, ("city",))
    assert plan.samples[Kind.UPDATED][0].changes == (
        Change(title="", before="Олена", after="Олена К."),
        Change(title="city", before="Львів", after="Київ"),
    )
    assert plan.refusals[Kind.WRONG][0].value == "911"
    assert stored() == before


def test_a_preview_keeps_only_the_first_of_each_kind(staged: Stager) -> None:
    good = [[f"+3809712345{number:02}"] for number in range(20)]
    plan = preview(staged(["phone"], *good, *[["911"]] * 20), samples=3, refusals=4)
    assert [sample.record.number for sample in plan.samples[Kind.NEW]] == [2, 3, 4]
    assert [refusal.number for refusal in plan.refusals[Kind.WRONG]] == [22, 23, 24, 25]
    assert counted(plan.counts) == {"new": 20, "wrong": 20}


def test_new_people_are_written_and_known_ones_updated(staged: Stager) -> None:
    Recipient.objects.create(phone=OLENA, name="Олена", attributes={"city": "Львів", "old": "1"})
    written = write(staged(HEADINGS, [OLENA, "Олена К.", "Київ"], [IVAN, "Іван", "Одеса"]))
    assert counted(written.counts) == {"new": 1, "updated": 1}
    assert stored() == {
        OLENA: ("Олена К.", {"city": "Київ", "old": "1"}),
        IVAN: ("Іван", {"city": "Одеса"}),
    }


def test_the_same_file_twice_changes_nothing(staged: Stager) -> None:
    file = staged(HEADINGS, [OLENA, "Олена", "Київ"], [IVAN, None, None])
    write(file)
    keys = set(Recipient.objects.values_list("pk", flat=True))
    assert counted(preview(file).counts) == {"unchanged": 2}
    assert counted(write(file).counts) == {"unchanged": 2}
    assert set(Recipient.objects.values_list("pk", flat=True)) == keys


def test_a_blank_cell_empties_nothing(staged: Stager) -> None:
    Recipient.objects.create(phone=OLENA, name="Олена", attributes={"city": "Львів"})
    assert counted(write(staged(HEADINGS, [OLENA, None, " "])).counts) == {"unchanged": 1}
    assert stored() == {OLENA: ("Олена", {"city": "Львів"})}


def test_nobody_is_opted_in_again(staged: Stager) -> None:
    moment = timezone.now()
    Recipient.objects.create(phone=OLENA, opted_out_at=moment)
    assert counted(write(staged(HEADINGS, [OLENA, "Олена", "Київ"])).counts) == {"opted_out": 1}
    recipient = Recipient.objects.get()
    assert (recipient.name, recipient.opted_out_at) == ("Олена", moment)


def test_wrong_rows_are_counted_and_left_out(staged: Stager) -> None:
    rows = [[f"+38097{number:07}", "x", None] for number in range(1500)]
    file = staged(HEADINGS, *rows, ["911", "Ніхто", None])
    assert counted(write(file).counts) == {"new": 1500, "wrong": 1}
    assert Recipient.objects.count() == 1500


def test_repeated_and_blank_rows_stop_nothing(staged: Stager) -> None:
    assert counted(write(staged(["phone", "name"], [OLENA, "a"], [OLENA, "b"], [None, "c"])).counts) == {
        "new": 1,
        "repeated": 1,
        "empty": 1,
    }
    assert stored() == {OLENA: ("a", {})}


def test_a_group_is_made_by_its_name_or_joined(staged: Stager) -> None:
    written = write(staged(["phone"], [OLENA], [IVAN]), group="Весна")
    group = RecipientGroup.objects.get(name="Весна")
    assert written.group == group
    write(staged(["phone"], [IVAN], [OKSANA]), group=group)
    write(staged(["phone"], [IVAN]), group="Весна")
    assert sorted(group.recipients.values_list("phone", flat=True)) == sorted([OLENA, IVAN, OKSANA])


def test_without_a_group_nobody_joins_one(staged: Stager) -> None:
    assert write(staged(["phone"], [OLENA])).group is None
    assert not Recipient.groups.through.objects.exists()


def test_a_crash_half_way_writes_nothing(staged: Stager, moments: Moments) -> None:
    insert = moments.original("the import's insert")
    sizes: list[int] = []

    def crash(people: Sequence[Person]) -> None:
        if sizes:
            raise RuntimeError("the host went away")
        sizes.append(len(people))
        insert(people)

    moments.replace("the import's insert", crash)
    rows = [[f"+38097{number:07}"] for number in range(2500)]
    with pytest.raises(RuntimeError):
        write(staged(["phone"], *rows), group="Весна")
    assert sizes == [1000]
    assert not Recipient.objects.exists()


def test_the_number_of_queries_depends_on_batches_only(staged: Stager, django_assert_max_num_queries: Any) -> None:
    Recipient.objects.create(phone="+380970000000", name="b")
    file = staged(["phone", "name"], *[[f"+38097{number:07}", "a"] for number in range(1000)])
    with django_assert_max_num_queries(20):
        write(file, group="Весна")


def test_a_clash_with_another_import_writes_nothing_and_is_told(staged: Stager, moments: Moments) -> None:
    def clash(*args: Any) -> None:
        raise OperationalError("deadlock detected")

    moments.replace("the joining of a group", clash)
    with pytest.raises(DatabaseBusy):
        write(staged(["phone"], [OLENA]), group="Весна")
    assert not Recipient.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_of_the_caller_a_deadlock_is_told_at_once(staged: Stager, moments: Moments) -> None:
    clashes = []

    def clash(*args: Any) -> None:
        clashes.append(args)
        raise OperationalError("deadlock detected")

    moments.replace("the joining of a group", clash)
    with pytest.raises(DatabaseBusy), transaction.atomic():
        write(staged(["phone"], [OLENA]), group="Весна")
    assert len(clashes) == 1


@pytest.mark.django_db(transaction=True)
def test_after_a_deadlock_all_is_written_anew(staged: Stager, moments: Moments) -> None:
    clashes = [OperationalError("deadlock detected")] * 2

    def clash_twice(*args: Any) -> None:
        if clashes:
            raise clashes.pop()

    moments.replace("the joining of a group", clash_twice)
    written = write(staged(["phone"], [OLENA]), group="Весна")
    assert counted(written.counts) == {"new": 1}
    assert Recipient.objects.count() == 1


def test_attributes_that_somebody_stored_as_a_list_are_no_traceback(staged: Stager) -> None:
    Recipient.objects.create(phone=OLENA, attributes=["odd"])
    write(staged(HEADINGS, [OLENA, "Олена", "Київ"]))
    assert stored() == {OLENA: ("Олена", {"city": "Київ"})}


def cells_of(file: io.BytesIO, kind: Format) -> list[list[Any]]:
    """Return what is in a spreadsheet to anybody's eyes."""
    if kind == Format.XLSX:
        return [list(row) for row in openpyxl.load_workbook(file).active.iter_rows(values_only=True)]
    return list(csv.reader(file.getvalue().decode("utf-8-sig").splitlines(), delimiter=";"))


@pytest.mark.parametrize("kind", Format)
def test_the_wrong_rows_come_as_a_spreadsheet_with_the_reason(kind: Format) -> None:
    upload = files.text(f"name;phone;city\n=1+1;911;Київ\nОлена;{OLENA};\n'@x;0441234567;\n")
    download = io.BytesIO()
    write_wrong_rows(stage(files.read(upload), io.BytesIO()), download, kind)
    titles, *rows = cells_of(download, kind)
    assert titles == ["name", "phone", "city", "Row", "What is wrong"]
    assert [(row[0], row[1], str(row[3])) for row in rows] == [("'=1+1", "911", "2"), ("'@x", "0441234567", "4")]
    assert "too short" in str(rows[0][4])


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_corrected_wrong_rows_can_be_uploaded_again_and_bring_no_reasons(staged: Stager, language: str) -> None:
    download = io.BytesIO()
    with override(language):
        write_wrong_rows(staged([*HEADINGS, "Рядок", "Row"], ["911", "-Олена", "Київ", "5", "7"]), download)
        book = openpyxl.load_workbook(download)
        book.active["A2"] = OLENA
        book.save(download)
        write(stage(files.read(download), io.BytesIO()))
    assert stored() == {OLENA: ("-Олена", {"city": "Київ", "Рядок": "5", "Row": "7"})}


def test_what_is_wrong_again_comes_again_with_one_reason(staged: Stager) -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write_wrong_rows(staged(HEADINGS, ["911", "Олена", "Київ"]), first, Format.CSV)
    write_wrong_rows(stage(files.read(first), io.BytesIO()), second, Format.CSV)
    assert second.getvalue() == first.getvalue()


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_headings_of_reasons_are_known_when_they_come_back(staged: Stager, language: str) -> None:
    download = io.BytesIO()
    with override(language):
        write_wrong_rows(staged(["phone"], ["911"]), download)
    headings = [cell.value for cell in openpyxl.load_workbook(download).active[1]]
    assert tuple(headings[1:]) in REMARKS


def test_a_person_may_delete_the_row_numbers_first() -> None:
    table = files.read(files.text(f"phone;Row;What is wrong\n{OLENA};5;no\n"))
    assert [column.title for column in table.columns] == ["phone"]
    table = files.read(files.text(f"phone;city;What is wrong\n{OLENA};Київ;no\n"))
    assert files.values(table) == [[OLENA, "Київ"]]
